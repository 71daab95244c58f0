"""Reading: by codes behind the last one, by page number only where need be.

Lists come by their code, as far as anybody has seen. So what follows a page is asked for from the
code of its last row on, and that very row must come first again. A list that keeps no such order is
read page by page until two readings in a row show the same, since what is deleted meanwhile moves
others to pages that were read already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count, pairwise
from typing import Any

from adapters.yonyou_u8.client import Client, Listed, Row
from adapters.yonyou_u8.codec import Records, text_of
from adapters.yonyou_u8.forms import SEARCHED, STAMP, form_of
from adapters.yonyou_u8.settings import YonyouU8Settings
from connector.contract import Page, Record, Shape, chunks
from connector.errors import Rejected
from connector.kit.passes import agreed
from connector.kit.rowversions import Span
from connector.messages import say

PAGE = 200
"""Rows of a page; the relay's own are 20."""
LEAST = 2
"""A smaller page would show the last row again and nothing else."""
MANY = 20
"""More records than this do not carry one and the same mark: the filter was ignored."""

Filters = Mapping[str, Any]


class Unordered(Exception):
    """The list is not in the order of its codes."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a list, and where it stands after them."""

    rows: Sequence[Row]
    after: str = ""
    """The last code; empty: it cannot go on from here."""
    falling: bool = False


class Reading:
    """Reads the forms of one connection."""

    def __init__(self, client: Client, settings: YonyouU8Settings) -> None:
        self._client = client
        self._settings = settings
        self._size = max(settings.page or PAGE, LEAST)

    # -- what changed -----------------------------------------------------------------------

    def changes(self, shape: Shape, after: str | None) -> Iterator[Page]:
        """Records changed in the span that the cursor opens."""
        lookback = self._settings.lookback
        span = Span.open(after, lookback)
        filters, parts = self._since(shape.form, span), None
        if span.begun is None:
            first = self._client.page(shape.form, filters, 1, self._size)
            newest = self._newest(shape, filters, span, first)
            span = span.begin(self._client.now(), newest)
            parts = iter([Part(first.rows)]) if _is_whole(first) else None
        if self._stamped(shape.form) and filters:
            filters = {**filters, f"{STAMP}_end": span.high + 1}
        for part in parts or self._parts(shape, filters, *_place(span.after)):
            made = self._made(shape, self._wanted(shape.form, part.rows, span))
            cursor = span.at(f"{part.falling:d}{part.after}") if part.after else None
            yield Page([_aged(one, stamp, span) for one, stamp in made], cursor)
        yield Page((), span.done(lookback))

    def _stamped(self, name: str) -> bool:
        return form_of(name).stamped and name not in self._settings.by_day

    def _since(self, name: str, span: Span) -> Filters:
        """From the beginning means everything, also what carries neither stamp nor day."""
        if span.since is None:
            return {}
        if self._stamped(name):
            # Whether the number itself counts nobody knows: it was read already.
            return {f"{STAMP}_begin": span.low}
        day = form_of(name).day
        today = self._client.now().astimezone(self._settings.zone).date()
        since = today - timedelta(days=self._settings.recent_days)
        return {f"{day}_begin": since.isoformat()} if day else {}

    def _newest(self, shape: Shape, filters: Filters, span: Span, first: Listed) -> int:
        """The newest number there is; 0: the list shows none."""
        high = max(map(_stamp, first.rows), default=0)
        if not self._stamped(shape.form):
            rest = () if _is_whole(first) or not high else self._parts(shape, filters)
            return max((_stamp(row) for part in rest for row in part.rows), default=high)
        if first.rows and not high:
            raise Rejected(say("u8_no_stamp", form=shape.form))
        high, above, listed = 0, filters, first
        while not _is_whole(listed):
            # By codes the newest ones are likely the first, or the last.
            last = self._client.page(shape.form, above, self._pages(listed), self._size)
            newest = max(high, *map(_stamp, (*listed.rows, *last.rows)))
            # Nothing above it, though more was found: the bound itself counts.
            above = {f"{STAMP}_begin": newest if newest > high else newest + 1}
            high, listed = newest, self._client.page(shape.form, above, 1, self._size)
        return max(high, span.low, *map(_stamp, listed.rows))

    def _pages(self, listed: Listed) -> int:
        return -(-listed.count // self._size)

    def _wanted(self, name: str, rows: Sequence[Row], span: Span) -> Sequence[Row]:
        """What is not known to have been there when the span begins."""
        if self._stamped(name) and any(0 < _stamp(row) < span.low for row in rows):
            raise Rejected(say("u8_stamp_ignored", form=name))
        return [row for row in rows if not 0 < _stamp(row) <= span.low]

    def _made(self, shape: Shape, rows: Sequence[Row]) -> Iterator[tuple[Record, int]]:
        """The records of a list's rows, with their numbers; asked for one by one where the list
        does not show all of them."""
        form = form_of(shape.form)
        records = Records(form, shape)
        for row in rows:
            key = text_of(row.get(form.key or form.code))
            document = row if form.whole else self._client.document(shape.form, key)
            if document is not None:
                yield records.of(document, key), _stamp(row)

    # -- lists ------------------------------------------------------------------------------

    def _parts(
        self, shape: Shape, filters: Filters, after: str = "", falling: bool = False
    ) -> Iterator[Part]:
        """All rows that match, behind the code `after`."""
        try:
            yield from self._by_code(shape.form, filters, after, falling)
        except Unordered:
            yield from map(Part, chunks(self._agreed(shape, filters), self._size))

    def _by_code(self, name: str, filters: Filters, after: str, falling: bool) -> Iterator[Part]:
        """Raises Unordered where rows may have been passed over."""
        form, seen, expected = form_of(name), 0, 0
        while True:
            bound = {f"{form.code}_{'end' if falling else 'begin'}": after} if after else {}
            listed = self._client.page(name, {**filters, **bound}, 1, self._size)
            codes = [text_of(row.get(form.code)) for row in listed.rows]
            expected = expected or listed.count
            if after and codes and codes[0] != after:
                raise Unordered
            new = listed.rows[1:] if after else listed.rows
            falling = falling if after else codes[:1] > codes[-1:]
            seen += len(new) if seen else len(codes)
            if new:
                _check_order(codes, falling)
                after = codes[-1]
                yield Part(new, after, falling)
            if _is_whole(listed) and seen >= expected:
                return
            if _is_whole(listed) or not new:
                raise Unordered

    def _agreed(self, shape: Shape, filters: Filters) -> list[Row]:
        """All rows that match, once two readings in a row have shown the same ones."""

        def mark(row: Row) -> str:
            return "|".join(text_of(row.get(name)) for name in shape.key)

        return agreed(lambda: self._by_page(shape.form, filters), mark, shape.form)

    def _by_page(self, name: str, filters: Filters) -> Iterator[list[Row]]:
        for index in count(1):
            listed = self._client.page(name, filters, index, self._size)
            yield listed.rows
            if not listed.rows or index >= self._pages(listed):
                return

    # -- everything -------------------------------------------------------------------------

    def everything(self, shape: Shape) -> Iterator[Page]:
        """All there is of what is read whole."""
        if not form_of(shape.form).stock:
            for part in self._parts(shape, {}):
                yield Page([record for record, _ in self._made(shape, part.rows)])
            return
        places = [{"whcode_begin": one, "whcode_end": one} for one in self._places]
        for filters in places or [{}]:
            records = Records(form_of(shape.form), shape)
            rows = self._agreed(shape, filters)
            yield from map(Page, chunks(records.gathered(rows), self._size))

    @property
    def _places(self) -> Sequence[str]:
        return self._settings.stock_warehouses

    # -- some of them -----------------------------------------------------------------------

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterable[Record]:
        """These records as they are now."""
        if not form_of(shape.form).stock:
            return self._documents(Records(form_of(shape.form), shape), shape.form, keys)
        wanted = set(keys)
        pages = self.everything(shape) if keys else ()
        return (one for page in pages for one in page.records if one.key in wanted)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """All records whose `field` is one of `values`, letter for letter."""
        form = form_of(shape.form)
        if field not in SEARCHED and field != form.code:
            raise Rejected(say("u8_not_searched", form=shape.form, field=field))
        records = Records(form, shape, field)
        for value in values:
            keys = [value] if field == form.code else self._marked(shape.form, field, value)
            for record in self._documents(records, shape.form, keys if value.strip() else ()):
                if text_of(record.fields[field]) == value:
                    yield record

    def document(self, name: str, key: str) -> Row | None:
        """A whole record as U8 shows it; None: it is not there."""
        return self._client.document(name, key)

    def left(self, name: str, key: str) -> bool:
        """Something of an order has been shipped."""
        only = {"code_begin": key, "code_end": key, "fhstatus": 0}
        listed = self._client.page(name, only, 1, MANY)
        return all(text_of(row.get(form_of(name).code)) != key for row in listed.rows)

    def _marked(self, name: str, field: str, value: str) -> list[str]:
        listed = self._client.page(name, {field: value}, 1, MANY + 1)
        if len(listed.rows) > MANY:
            raise Rejected(say("u8_filter_ignored", form=name, field=field))
        form = form_of(name)
        return [text_of(row.get(form.key or form.code)) for row in listed.rows]

    def _documents(self, records: Records, name: str, keys: Iterable[str]) -> Iterator[Record]:
        for key in keys:
            document = self._client.document(name, key)
            if document is not None:
                yield records.of(document, key)


def _stamp(row: Row) -> int:
    """A row version; 0: the list does not show it."""
    text = text_of(row.get(STAMP))
    return int(text) if text.isdigit() else 0


def _is_whole(listed: Listed) -> bool:
    return listed.count <= len(listed.rows)


def _place(after: str) -> tuple[str, bool]:
    """How far a reading has come: the last code, and whether codes fall."""
    return after[1:], after[:1] == "1"


def _check_order(codes: Sequence[str], falling: bool) -> None:
    """The database looks at neither case nor trailing blanks."""
    folded = [code.lower() for code in (reversed(codes) if falling else codes)]
    if any(one > other for one, other in pairwise(folded)):
        raise Unordered


def _aged(record: Record, stamp: int, span: Span) -> Record:
    """`again`: its number was known before this reading began."""
    return replace(record, again=True) if 0 < stamp <= span.fresh else record
