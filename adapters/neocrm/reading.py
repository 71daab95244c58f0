"""Reading what changed: an object's own records first, then those whose rows changed.

Whether queries lag behind what was written nobody tells. For changes that is what the lookback
is for; what is asked for by key is got one by one where a query cannot know it yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from adapters.neocrm.client import Client, Row
from adapters.neocrm.describing import Codecs
from adapters.neocrm.filters import among
from adapters.neocrm.forms import KEY, STAMP
from adapters.neocrm.settings import NeocrmSettings
from connector.contract import Page, Record, Shape, chunks
from connector.kit.details import Reader, Records, Source
from connector.kit.millis import millis
from connector.kit.recent import Recent
from connector.kit.window import Window

SOUGHT = 20
"""Texts that are searched for at once: a condition has 4,000 characters at most."""


class Queries(Source):
    """Neocrm's queries."""

    key = KEY
    stamp = STAMP

    def __init__(self, client: Client, codecs: Codecs, quotes: str) -> None:
        self._client = client
        self._codecs = codecs
        self._quotes = quotes

    def changed(
        self, form: str, fields: Sequence[str], window: Window, after: str
    ) -> Iterator[list[Row]]:
        within: list[str] = []
        if window.start is not None:
            start, end = self.spelt(window.start), self.spelt(window.end)
            within = [f"{STAMP} >= {start}", f"{STAMP} < {end}"]
        return self._client.pages(form, within, fields, after)

    def having(
        self, form: str, fields: Sequence[str], field: str, values: Sequence[str]
    ) -> Iterator[list[Row]]:
        numeric = self._codecs.of(form).is_numeric(field)
        # What is no number is not there; a query would not understand it.
        known = [value for value in values if value.isdecimal()] if numeric else values
        if not known:
            return iter(())
        condition = among(field, known, numeric=numeric, quotes=self._quotes)
        return self._client.pages(form, [condition], fields)

    def reader(self, form: str, names: Sequence[str]) -> Reader:
        return self._codecs.of(form).reader(names)

    def spelt(self, instant: datetime) -> str:
        return str(millis(instant))


class Reading:
    """Reads the objects of one connection."""

    def __init__(
        self, client: Client, codecs: Codecs, recent: Recent, settings: NeocrmSettings
    ) -> None:
        self._client = client
        self._codecs = codecs
        self._queries = Queries(client, codecs, settings.quotes)
        self._recent = recent
        self._settings = settings

    def changes(self, shape: Shape, after: str | None) -> Iterator[Page]:
        """Records modified in the window that the cursor opens, in the order of their ids."""
        records = self._asked(shape)  # The time is the tenant's: somebody must have answered.
        lag, lookback = self._settings.lag, self._settings.lookback
        window = Window.open(after, self._client.now(), lag=lag, lookback=lookback)
        yield from records.changed(window)

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        """These records as they are now."""
        records, field = self._asked(shape), shape.key[0]
        if field != KEY:
            yield from records.having(field, keys)
            return
        fresh = self._recent.among(shape.form, keys)
        yield from records.now(keys, fresh, partial(self._client.get, shape.form))

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """By any field. Whether its case counts nobody tells: what is not equal is left out."""
        wanted = set(values) - {""}
        fields = tuple(dict.fromkeys([*shape.fields, field]))
        records = self._asked(replace(shape, fields=fields))
        for some in chunks(sorted(wanted), SOUGHT):
            for record in records.having(field, some):
                if str(record.fields[field]) in wanted:
                    yield record

    def record(self, shape: Shape, row: Row) -> Record:
        """The record that Neocrm shows as `row`."""
        return Records(self._queries, shape).of(row)

    def _asked(self, shape: Shape) -> Records:
        """For somebody who counts on every field: one that is not there would look empty."""
        self._codecs.having(shape.form, [*shape.key, *shape.fields, *filter(None, [shape.number])])
        for table in shape.tables.values():
            self._codecs.having(table.form, [table.by, table.key, *table.fields])
        return Records(self._queries, shape)
