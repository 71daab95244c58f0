"""Reading what changed: an object's own records first, then those whose lines changed.

Stamps have whole seconds, so a window does, too: what is modified in the second in which it
ends comes with the next one. Inside a window the recycle bin is read along: who lies there was
deleted since.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.salesforce.client import Client, Row
from adapters.salesforce.codec import stamp
from adapters.salesforce.describing import Codecs
from adapters.salesforce.forms import CURRENCY, DELETED, KEY, STAMP
from adapters.salesforce.settings import SalesforceSettings
from adapters.salesforce.soql import Filter, fitting
from connector.contract import Page, Record, Shape
from connector.errors import Rejected
from connector.kit.details import Reader, Records, Source
from connector.kit.window import Window
from connector.messages import say

_ID = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")


class Queries(Source):
    """Salesforce's queries."""

    key = KEY
    stamp = STAMP
    most = 200

    def __init__(self, client: Client, codecs: Codecs, *, multi_currency: bool) -> None:
        self._client = client
        self._codecs = codecs
        self._multi_currency = multi_currency

    def changed(
        self, form: str, fields: Sequence[str], window: Window, after: str
    ) -> Iterator[list[Row]]:
        within: list[Filter] = []
        if window.start is not None:
            within = [(STAMP, ">=", window.start), (STAMP, "<", window.end)]
        deleted = window.start is not None and DELETED in self._codecs.of(form)
        names = self._there(form, fields)
        return self._client.pages(form, names, within, after, deleted=deleted)

    def having(
        self, form: str, fields: Sequence[str], field: str, values: Sequence[str]
    ) -> Iterator[list[Row]]:
        names = self._there(form, fields)
        for some in fitting(values):
            yield from self._client.pages(form, names, [(field, "IN", some)])

    def reader(self, form: str, names: Sequence[str]) -> Reader:
        return self._codecs.of(form).reader(names)

    def spelt(self, instant: datetime) -> str:
        return stamp(instant)

    def is_gone(self, row: Row) -> bool:
        return row.get(DELETED) is True

    def _there(self, form: str, fields: Sequence[str]) -> list[str]:
        """The fields but for the currency where there is but one. Raises Rejected: it would be
        taken for that one."""
        if self._multi_currency or CURRENCY not in fields:
            return list(fields)
        if CURRENCY in self._codecs.of(form):
            raise Rejected(say("salesforce_currencies"), field=CURRENCY)
        return [name for name in fields if name != CURRENCY]


class Reading:
    """Reads the objects of one connection."""

    def __init__(self, client: Client, codecs: Codecs, settings: SalesforceSettings) -> None:
        self._client = client
        self._queries = Queries(client, codecs, multi_currency=settings.multi_currency)
        self._settings = settings

    def changes(self, shape: Shape, after: str | None) -> Iterator[Page]:
        """Records modified in the window that the cursor opens, in the order of their ids."""
        lag, lookback = self._settings.lag, self._settings.lookback
        window = Window.open(after, self._client.now(), lag=lag, lookback=lookback)
        yield from Records(self._queries, shape).changed(window)

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        """These records as they are now."""
        field = shape.key[0]
        # A query by what cannot be an id is refused as a whole.
        wanted = [key for key in keys if field != KEY or _ID.fullmatch(key)]
        return Records(self._queries, shape).having(field, wanted)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """By any field of text. Salesforce finds it in other letter case, too: left out here."""
        wanted = set(values) - {""}
        asked = replace(shape, fields=tuple(dict.fromkeys([*shape.fields, field])))
        found = Records(self._queries, asked).having(field, sorted(wanted))
        return (record for record in found if str(record.fields[field]) in wanted)
