"""Reading records whose rows are records of a form of their own, as CRMs keep them.

A change of a row need not move its parent's stamp: so the rows' form is polled as well, and
the parents of what it shows are read whole. Windows and cursors are those of `window`; how a
remote is asked, the adapter says by a `Source`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from connector.contract import Page, Record, Shape, Table, chunks, is_empty
from connector.kit.window import Window

Row = dict[str, Any]
"""A record as the remote shows it."""
Reader = Callable[[Mapping[str, Any]], dict[str, Any]]
"""What makes fields of a row, as the contract has them."""
Convert = Callable[[Any], Any]
"""What makes a value of the contract of one of the remote."""

ROWS = "rows:"
"""With the table's name, the phase of a window in which its rows are polled."""


class Source(ABC):
    """The queries of one remote."""

    key: ClassVar[str]
    """The field with a row's id there."""
    stamp: ClassVar[str]
    """The field with its stamp. As text a later one is greater than an earlier one."""
    most: ClassVar[int] = 100
    """Values that one filter takes."""

    @abstractmethod
    def changed(
        self, form: str, fields: Sequence[str], window: Window, after: str
    ) -> Iterator[Sequence[Row]]:
        """What was modified in the window and has an id above `after`, by ascending id.

        From the beginning of time means everything: what is left out would count as gone.
        """

    @abstractmethod
    def having(
        self, form: str, fields: Sequence[str], field: str, values: Sequence[str]
    ) -> Iterator[Sequence[Row]]:
        """What holds one of these values, at most `most`, by ascending id."""

    @abstractmethod
    def reader(self, form: str, names: Sequence[str]) -> Reader:
        """What makes these fields of a row of a form."""

    @abstractmethod
    def spelt(self, instant: datetime) -> str:
        """An instant as a stamp of it would be."""

    def is_gone(self, row: Row) -> bool:
        """Whether `changed` shows it only to say that it was deleted."""
        return False


def reader_of(names: Iterable[str], convert: Callable[[str], Convert | None]) -> Reader:
    """A reader of these fields; `convert` tells by its name what is done with a field's value, None
    if nothing. What is left out is empty."""
    taken = [(name, convert(name)) for name in names]

    def read(row: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for name, made in taken:
            value = row.get(name)
            if value is not None and made is not None:
                value = made(value)
            found[name] = None if is_empty(value) else value
        return found

    return read


@dataclass(frozen=True, slots=True)
class _Part:
    """The rows of one table, by their parents' ids."""

    name: str
    read: Reader
    rows: defaultdict[str, list[Row]]


class Records:
    """The records of one shape, their rows with them."""

    def __init__(self, source: Source, shape: Shape) -> None:
        self._source = source
        self._shape = shape
        self._fields = (*shape.key, *shape.fields, *filter(None, [shape.number]))

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

    def having(
        self, field: str, values: Sequence[str], old: Collection[str] = ()
    ) -> Iterator[Record]:
        """The records with one of `values` in `field`; the ids in `old` are no news."""
        fields = (*self._fields, field)
        for some in chunks(values, self._source.most):
            for rows in self._source.having(self._shape.form, fields, field, some):
                yield from self._made(rows, old)

    def now(
        self, keys: Sequence[str], fresh: Collection[str], get: Callable[[str], Row | None]
    ) -> Iterator[Record]:
        """The records with these ids as they are now, where queries lag: `fresh` are the ids whose
        newest state they may not show yet, `get` gives one record at once.

        What is refused one by one may be there all the same: gone is only what a query has left
        out as well.
        """
        missing = dict.fromkeys(keys)
        for record in self.having(self._source.key, [key for key in missing if key not in fresh]):
            missing.pop(record.key, None)
            yield record
        unseen = []
        for key in missing:
            row = get(key)
            if row is not None:
                yield self.of(row)
            elif key in fresh:
                unseen.append(key)
        yield from self.having(self._source.key, unseen)

    def of(self, row: Row) -> Record:
        """The record that the remote shows as `row`."""
        return self._made([row])[0]

    def _heads(self, window: Window, after: str, seen: set[str]) -> Iterator[Page]:
        fresh, polls = self._fresh(window), bool(self._shape.tables)
        key = self._shape.key[0]
        for rows in self._source.changed(self._shape.form, self._fields, window, after):
            there: list[Row] = []
            gone: list[str] = []
            for row in rows:
                if self._source.is_gone(row):
                    gone.append(str(row[key]))
                else:
                    there.append(row)
            if polls:
                seen.update(map(self._id, there))
            old = {self._id(row) for row in there if self._stamp(row) < fresh} if fresh else ()
            yield Page(self._made(there, old), window.at(self._id(rows[-1])), gone)

    def _parents(
        self, table: Table, window: Window, after: str, phase: str, seen: set[str]
    ) -> Iterator[Page]:
        """The parents of changed rows. Those `seen` in this very reading showed them already."""
        fresh = self._fresh(window)
        for rows in self._source.changed(table.form, (table.by,), window, after):
            owned = [row for row in rows if row.get(table.by)]
            parents = {str(row[table.by]) for row in owned} - seen
            seen |= parents
            news = {str(row[table.by]) for row in owned if self._stamp(row) >= fresh}
            records = list(self.having(self._source.key, sorted(parents), parents - news))
            yield Page(records, window.at(self._id(rows[-1]), phase))

    def _made(self, rows: Sequence[Row], old: Collection[str] = ()) -> list[Record]:
        shape = self._shape
        read, key = self._source.reader(shape.form, shape.fields), shape.key[0]
        parts = [self._part(name, table, rows) for name, table in shape.tables.items()]
        made: list[Record] = []
        for row in rows:
            its, fields, stamp = self._id(row), read(row), self._stamp(row)
            for part in parts:
                own = part.rows[its]
                fields[part.name] = [part.read(one) for one in own]
                stamp += f"/{max(map(self._stamp, own), default='')}/{len(own)}"
            number = str(row.get(shape.number) or "") if shape.number else ""
            made.append(Record(str(row[key]), fields, number, stamp, again=its in old))
        return made

    def _part(self, name: str, table: Table, parents: Sequence[Row]) -> _Part:
        """The rows of these parents, by parent, in the order of their ids."""
        fields = (table.by, table.key, *table.fields)
        found: defaultdict[str, list[Row]] = defaultdict(list)
        for some in chunks([self._id(row) for row in parents], self._source.most):
            for page in self._source.having(table.form, fields, table.by, some):
                for row in page:
                    found[str(row[table.by])].append(row)
        read = self._source.reader(table.form, (table.key, *table.fields))
        return _Part(name, read, found)

    def _id(self, row: Row) -> str:
        return str(row[self._source.key])

    def _stamp(self, row: Row) -> str:
        return str(row.get(self._source.stamp) or "")

    def _fresh(self, window: Window) -> str:
        """The stamp before which rows were read already, unless they were committed late."""
        return self._source.spelt(window.fresh) if window.fresh else ""
