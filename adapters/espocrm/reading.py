"""Reading what changed: an entity type's own records first, then those whose rows changed.

Stamps have whole seconds, so a window does, too: what is modified in the second in which it
ends comes with the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.espocrm.client import Client, Filter, Row
from adapters.espocrm.codec import spelt
from adapters.espocrm.describing import Codecs
from adapters.espocrm.forms import KEY, STAMP
from adapters.espocrm.settings import EspoCrmSettings
from connector.contract import Page, Record, Shape
from connector.kit.details import Reader, Records, Source
from connector.kit.window import Window


class Lists(Source):
    """EspoCRM's lists."""

    key = KEY
    stamp = STAMP
    most = 50
    """Ids of one filter: each is a parameter of 50 bytes, and many servers take 8 KB of address."""

    def __init__(self, client: Client, codecs: Codecs) -> None:
        self._client = client
        self._codecs = codecs

    def changed(
        self, form: str, fields: Sequence[str], window: Window, after: str
    ) -> Iterator[list[Row]]:
        within: list[Filter] = []
        if window.start is not None:
            within = [
                (STAMP, "greaterThanOrEquals", self.spelt(window.start)),
                (STAMP, "lessThan", self.spelt(window.end)),
            ]
        return self._client.pages(form, within, fields, after)

    def having(
        self, form: str, fields: Sequence[str], field: str, values: Sequence[str]
    ) -> Iterator[list[Row]]:
        return self._client.pages(form, [(field, "in", values)], fields)

    def reader(self, form: str, names: Sequence[str]) -> Reader:
        return self._codecs.of(form).reader(names)

    def spelt(self, instant: datetime) -> str:
        return spelt(instant)


class Reading:
    """Reads the entity types of one connection."""

    def __init__(self, client: Client, codecs: Codecs, settings: EspoCrmSettings) -> None:
        self._client = client
        self._codecs = codecs
        self._lists = Lists(client, codecs)
        self._settings = settings

    def changes(self, shape: Shape, after: str | None) -> Iterator[Page]:
        """Records modified in the window that the cursor opens, in the order of their ids."""
        records = self._asked(shape)  # The time is that of the instance: it must have answered.
        lag, lookback = self._settings.lag, self._settings.lookback
        window = Window.open(after, self._client.now(), lag=lag, lookback=lookback)
        yield from records.changed(window)

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        """These records as they are now."""
        return self._asked(shape).having(shape.key[0], keys)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """By any attribute. The database finds text in other letter case, too: left out here."""
        wanted = set(values) - {""}
        fields = tuple(dict.fromkeys([*shape.fields, field]))
        found = self._asked(replace(shape, fields=fields)).having(field, sorted(wanted))
        return (record for record in found if str(record.fields[field]) in wanted)

    def record(self, shape: Shape, row: Row) -> Record:
        """The record that EspoCRM shows as `row`."""
        return Records(self._lists, shape).of(row)

    def _asked(self, shape: Shape) -> Records:
        """For somebody who counts on every field: one that is not there would look empty."""
        self._codecs.having(shape.form, [*shape.key, *shape.fields, *filter(None, [shape.number])])
        for table in shape.tables.values():
            self._codecs.having(table.form, [table.by, table.key, *table.fields])
        return Records(self._lists, shape)
