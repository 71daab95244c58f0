"""Records at one moment. A stored one never changes: whoever changes it commits a copy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table of a record."""

    key: str
    values: dict[str, Any]


Tables = dict[str, tuple[Row, ...]]


@dataclass(frozen=True, slots=True)
class Record:
    """A record of any form."""

    form: str
    key: str
    number: str
    values: dict[str, Any]
    """What is empty is left out."""
    rows: Tables
    state: str
    made: datetime
    stamp: datetime
    """When it was last changed."""
    previous: Record | None = field(default=None, repr=False)
    """What queries show until `shown_at`."""
    shown_at: datetime | None = None

    def seen(self, now: datetime) -> Record | None:
        """As queries show it; None while they show nothing of it."""
        return self if self.shown_at is None or self.shown_at <= now else self.previous

    def each(self, table: str) -> Iterator[Row]:
        """The rows of a table."""
        yield from self.rows.get(table, ())

    def with_values(self, table: str = "", key: str = "", **values: Any) -> Record:
        """A copy with these values, of the head or of one row; None takes a value away."""
        if not table:
            return replace(self, values=merged(self.values, values))
        rows = tuple(
            Row(row.key, merged(row.values, values)) if row.key == key else row
            for row in self.each(table)
        )
        return replace(self, rows={**self.rows, table: rows})


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Values with others over them; None takes one away."""
    return {name: value for name, value in {**old, **new}.items() if value is not None}
