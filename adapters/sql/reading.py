"""Reading what changed, page by page in the order of the keys; everything in one go; some of it.

A page is a short transaction of its own. A row counts for its record: what is asked for are the
records that were stamped in the span, and those with a row that was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from adapters.sql.client import Client
from adapters.sql.codec import Codec, text_of
from adapters.sql.records import AT_ONCE, Records
from adapters.sql.settings import SqlSettings
from adapters.sql.spans import Moments, Span, Versions, number_of
from adapters.sql.tables import Tables
from connector.contract import Page, Record, Shape, chunks
from connector.kit.window import Window

Rows = Sequence[Sequence[Any]]


class Reading:
    """Reads the forms of one connection."""

    def __init__(self, client: Client, tables: Tables, codec: Codec, settings: SqlSettings) -> None:
        self._client = client
        self._tables = tables
        self._codec = codec
        self._settings = settings

    def records(self, shape: Shape, extra: str = "") -> Records:
        """What is asked of the database for a shape. Raises Rejected."""
        return Records(self._tables, self._codec, shape, extra)

    # -- what changed -----------------------------------------------------------------------

    def changes(self, shape: Shape, after: str | None) -> Iterator[Page]:
        """Records modified in the span that the cursor opens."""
        records, size = self.records(shape), self._settings.page
        span = self._span(shape, after)
        last, asked = span.after, records.select()
        if span.everything and not records.form.key:
            # A view without an index would be gone through for each page.
            yield from self.everything(shape)
            yield Page((), span.done())
            return
        if not span.everything:
            asked = asked.where(records.changed(span))
        while True:
            some = asked.where(records.behind(last)) if last else asked
            with self._client.reading(dirty=True) as connection:
                found = connection.execute(some.order_by(*records.order).limit(size)).all()
                made = records.made(connection, found, span)
            ended = len(found) < size
            last = records.last(found) if found else last
            yield Page(made, span.done() if ended else span.at(last))
            if ended:
                return

    def _span(self, shape: Shape, after: str | None) -> Span:
        settings, form = self._settings, self._tables.of(shape.form)
        if form.settings.kind == "version":
            # First the version, then the time: whatever lies below it was given out before that.
            newest, exact = self._newest(self.records(shape))
            now, lookback = self._client.now(), settings.lookback
            return Versions(after, now, newest, lookback=lookback, exact=exact)
        now = self._client.now()
        window = Window.open(after, now, lag=settings.lag, lookback=settings.lookback)
        return Moments(window, settings, self._codec)

    def _newest(self, records: Records) -> tuple[int, bool]:
        """The version up to which is read, and whether nothing below it can come late."""
        horizon = self._client.dialect.horizon
        with self._client.reading() as connection:
            if horizon is not None:
                return number_of(connection.execute(select(horizon)).scalar_one()) - 1, True
            told = [connection.execute(one).scalar_one() for one in records.newest()]
        return max((number_of(one) for one in told if one is not None), default=-1), False

    # -- everything -------------------------------------------------------------------------

    def everything(self, shape: Shape) -> Iterator[Page]:
        """Every record, by one question whose answer never stands in memory as a whole."""
        records, size = self.records(shape), self._settings.page
        with self._client.streaming(size) as stream:
            with self._client.limit(stream):
                answer = stream.execute(records.select())
            with self._client.ended(answer):
                parts = answer.partitions(size)
                while found := self._next(stream, parts):
                    yield Page(self._with_rows(stream, records, found))

    def _next(self, stream: Connection, parts: Iterator[Rows]) -> Rows | None:
        with self._client.limit(stream):
            return next(parts, None)

    def _with_rows(self, stream: Connection, records: Records, found: Rows) -> list[Record]:
        if not records.has_rows:
            return records.made(stream, found)
        # Few drivers answer anything else while they stream.
        with self._client.reading(dirty=True) as connection:
            return records.made(connection, found)

    # -- some of them -----------------------------------------------------------------------

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        """These records as they are now."""
        records, wanted = self.records(shape), set(keys)
        for some in chunks(list(dict.fromkeys(keys)), AT_ONCE // len(shape.key)):
            with self._client.reading() as connection:
                found = connection.execute(records.select().where(records.having(some))).all()
                made = records.made(connection, found)
            # Many databases compare without regard to case.
            yield from (record for record in made if record.key in wanted)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """All records whose `field` is one of `values`, letter for letter."""
        records, wanted = self.records(shape, field), set(values)
        for some in chunks(list(dict.fromkeys(values)), AT_ONCE):
            with self._client.reading() as connection:
                asked = records.select().where(records.one_of(field, some))
                made = records.made(connection, connection.execute(asked).all())
            yield from (r for r in made if text_of(r.fields[field]) in wanted)
