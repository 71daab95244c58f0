"""Reading what changed: the form's own records first, then those whose rows changed.

Queries answer from an index that is a little late, and may leave out what is invalid. For
changes that is what the lookback is for; what is asked for by key is got one by one where the
index cannot know it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from adapters.fxiaoke.client import Client, Filter, Row
from adapters.fxiaoke.codec import own_names, plain_name
from adapters.fxiaoke.describing import Codecs
from adapters.fxiaoke.forms import KEY, STAMP
from adapters.fxiaoke.settings import FxiaokeSettings
from connector.contract import Page, Record, Shape
from connector.kit.details import Reader, Records, Source
from connector.kit.millis import millis
from connector.kit.recent import Recent
from connector.kit.window import Window


class Queries(Source):
    """Fxiaoke's queries. No limit of the values in a filter is documented."""

    key = KEY
    stamp = STAMP

    def __init__(self, client: Client, codecs: Codecs) -> None:
        self._client = client
        self._codecs = codecs

    def changed(
        self, form: str, fields: Sequence[str], window: Window, after: str
    ) -> Iterator[list[Row]]:
        return self._client.pages(form, self._within(window), _plain(fields), after)

    def having(
        self, form: str, fields: Sequence[str], field: str, values: Sequence[str]
    ) -> Iterator[list[Row]]:
        return self._client.pages(form, [(field, "IN", values)], _plain(fields))

    def reader(self, form: str, names: Sequence[str]) -> Reader:
        codec = self._codecs.of(form)
        return lambda row: codec.read(row, names)

    def spelt(self, instant: datetime) -> str:
        return str(millis(instant))

    def _within(self, window: Window) -> list[Filter]:
        if window.start is None:
            return []
        start, end = self.spelt(window.start), self.spelt(window.end)
        return [(STAMP, "GTE", [start]), (STAMP, "LT", [end])]


class Reading:
    """Reads the forms of one connection."""

    def __init__(
        self, client: Client, codecs: Codecs, recent: Recent, settings: FxiaokeSettings
    ) -> None:
        self._client = client
        self._codecs = codecs
        self._queries = Queries(client, codecs)
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
        fresh = self._recent.among(shape.form, keys)
        yield from records.now(keys, fresh, partial(self._client.get, shape.form))

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
        return Records(self._queries, shape)


def _plain(fields: Sequence[str]) -> list[str]:
    return [plain_name(name) for name in fields]
