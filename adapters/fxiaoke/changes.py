"""Reading what changed: the form's own records first, then those whose rows changed.

Rows are records of a form of their own, and a change of one need not move its parent's
stamp: so the rows' form is polled as well, and the parents of what it shows are read whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime

from adapters.fxiaoke.client import Client, Filter, Row
from adapters.fxiaoke.codec import Codec, plain_name
from connector.contract import Page, Record, Shape, Table, chunks
from connector.window import Window

STAMP = "last_modified_time"
IDS = 100
"""Ids in one filter: no limit is documented, and a page of parents has no more."""
ROWS = "rows:"
"""With the table's name, the phase of a window in which its rows are polled."""


class Records:
    """Reads the records of one shape, their rows with them."""

    def __init__(self, client: Client, codec_of: Callable[[str], Codec], shape: Shape) -> None:
        self._client = client
        self._codec_of = codec_of
        self._shape = shape
        named = (*shape.key, *shape.fields, *filter(None, [shape.number]))
        self._fields = tuple(plain_name(name) for name in named)

    def changed(self, window: Window) -> Iterator[Page]:
        """What changed in the window, from where its cursor stands; the last page ends it."""
        seen: set[str] = set()
        phases = ["", *(ROWS + name for name in self._shape.tables)]
        begun = phases.index(window.phase) if window.phase in phases else 0
        if window.start is None:
            # All parents are read, with rows as they are after the window's end was fixed.
            phases = [""]
        for phase in phases[begun:]:
            after = window.after if phase == window.phase else ""
            if phase:
                table = self._shape.tables[phase.removeprefix(ROWS)]
                yield from self._parents(table, window, after, phase, seen)
            else:
                yield from self._heads(window, after, seen)
        yield Page((), window.done())

    def _heads(self, window: Window, after: str, seen: set[str]) -> Iterator[Page]:
        filters, form = _within(window), self._shape.form
        for rows in self._client.pages(form, filters, self._fields, after):
            seen.update(_id(row) for row in rows)
            old = {_id(row) for row in rows if _is_old(row, window)}
            yield Page(self._made(rows, old), window.at(_id(rows[-1])))

    def _parents(
        self, table: Table, window: Window, after: str, phase: str, seen: set[str]
    ) -> Iterator[Page]:
        """The parents of changed rows. Those `seen` in this very reading showed them already."""
        for rows in self._client.pages(table.form, _within(window), (table.by,), after):
            parents = {str(row[table.by]) for row in rows} - seen
            seen |= parents
            fresh = {str(row[table.by]) for row in rows if not _is_old(row, window)}
            records = list(self.having("_id", sorted(parents), parents - fresh))
            yield Page(records, window.at(_id(rows[-1]), phase))

    def having(
        self, field: str, values: Sequence[str], old: Collection[str] = ()
    ) -> Iterator[Record]:
        """The records with one of `values` in `field`; the ids in `old` are no news."""
        for some in chunks(values, IDS):
            wanted: list[Filter] = [(field, "IN", list(some))]
            for rows in self._client.pages(self._shape.form, wanted, (*self._fields, field)):
                yield from self._made(rows, old)

    def of(self, row: Row) -> Record:
        """The record that Fxiaoke shows as `row`."""
        return self._made([row])[0]

    def _made(self, rows: Sequence[Row], old: Collection[str] = ()) -> list[Record]:
        shape, codec = self._shape, self._codec_of(self._shape.form)
        tables = {name: self._rows(table, rows) for name, table in shape.tables.items()}
        made: list[Record] = []
        for row in rows:
            fields = codec.read(row, shape.fields)
            stamps = [str(row.get(STAMP, ""))]
            for name, table in shape.tables.items():
                own = tables[name][_id(row)]
                read = self._codec_of(table.form).read
                fields[name] = [read(one, (table.key, *table.fields)) for one in own]
                stamps += [str(max((one[STAMP] for one in own), default="")), str(len(own))]
            number = str(row.get(shape.number) or "") if shape.number else ""
            key = str(row[shape.key[0]])
            made.append(Record(key, fields, number, "/".join(stamps), again=_id(row) in old))
        return made

    def _rows(self, table: Table, parents: Sequence[Row]) -> dict[str, list[Row]]:
        """The rows of these parents, by parent, in the order of their ids."""
        wanted: list[Filter] = [(table.by, "IN", [_id(row) for row in parents])]
        fields = (table.by, table.key, *map(plain_name, table.fields))
        found: defaultdict[str, list[Row]] = defaultdict(list)
        for page in self._client.pages(table.form, wanted, fields):
            for row in page:
                found[str(row[table.by])].append(row)
        return found


def _id(row: Row) -> str:
    return str(row["_id"])


def _within(window: Window) -> list[Filter]:
    filters: list[Filter] = [(STAMP, "LT", [_millis(window.end)])]
    if window.start is not None:
        filters.append((STAMP, "GTE", [_millis(window.start)]))
    return filters


def _is_old(row: Row, window: Window) -> bool:
    """Modified before the last window ended: read already, unless it was committed late."""
    return window.fresh is not None and int(row[STAMP]) < int(_millis(window.fresh))


def _millis(instant: datetime) -> str:
    return str(int(instant.timestamp() * 1000))
