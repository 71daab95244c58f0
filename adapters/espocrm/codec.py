"""EspoCRM's values and ours. Which is which only the entity type's metadata tells.

A field may be several attributes: a link is `accountId` and `accountName`. Instants are UTC with
whole seconds and say neither; numbers come as JSON, amounts of some instances as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from adapters.espocrm.forms import (
    CHOICES,
    COMPOSED,
    INSTANTS,
    LISTS,
    NUMBERS,
    PARTS,
    SHOWN_ONLY,
    STAMPS,
    SYSTEM,
)
from connector.kit.details import Convert, Reader, reader_of

FORMAT = "%Y-%m-%d %H:%M:%S"
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")

Definition = Mapping[str, Any]


class Codec:
    """Turns one entity type's values into the contract's and back."""

    def __init__(self, fields: Mapping[str, Definition]) -> None:
        """`fields` are those of the metadata, by name."""
        self._kinds: dict[str, str] = {}
        self._options: dict[str, list[str]] = {}
        self._fixed = set(SYSTEM)
        for name, field in fields.items():
            kind = str(field.get("type") or "")
            for attribute, part in attributes(name, kind):
                if part in ("", "Ids"):
                    self._kinds[attribute] = kind
                else:
                    self._kinds.setdefault(attribute, "")
                if field.get("readOnly") or part in SHOWN_ONLY or kind in COMPOSED:
                    self._fixed.add(attribute)
            if kind in CHOICES and isinstance(field.get("options"), list):
                self._options[name] = [str(one) for one in field["options"] if one]

    def __contains__(self, name: str) -> bool:
        """Whether the entity type has the attribute."""
        return name in self._kinds or name in SYSTEM

    def writable(self, name: str) -> bool:
        """Whether what is sent for it is not ignored."""
        return name in self and name not in self._fixed

    def options(self, name: str) -> list[str] | None:
        """The values that an attribute may be given; None: it is none to choose."""
        return self._options.get(name)

    def reader(self, names: Iterable[str]) -> Reader:
        """What makes these attributes of a row: numbers exact, instants in ISO form with their
        zone; None where one is empty."""
        return reader_of(names, self._convert)

    def _convert(self, name: str) -> Convert | None:
        kind = self._kinds.get(name, "datetime" if name in STAMPS else "")
        if kind in NUMBERS:
            return _number
        return _instant if kind in INSTANTS else None

    def write(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values as EspoCRM takes them; None empties an attribute."""
        return {name: self._write(name, value) for name, value in values.items()}

    def _write(self, name: str, value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, datetime):
            return spelt(value)
        if isinstance(value, date):
            return value.isoformat()
        kind = self._kinds.get(name, "")
        if kind in NUMBERS:
            return value
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        return [text] if kind in LISTS else text


def attributes(name: str, kind: str) -> Iterator[tuple[str, str]]:
    """The attributes of a field of this kind, each with the part of it that it is."""
    yield from ((f"{name}{part}", part) for part in PARTS.get(kind, ("",)))


def spelt(instant: datetime) -> str:
    """As EspoCRM writes it, cut to the second."""
    return instant.astimezone(UTC).strftime(FORMAT)


def _instant(value: Any) -> Any:
    """As EspoCRM gives it where it is none: that record alone is refused."""
    is_one = isinstance(value, str) and MOMENT.fullmatch(value)
    return f"{value[:10]}T{value[11:]}+00:00" if is_one else value


def _number(value: Any) -> Any:
    try:
        return Decimal(value) if isinstance(value, str) else value
    except InvalidOperation:
        return value
