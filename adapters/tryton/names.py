"""Names: of forms and tables, which may tell which records are meant, and of fields.

account.invoice[type=out]       a model, and which of its records
contact_mechanisms[type=phone]  a table, and which of its rows
party.code                      a field of the record that a field points to
origin.sale:line.sale.number    a reference; if it points to a `sale.line`, its sale's number
moves.state=done.quantity       of all rows `moves` whose state is that, the quantities together
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from connector.errors import Rejected
from connector.messages import say

_NAME = re.compile(r"([\w.]+)(?:\[([^\[\]]+)\])?", re.ASCII)
Only = Mapping[str, Sequence[str]]
"""By field, the values of which it has one; as texts."""


@dataclass(frozen=True, slots=True)
class Name:
    """A model or a table, and which of its records are meant."""

    plain: str
    only: Only

    @property
    def domain(self) -> list[object]:
        """The same as clauses of Tryton's."""
        return [[name, "in", list(map(_value, texts))] for name, texts in self.only.items()]

    @property
    def values(self) -> dict[str, object]:
        """What a new one of them holds."""
        return {name: _value(texts[0]) for name, texts in self.only.items()}


@cache
def name_of(text: str) -> Name:
    """Raises Rejected for what is no name."""
    match = _NAME.fullmatch(text)
    pairs = [part.partition("=") for part in (match[2] or "").split(",")] if match else []
    if match is None or not all(equals or not part for part, equals, _ in pairs):
        raise Rejected(say("tryton_name", name=text[:200]))
    only = {name.strip(): tuple(value.split("|")) for name, equals, value in pairs if equals}
    return Name(match[1], only)


def _value(text: str) -> object:
    return {"true": True, "false": False}.get(text, text)


@dataclass(frozen=True, slots=True)
class Referred:
    """A path through a reference, which may point to records of several models."""

    field: str
    model: str
    rest: str
    """What of that record is meant; empty: its id."""


@dataclass(frozen=True, slots=True)
class Summed:
    """A path through rows whose numbers are added up."""

    table: str
    only: Only
    rest: str


@cache
def referred(path: str) -> Referred | None:
    """None where a path goes through no reference."""
    parts = path.split(".")
    for place, part in enumerate(parts):
        if ":" in part and "=" not in part:
            model = part.replace(":", ".").strip(".")
            return Referred(".".join(parts[:place]), model, ".".join(parts[place + 1 :]))
    return None


@cache
def summed(path: str) -> Summed | None:
    """None where a path adds up nothing."""
    parts = path.split(".")
    places = [place for place, part in enumerate(parts) if "=" in part]
    if not places:
        return None
    pairs = [parts[place].replace(":", ".").partition("=") for place in places]
    only = {name: tuple(values.split("|")) for name, _, values in pairs}
    return Summed(".".join(parts[: places[0]]), only, ".".join(parts[places[-1] + 1 :]))


@cache
def asked(path: str) -> tuple[str, ...]:
    """What Tryton is asked for, so that `path` can be shown."""
    if through := referred(path):
        return (through.field,)
    if total := summed(path):
        return tuple(f"{total.table}.{name}" for name in (*total.only, total.rest))
    return (path,)
