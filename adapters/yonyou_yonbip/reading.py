"""Reading: by ranges of ids that fit into one page, by page number only where need be.

Lists of bills take filters: a window of stamps, and a range of the heads' ids. What fits into one
page is complete; of what does not, an ordered list gives the beginning, another one is asked for
half of the range. Base data take no filters but a time: they are read page by page, until two
readings in a row show the same. Stock has no stamps and comes whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from adapters.yonyou_yonbip.answers import BAD_OPERATOR
from adapters.yonyou_yonbip.client import Client, Filter, Row
from adapters.yonyou_yonbip.codec import ID, Records, text_of, value_at
from adapters.yonyou_yonbip.forms import form_of
from adapters.yonyou_yonbip.settings import YonyouYonBipSettings
from connector.contract import Page, Record, Shape, chunks
from connector.errors import Rejected
from connector.kit.passes import passes
from connector.kit.window import Window
from connector.messages import say

PAGE = 500
"""Rows of a page: what was seen to work."""
AT_ONCE = 50
"""Values that are asked for in one call."""
TOP = (1 << 63) - 1
"""No id is above it."""
SECOND = timedelta(seconds=1)


class Reading:
    """Reads the forms of one connection."""

    def __init__(self, client: Client, settings: YonyouYonBipSettings) -> None:
        self._client = client
        self._settings = settings
        self._size = settings.page or PAGE
        self._one_by_one: set[str] = set()
        """Forms whose lists know no `in`."""

    # -- what changed -----------------------------------------------------------------------

    def changes(self, shape: Shape, after: str | None) -> Iterator[Page]:
        """Records modified in the window that the cursor opens."""
        settings, now = self._settings, self._client.now()
        window = Window.open(after, now, lag=settings.lag, lookback=settings.lookback)
        fresh = self._local(window.fresh) if window.fresh else ""
        records, form = Records(form_of(shape.form), shape), form_of(shape.form)
        if form.since:
            since = {form.since: self._local(window.start)} if window.start else {}
            for rows in self._passes(shape.form, since):
                yield Page([_aged(one, fresh) for one in records.gathered(rows)])
        else:
            for rows, last in self._ranges(
                shape.form, self._within(window), int(window.after or 0)
            ):
                made = self._made(records, shape.form, rows)
                yield Page([_aged(one, fresh) for one in made], window.at(str(last)))
        yield Page((), window.done())

    def _within(self, window: Window) -> list[Filter]:
        """From the beginning of time means everything, also what carries no stamp."""
        if window.start is None:
            return []
        # Stamps are whole seconds, and both ends count.
        end = max(window.end - SECOND, window.start)
        return [("pubts", "between", self._local(window.start), self._local(end))]

    def _local(self, moment: datetime) -> str:
        return moment.astimezone(self._settings.zone).strftime("%Y-%m-%d %H:%M:%S")

    def _ranges(
        self, name: str, filters: Sequence[Filter], after: int = 0
    ) -> Iterator[tuple[list[Row], int]]:
        """All rows that match, whole heads at a time, and the id up to which they are complete."""
        form, todo = form_of(name), [(after + 1, TOP)]
        while todo:
            low, high = todo.pop()
            listed = self._client.filtered(name, [*filters, *_between(low, high)], 1, self._size)
            rows, begun = listed.rows, _heads(listed.rows)
            if not listed.more:
                if rows:
                    yield rows, min(high, max(begun))
            elif low == high:
                yield [*rows, *self._rest(name, [*filters, *_between(low, high)])], high
            elif not form.ordered or begun != sorted(begun):
                middle = (low + high) // 2
                todo += [(middle + 1, high), (low, middle)]
            elif begun[0] == begun[-1]:
                todo += [(begun[0] + 1, high), (begun[0], begun[0])]
            else:
                # The last head's rows may go on behind this page.
                yield [row for row in rows if int(row[ID]) < begun[-1]], begun[-1] - 1
                todo.append((begun[-1], high))

    def _rest(self, name: str, filters: Sequence[Filter]) -> Iterator[Row]:
        """More rows of the one bill that is longer than a page."""
        index = 2
        while (listed := self._client.filtered(name, filters, index, self._size)).rows:
            yield from listed.rows
            index += 1

    def _passes(self, name: str, since: dict[str, Any]) -> Iterator[list[Row]]:
        """All rows since a time."""
        return passes(lambda: self._pages(name, since), _mark, name)

    def _pages(self, name: str, since: dict[str, Any]) -> Iterator[list[Row]]:
        """Up to the one behind which there is none, be it empty."""
        for index in count(1):
            listed = self._client.page(name, since, index, self._size)
            yield listed.rows
            if not listed.more:
                return

    # -- everything -------------------------------------------------------------------------

    def everything(self, shape: Shape) -> Iterator[Page]:
        """All stock, added up by key; of each warehouse of the settings by itself."""
        form, rule = form_of(shape.form), {"billnum": self._settings.stock_rule}
        places = self._settings.stock_warehouses
        asked = [{**rule, "warehouse.code": place} for place in places] or [rule]
        records = Records(form, shape)
        for parameters in asked:
            rows = self._client.stock(shape.form, form.stock, parameters)
            for some in chunks(records.gathered(rows), self._size):
                yield Page(some)

    # -- some of them -----------------------------------------------------------------------

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        """These records as they are now."""
        wanted = set(keys)
        heads = list(dict.fromkeys(key.split("|")[0] for key in keys))
        if keys:
            yield from (one for one in self._fetched(shape, heads) if one.key in wanted)

    def _fetched(self, shape: Shape, heads: Sequence[str]) -> Iterable[Record]:
        """The records of these heads, and perhaps others."""
        form, name = form_of(shape.form), shape.form
        records = Records(form, shape)
        if form.stock:
            return (one for page in self.everything(shape) for one in page.records)
        if form.many:
            some = chunks(heads, AT_ONCE)
            return (one for keys in some for one in self._several(records, name, keys))
        if form.since:
            return (one for rows in self._passes(name, {}) for one in records.gathered(rows))
        if records.listed:
            return self._having(records, name, ID, heads)
        return self._details(records, name, heads)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """All records whose `field` is one of `values`, letter for letter."""
        form = form_of(shape.form)
        records = Records(form, shape, field)
        bare = Records(form, Shape(shape.form, (ID,), ()), field)
        for record in self._having(bare, shape.form, field, [one for one in values if one.strip()]):
            # The database looks at neither case nor trailing blanks.
            if record.fields[field] in values:
                yield from self._found(records, shape.form, record.key)

    def _found(self, records: Records, name: str, key: str) -> Iterator[Record]:
        if records.listed:
            return self._having(records, name, ID, [key])
        return self._details(records, name, [key])

    def document(self, name: str, key: str) -> Row | None:
        """A whole record as the platform shows it; None: it is not there."""
        form = form_of(name)
        if form.many:
            return next(iter(self._client.details(name, form.many, [key])), None)
        return self._client.detail(name, id=key)

    def _several(self, records: Records, name: str, keys: Sequence[str]) -> Iterable[Record]:
        rows = self._client.details(name, form_of(name).many, keys)
        return map(records.whole, rows)

    def _details(self, records: Records, name: str, keys: Sequence[str]) -> Iterator[Record]:
        for key in keys:
            document = self._client.detail(name, id=key)
            if document is not None:
                yield records.whole(document)

    def _made(self, records: Records, name: str, rows: Sequence[Row]) -> Iterable[Record]:
        """The records of flat rows; record by record where lists show too little of them."""
        if records.listed:
            return records.gathered(rows)
        return self._details(records, name, list(dict.fromkeys(text_of(row[ID]) for row in rows)))

    def _having(
        self, records: Records, name: str, field: str, values: Sequence[str]
    ) -> Iterator[Record]:
        """The records whose field the list says to have one of these values. Raises Rejected where
        it says so of others, too."""
        for some in chunks(values, AT_ONCE):
            for rows in self._matching(name, field, some):
                yield from self._made(records, name, rows)

    def _matching(self, name: str, field: str, values: Sequence[str]) -> Iterator[list[Row]]:
        if len(values) > 1 and name not in self._one_by_one:
            try:
                yield from self._asked(name, field, "in", list(values))
                return
            except Rejected as refusal:
                if refusal.code != BAD_OPERATOR:
                    raise
                self._one_by_one.add(name)
        for value in values:
            yield from self._asked(name, field, "eq", value)

    def _asked(self, name: str, field: str, op: str, value: Any) -> Iterator[list[Row]]:
        wanted = {text_of(one).lower() for one in (value if isinstance(value, list) else [value])}
        for rows, _ in self._ranges(name, [(field, op, value, None)]):
            for row in rows:
                if text_of(value_at(row, field)).lower() not in wanted:
                    raise Rejected(say("yonyou_filter_ignored", form=name, field=field))
            yield rows


def _between(low: int, high: int) -> list[Filter]:
    if (low, high) == (1, TOP):
        return []
    return [(ID, "between", str(low), str(high))]


def _heads(rows: Sequence[Row]) -> list[int]:
    return [int(row[ID]) for row in rows]


def _mark(row: Row) -> str:
    """What a row of a list is known by: a head, or one of its rows."""
    return f"{row.get(ID)}|{row.get('bodyItemId', '')}"


def _aged(record: Record, fresh: str) -> Record:
    """`again`: stamped before the last window ended. Stamps sort as texts."""
    old = bool(fresh and record.stamp) and record.stamp < fresh
    return replace(record, again=True) if old else record
