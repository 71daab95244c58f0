"""Reading: which records there are first, then each of them whole.

A query counts entry rows, not records, and a page that ends inside a bill would lose its
rest. So the keys are asked for alone, in their order and behind the last one, and whole
records by key. An answer as long as the limit may be cut: half of the keys are then asked
for at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.kingdee_galaxy.client import Client
from adapters.kingdee_galaxy.codec import Layout, Layouts, layouts
from adapters.kingdee_galaxy.filters import Value, Where
from adapters.kingdee_galaxy.forms import STAMP, form_of
from adapters.kingdee_galaxy.names import is_text, query_key
from adapters.kingdee_galaxy.settings import KingdeeGalaxySettings
from connector.contract import Page, Record, Shape, chunks
from connector.errors import Rejected
from connector.kit.window import Window
from connector.messages import say

PAGE = 200
"""Records a page; their keys make a filter of some two thousand characters."""
SURE = 2000
"""Rows that every server gives: only an answer that is shorter is certainly complete, whatever
the settings say."""
AT_ONCE = 50
"""Values searched for in one query."""


class Reading:
    """Reads the forms of one connection."""

    def __init__(self, client: Client, settings: KingdeeGalaxySettings) -> None:
        self._client = client
        self._settings = settings
        self._full = min(settings.query_limit, SURE)
        self._page = settings.page or PAGE

    # -- what changed -----------------------------------------------------------------------

    def changes(self, shape: Shape, after: str | None) -> Iterator[Page]:
        """Records modified in the window that the cursor opens, in the order of their keys."""
        settings, queries = self._settings, layouts(shape)
        now = self._client.now()
        window = Window.open(after, now, lag=settings.lag, lookback=settings.lookback)
        fresh = self._local(window.fresh).isoformat(timespec="seconds") if window.fresh else ""
        for keys in self._keys(shape, queries.keys, window):
            for some in chunks(keys, self._page):
                records = self._whole(queries, shape, some).values()
                yield Page([_aged(record, fresh) for record in records], window.at(some[-1]))
        yield Page((), window.done())

    def _keys(self, shape: Shape, layout: Layout, window: Window) -> Iterator[list[str]]:
        """The keys of what changed, as many at a time as a query gives."""
        field = _key_field(shape)
        last = window.after
        while True:
            where = Where({*layout.known, STAMP})
            # From the beginning of time means everything, also what carries no stamp.
            if window.start:
                where.has(STAMP, ">=", self._local(window.start))
                where.has(STAMP, "<", self._local(window.end))
            if last:
                where.has(query_key(field), ">", *_literals(shape.form, field, [last]))
            rows = self._client.query(layout.form, layout.keys, str(where), layout.order)
            keys = layout.keys_of(rows)
            if keys:
                yield keys
            if len(rows) < self._full:
                return
            last = layout.key_of(rows[-1])

    def _local(self, moment: datetime) -> datetime:
        """As the server writes it: its own time, without an offset."""
        return moment.astimezone(self._settings.zone).replace(tzinfo=None)

    # -- everything -------------------------------------------------------------------------

    def everything(self, shape: Shape) -> Iterator[Page]:
        """Every row of a form, added up by key. Nothing is given before all was seen."""
        form = form_of(shape.form)
        layout = layouts(shape, form.key, stamped=False).heads
        made: dict[str, Record] = {}
        last = ""
        while True:
            where = _where(layout, shape.form)
            if last:
                where.has(form.key, ">", last if form.text_key else int(last))
            rows = self._client.query(layout.form, layout.keys, str(where), f"{form.key} ASC")
            layout.gather(rows, made)
            if len(rows) < self._full:
                break
            last = str(rows[-1][layout.column(form.key)])
        yield from (Page(some) for some in chunks(list(made.values()), self._page))

    # -- some of them -----------------------------------------------------------------------

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        """These records as they are now."""
        if shape.form in self._settings.read_whole:
            yield from self._rows_of(shape, keys)
            return
        queries = layouts(shape)
        for some in chunks(keys, self._page):
            yield from self._whole(queries, shape, some).values()

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """All records whose `field` is one of `values`, letter for letter."""
        queries = layouts(shape, field)
        layout, at = queries.keys, queries.keys.column(field)
        wanted = set(values)
        for some in chunks(list(wanted), AT_ONCE):
            rows = self._matching(layout, query_key(field), some)
            # The server compares without regard to case and trailing blanks.
            same = [row for row in rows if row[at] in wanted]
            keys = layout.keys_of(same)
            if keys:
                yield from self._whole(queries, shape, keys).values()

    def _whole(self, queries: Layouts, shape: Shape, keys: Sequence[str]) -> dict[str, Record]:
        """Records with all their tables, by key, in the order asked for."""
        field = _key_field(shape)
        literals = _literals(shape.form, field, keys)
        name = query_key(field)
        made = queries.main.gather(self._matching(queries.main, name, literals), {})
        absent = [key for key in keys if key not in made]
        if absent and queries.main is not queries.heads:
            literals = _literals(shape.form, field, absent)
            queries.heads.gather(self._matching(queries.heads, name, literals), made)
        for table, layout in queries.others.items():
            literals = _literals(shape.form, field, made)
            for key, part in layout.gather(self._matching(layout, name, literals), {}).items():
                made[key].fields[table] = part.fields[table]
        return {key: made[key] for key in keys if key in made}

    def _rows_of(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        """Of a form that is read whole: everything that shares the first part of a key."""
        layout, field = layouts(shape, stamped=False).heads, shape.key[0]
        wanted = set(keys)
        parts = list(dict.fromkeys(key.split("|")[0] for key in keys))
        for some in chunks(parts, self._page):
            literals = _literals(shape.form, field, some)
            made = layout.gather(self._matching(layout, query_key(field), literals), {})
            yield from (record for key, record in made.items() if key in wanted)

    def _matching(self, layout: Layout, field: str, values: Sequence[Value]) -> list[list[object]]:
        """All rows whose `field` is one of `values`, however many they are."""
        if not values:
            return []
        where = str(_where(layout, layout.form).among(field, values))
        rows = self._client.query(layout.form, layout.keys, where, layout.order)
        if len(rows) < self._full:
            return rows
        if len(values) > 1:
            half = len(values) // 2
            first = self._matching(layout, field, values[:half])
            return first + self._matching(layout, field, values[half:])
        while more := self._page_from(layout, where, len(rows)):
            rows += more
        return rows

    def _page_from(self, layout: Layout, where: str, start: int) -> list[list[object]]:
        """More rows of the one record that is longer than a page."""
        return self._client.query(layout.form, layout.keys, where, layout.order, start=start)


def _key_field(shape: Shape) -> str:
    if len(shape.key) > 1:
        raise Rejected(say("kingdee_one_key", form=shape.form))
    return shape.key[0]


def _where(layout: Layout, form: str) -> Where:
    not_zero = form_of(form).not_zero
    where = Where({*layout.known, *filter(None, (not_zero,))})
    return where.has(not_zero, "<>", 0) if not_zero else where


def _literals(form: str, field: str, keys: Iterable[str]) -> list[Value]:
    """Keys as a filter has them: ids are numbers, GUIDs and whatever names base data are texts."""
    if is_text(field) or form_of(form).text_key:
        return list(keys)
    return [int(key) if key.isdigit() else key for key in keys]


def _aged(record: Record, fresh: str) -> Record:
    """`again`: stamped before the last window ended. Stamps sort as texts."""
    return replace(record, again=True) if fresh and record.stamp < fresh else record
