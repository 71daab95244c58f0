"""Documents: what the write mapping makes of a record, links still standing as source keys.

A document is a tree of fields and tables, rows by the *source's* line key. Its canonical
form is plain JSON in which equal values have equal text; `wanted` and `delivered` are
hashes of it, so that a link's number may change without the document changing.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from connector import exact
from connector.contract import is_empty

Canonical = dict[str, Any]
"""`{"f": {field: value}, "t": {table: {line: Canonical}}}`; values as `canon` makes them."""

_ONE = Decimal(1)
_CANONICAL = frozenset((str, int, bool, type(None)))
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class LinkRef:
    """A value that is another record's: resolved to its number when the document is sent."""

    object: str
    key: str
    """The other record's key in the source."""
    field: str = "number"
    scope: str = ""
    missing: str = "wait"
    default: Any = None
    canonical: str = dataclasses.field(init=False, compare=False)
    """What it points to; not what is done where that is missing."""

    def __post_init__(self) -> None:
        scope = f"@{self.scope}" if self.scope else ""
        text = f"→{self.object}/{self.key}.{self.field}{scope}"
        object.__setattr__(self, "canonical", text)


@dataclass(slots=True)
class Node:
    """A head or a row: fields in the order in which they go out, and tables of rows."""

    fields: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, dict[str, Node]] = field(default_factory=dict)

    def links(self) -> Iterator[LinkRef]:
        """Every link in the tree."""
        for value in self.fields.values():
            if type(value) is LinkRef:
                yield value
        for rows in self.tables.values():
            for row in rows.values():
                yield from row.links()

    def resolve(self, resolve: Callable[[LinkRef], Any]) -> None:
        """Put `resolve(link)` in every link's place; what it raises leaves some as they were."""
        for name, value in self.fields.items():
            if type(value) is LinkRef:
                self.fields[name] = resolve(value)
        for rows in self.tables.values():
            for row in rows.values():
                row.resolve(resolve)


Document = Node


def canon(value: Any) -> Any:
    """A value's canonical form: text, whole or decimal number, bool or None."""
    if type(value) in _CANONICAL:
        return value
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, LinkRef):
        return value.canonical
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def canonical(node: Node) -> Canonical:
    """The tree's canonical form."""
    form: Canonical = {"f": {name: canon(value) for name, value in node.fields.items()}}
    if node.tables:
        form["t"] = {
            table: {line: canonical(row) for line, row in rows.items()}
            for table, rows in node.tables.items()
        }
    return form


def digest(form: Canonical) -> tuple[str, str]:
    """`(hash, text)` of a canonical form."""
    encoded = exact.encode(form)
    return hashlib.blake2b(encoded, digest_size=16).hexdigest(), encoded.decode()


def undigest(text: str) -> Canonical:
    """A canonical form from its text; an empty text is an empty form."""
    form: Canonical = exact.loads(text) if text else {"f": {}}
    return form


def like(ours: Any, shown: Any) -> Any:
    """What the target shows, in the canonical form of a value of ours of the same type.

    `20` and `20.0000`, a stamp at midnight and its date, `"1"` and true are equal this way.
    """
    if is_empty(shown):
        return None
    if isinstance(ours, bool):
        return str(shown).lower() in ("true", "1", "yes", "y", "是")
    if isinstance(ours, (Decimal, int)):
        try:
            number = shown if type(shown) is Decimal else Decimal(str(shown))
        except InvalidOperation:
            return str(shown)
        return plain(number) if number.is_finite() else str(shown)
    text = str(canon(shown)).strip()
    if isinstance(ours, str) and _DATE.fullmatch(ours):
        return text[:10]
    return text


def places(shown: Any) -> int:
    """The digits behind the point of a number, as the target shows it."""
    return max(-int(Decimal(str(shown)).as_tuple().exponent), 0)


def plain(value: Decimal) -> Decimal:
    """A number as it is written: no zeros at its end, no exponent, one zero."""
    if not value:
        return Decimal(0)
    value = value.normalize()
    return value.quantize(_ONE) if "E+" in str(value) else value
