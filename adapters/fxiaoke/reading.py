"""Reading what changed: the form's own records first, then those whose rows changed.

Rows are records of a form of their own, and a change of one need not move its parent's
stamp: so the rows' form is polled as well, and the parents of what it shows are read whole.

Queries answer from an index that is a little late, and may leave out what is invalid. For
changes that is what the lookback is for; what is asked for by key is got one by one where the
index cannot know it.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from adapters.fxiaoke.client import Client, Filter, Row
from adapters.fxiaoke.codec import Codec, millis, own_names, plain_name
from adapters.fxiaoke.describing import Codecs
from adapters.fxiaoke.forms import KEY, STAMP
from adapters.fxiaoke.settings import FxiaokeSettings
from connector.clock import Clock
from connector.contract import Page, Record, Shape, Table, chunks
from connector.window import Window

IDS = 100
"""Ids in one filter: no limit is documented, and a page of parents has no more."""
ROWS = "rows:"
"""With the table's name, the phase of a window in which its rows are polled."""


class Recent:
    """Records that we wrote so lately that queries may still show them as they were."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._until: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()

    def note(self, form: str, key: str) -> None:
        """We wrote this one just now."""
        now = self._clock.monotonic()
        with self._lock:
            self._until.pop((form, key), None)
            self._until[form, key] = now + self._seconds
            # In the order of their ends, so that what is over stands in front.
            for known in list(self._until):
                if self._until[known] > now:
                    break
                del self._until[known]

    def among(self, form: str, keys: Sequence[str]) -> set[str]:
        now = self._clock.monotonic()
        with self._lock:
            return {key for key in keys if self._until.get((form, key), now) > now}


class Reading:
    """Reads the forms of one connection."""

    def __init__(
        self, client: Client, codecs: Codecs, recent: Recent, settings: FxiaokeSettings
    ) -> None:
        self._client = client
        self._codecs = codecs
        self._recent = recent
        self._settings = settings

    def changes(self, shape: Shape, after: str | None) -> Iterator[Page]:
        """Records modified in the window that the cursor opens, in the order of their ids."""
        lag, lookback = self._settings.lag, self._settings.lookback
        window = Window.open(after, self._client.now(), lag=lag, lookback=lookback)
        yield from self._asked(shape).changed(window)

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        """These records as they are now, invalid ones included."""
        records, field = self._asked(shape), shape.key[0]
        if field != KEY:
            yield from records.having(field, keys)
            return
        missing = dict.fromkeys(keys)
        fresh = self._recent.among(shape.form, keys)
        for record in records.having(KEY, [key for key in missing if key not in fresh]):
            missing.pop(record.key, None)
            yield record
        rows = (self._client.get(shape.form, key) for key in missing)
        yield from (records.of(row) for row in rows if row is not None)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """By any field, records of every life status."""
        self._codecs.having(shape.form, [field])
        wanted = replace(shape, fields=tuple(dict.fromkeys([*shape.fields, field])))
        return self._asked(wanted).having(field, values)

    def record(self, shape: Shape, row: Row) -> Record:
        """The record that Fxiaoke shows as `row`."""
        return self._records(shape).of(row)

    def _asked(self, shape: Shape) -> Records:
        """For somebody who counts on every field: one that is not there would look empty."""
        self._codecs.having(shape.form, own_names(shape.fields))
        for table in shape.tables.values():
            self._codecs.having(table.form, [table.by, *own_names(table.fields)])
        return self._records(shape)

    def _records(self, shape: Shape) -> Records:
        return Records(self._client, self._codecs, shape)


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one table, by their parents' ids."""

    name: str
    codec: Codec
    fields: Sequence[str]
    rows: defaultdict[str, list[Row]]


class Records:
    """The records of one shape, their rows with them."""

    def __init__(self, client: Client, codecs: Codecs, shape: Shape) -> None:
        self._client = client
        self._codecs = codecs
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
            owned = [row for row in rows if row.get(table.by)]
            parents = {str(row[table.by]) for row in owned} - seen
            seen |= parents
            fresh = {str(row[table.by]) for row in owned if not _is_old(row, window)}
            records = list(self.having(KEY, sorted(parents), parents - fresh))
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
        shape, read = self._shape, self._codecs.of(self._shape.form).read
        parts = [self._part(name, table, rows) for name, table in shape.tables.items()]
        made: list[Record] = []
        for row in rows:
            fields = read(row, shape.fields)
            stamps = [str(_stamp(row))]
            for part in parts:
                own = part.rows[_id(row)]
                fields[part.name] = [part.codec.read(one, part.fields) for one in own]
                stamps += [str(max(map(_stamp, own), default="")), str(len(own))]
            number = str(row.get(shape.number) or "") if shape.number else ""
            key = str(row[shape.key[0]])
            made.append(Record(key, fields, number, "/".join(stamps), again=_id(row) in old))
        return made

    def _part(self, name: str, table: Table, parents: Sequence[Row]) -> Part:
        """The rows of these parents, by parent, in the order of their ids."""
        wanted: list[Filter] = [(table.by, "IN", [_id(row) for row in parents])]
        fields = (table.by, table.key, *map(plain_name, table.fields))
        found: defaultdict[str, list[Row]] = defaultdict(list)
        for page in self._client.pages(table.form, wanted, fields):
            for row in page:
                found[str(row[table.by])].append(row)
        return Part(name, self._codecs.of(table.form), (table.key, *table.fields), found)


def _id(row: Row) -> str:
    return str(row[KEY])


def _stamp(row: Row) -> int:
    return int(row.get(STAMP) or 0)


def _within(window: Window) -> list[Filter]:
    # From the beginning of time means everything: what is left out would count as gone.
    if window.start is None:
        return []
    start, end = str(millis(window.start)), str(millis(window.end))
    return [(STAMP, "GTE", [start]), (STAMP, "LT", [end])]


def _is_old(row: Row, window: Window) -> bool:
    """Modified before the last window ended: read already, unless it was committed late."""
    return window.fresh is not None and _stamp(row) < millis(window.fresh)
