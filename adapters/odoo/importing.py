"""Tables as Odoo's import takes them: a head and its rows in one, each with its external id.

Every row of an import has the same columns, and an empty cell empties its field. So fields that
only some of the rows have are left out, and written right afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connector.contract import RowWrite

Cells = dict[str, str]
"""Values by column."""


@dataclass(slots=True)
class Sheet:
    """An import in the making."""

    head: Cells
    tables: dict[str, list[Cells]] = field(default_factory=dict)

    def put(self, table: str, rows: Sequence[Cells]) -> None:
        """The rows of a table."""
        self.tables[table] = [dict(row) for row in rows]

    @property
    def columns(self) -> list[str]:
        """Those of the head, then those of each table."""
        inner = [f"{table}/{name}" for table, rows in self.tables.items() for name in rows[0]]
        return [*self.head, *inner]

    @property
    def lines(self) -> list[list[str]]:
        """The head stands in the first line, beside a row; each further line holds one row."""
        filled = [
            {f"{table}/{name}": cell for name, cell in row.items()}
            for table, rows in self.tables.items()
            for row in rows
        ]
        first = {**self.head, **(filled[0] if filled else {})}
        return [[line.get(name, "") for name in self.columns] for line in [first, *filled[1:]]]


def common(rows: Sequence[RowWrite]) -> set[str]:
    """The fields that all rows have."""
    return set.intersection(*(set(row.fields) for row in rows)) if rows else set()


def left_out(rows: Sequence[RowWrite]) -> Iterator[tuple[RowWrite, Mapping[str, object]]]:
    """The rows that have more than the others, and what that is."""
    shared = common(rows)
    for row in rows:
        more = {name: value for name, value in row.fields.items() if name not in shared}
        if more:
            yield row, more
