"""Reading: by spans of time that fit into one page, by page number only where need be.

Lists are in an order that nobody tells, and people work while we turn pages. So a span of which
there is more than one page is asked for in parts, until each fits: what fits is complete. What
carries one and the same time, and stock, is read page by page until two readings in a row agree.
Lists show heads; each record is then asked for by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count, pairwise

from adapters.kingdee_xingchen.client import Client, Row
from adapters.kingdee_xingchen.codec import Records, text_of
from adapters.kingdee_xingchen.forms import CREATED, ID, Times, form_of
from adapters.kingdee_xingchen.settings import KingdeeXingchenSettings
from connector.contract import Page, Record, Shape, chunks
from connector.errors import Rejected
from connector.kit.millis import millis
from connector.kit.passes import agreed
from connector.kit.window import Window
from connector.messages import say

PAGE = 100
"""Rows of a page: what integrators use at most."""
PARTS = 8
"""Into so many parts at most a span is cut at a time."""
MOST_CUTS = 40
"""A page is found by fewer cuts: a list that needs more does not look at the times."""
MARGIN = 1000
"""Milliseconds by which a span is asked for wider: times are whole seconds, and whether its ends
count, nobody knows."""
BEGINNING = millis(datetime(2000, 1, 1, tzinfo=UTC))
END = millis(datetime(2100, 1, 1, tzinfo=UTC))
"""Everything lies between these."""


class Reading:
    """Reads the forms of one connection."""

    def __init__(self, client: Client, settings: KingdeeXingchenSettings) -> None:
        self._client = client
        self._settings = settings
        self._size = settings.page or PAGE

    # -- what changed -----------------------------------------------------------------------

    def changes(self, shape: Shape, after: str | None) -> Iterator[Page]:
        """Records made, then records modified, in the window that the cursor opens."""
        settings, now = self._settings, self._client.now()
        window = Window.open(after, now, lag=settings.lag, lookback=settings.lookback)
        records, seen = self._records(shape), set[str]()
        low, high = (millis(window.start), millis(window.end)) if window.start else (BEGINNING, END)
        for times in self._left(shape.form, window):
            begun = times[0] == window.phase
            first = int(window.after) if begun else low
            for rows, last in self._spans(shape.form, times, first, high):
                # What was seen in this very reading was read after the window had ended.
                new = [row for row in rows if text_of(row.get(ID)) not in seen]
                seen.update(text_of(row.get(ID)) for row in new)
                made = self._made(records, shape.form, new)
                aged = [self._aged(one, whole, times, window) for one, whole in made]
                yield Page(aged, window.at(str(last), times[0]))
        yield Page((), window.done())

    def _left(self, name: str, window: Window) -> Sequence[Times]:
        """The spans that are still to be asked for. Everything was made some time, so that at first
        nothing else is."""
        times = form_of(name).times
        if window.start is None:
            return times[:1]
        names = [start for start, _ in times]
        return times[names.index(window.phase) if window.phase in names else 0 :]

    def _aged(self, record: Record, shown: Row, times: Times, window: Window) -> Record:
        """`again`: of a time before the last window ended. Times sort as texts."""
        made = shown.get("create_time") if times == CREATED else ""
        moment = text_of(shown.get("modify_time") or made)
        if window.fresh is None or not moment or moment >= self._local(window.fresh):
            return record
        return replace(record, again=True)

    def _local(self, moment: datetime) -> str:
        return moment.astimezone(self._settings.zone).strftime("%Y-%m-%d %H:%M:%S")

    def _spans(
        self, name: str, times: Times, low: int, high: int
    ) -> Iterator[tuple[Sequence[Row], int]]:
        """All rows of a span, and up to when they are complete."""
        todo, cuts = [(low, high)], 0
        while todo:
            first, last = todo.pop()
            start, end = times
            span = {start: str(first - MARGIN), end: str(last + MARGIN)}
            listed = self._client.page(name, span, 1, self._size)
            if listed.count <= len(listed.rows):
                if listed.rows:
                    yield listed.rows, last
            elif last - first <= 2 * MARGIN:
                yield self._agreed(name, span), last
            else:
                cuts += 1
                if cuts > MOST_CUTS * (listed.count // self._size + 1):
                    raise Rejected(say("xingchen_filter_ignored", form=name, field=start))
                edges = self._around(listed.rows, first, last) if times == CREATED else []
                parts = min(listed.count // self._size + 1, PARTS)
                edges = edges or [first + (last - first) * n // parts for n in range(parts + 1)]
                todo += reversed(list(pairwise(edges)))

    def _around(self, rows: Sequence[Row], first: int, last: int) -> list[int]:
        """The edges of a span and of what lies within it, by a page of it: what was imported in one
        night stands together. Empty: that makes it no narrower."""
        try:
            made = [self._millis(text_of(row.get("create_time"))) for row in rows]
        except ValueError:
            return []
        inner = [edge for edge in (min(made) - MARGIN, max(made) + MARGIN) if first < edge < last]
        return [first, *inner, last] if inner else []

    def _millis(self, text: str) -> int:
        return millis(datetime.fromisoformat(text).replace(tzinfo=self._settings.zone))

    def _agreed(self, name: str, filters: dict[str, str]) -> list[Row]:
        """All rows that match, once two readings in a row have shown the same ones."""

        def mark(row: Row) -> str:
            return "|".join(text_of(row.get(key)) for key in form_of(name).row_keys)

        return agreed(lambda: self._by_page(name, filters), mark, name)

    def _by_page(self, name: str, filters: dict[str, str]) -> Iterator[Sequence[Row]]:
        read = 0
        for index in count(1):
            listed = self._client.page(name, filters, index, self._size)
            yield listed.rows
            read += len(listed.rows)
            if not listed.rows or read >= listed.count:
                return

    # -- everything -------------------------------------------------------------------------

    def everything(self, shape: Shape) -> Iterator[Page]:
        """All stock, added up by key."""
        rows = self._agreed(shape.form, {})
        yield from map(Page, chunks(self._records(shape).gathered(rows), self._size))

    # -- some of them -----------------------------------------------------------------------

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        """These records as they are now."""
        wanted = set(keys)
        if form_of(shape.form).full:
            pages = self.everything(shape) if keys else ()
            found = (one for page in pages for one in page.records)
        else:
            records, heads = self._records(shape), dict.fromkeys(k.partition("|")[0] for k in keys)
            shown = (self.document(shape.form, head) for head in heads)
            found = (one for whole in shown if whole for one in records.of(whole))
        yield from (one for one in found if one.key in wanted)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """All records whose `field` is one of `values`, letter for letter. Raises Rejected for
        another field than the number: nothing else is known to be searched."""
        if field != form_of(shape.form).number:
            raise Rejected(say("xingchen_not_searched", form=shape.form, field=field))
        records = self._records(shape, field)
        for value in filter(str.strip, values):
            document = self._client.detail(shape.form, number=value)
            for record in records.of(document) if document else ():
                if text_of(record.fields[field]) == value:
                    yield replace(record, fields={**record.fields, field: value})

    def document(self, name: str, key: str) -> Row | None:
        """A whole record as the platform shows it; None: it is not there."""
        return self._client.detail(name, id=key)

    def _records(self, shape: Shape, extra: str = "") -> Records:
        return Records(shape, extra, plain=self._settings.plain_text)

    def _made(
        self, records: Records, name: str, rows: Iterable[Row]
    ) -> Iterator[tuple[Record, Row]]:
        """The records of a list's rows, with what showed them; asked for one by one where the list
        does not show all of them."""
        for row in rows:
            whole = row if records.shown_by(row) else self.document(name, text_of(row.get(ID)))
            yield from ((record, whole) for record in records.of(whole)) if whole else ()
