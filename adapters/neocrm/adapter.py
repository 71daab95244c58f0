"""Neocrm (销售易), as the contract wants it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import ClassVar

from adapters.neocrm.client import Client
from adapters.neocrm.describing import Codecs, fields_of
from adapters.neocrm.forms import MADE, READ_ONLY, UPDATED
from adapters.neocrm.reading import Reading
from adapters.neocrm.settings import NeocrmSettings
from adapters.neocrm.writing import REQUESTS, Writing
from connector.clock import Clock
from connector.contract import (
    Adapter,
    Capabilities,
    FormCapabilities,
    FormField,
    Http,
    Identity,
    Page,
    Record,
    Settings,
    Shape,
    Write,
    Written,
)
from connector.errors import AccessDenied, AdapterError, Rejected
from connector.kit.recent import Recent


class Neocrm(Adapter):
    """One tenant of Neocrm."""

    settings_type: ClassVar[type[Settings]] = NeocrmSettings

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        assert isinstance(settings, NeocrmSettings)
        self._app, self._user = settings.client_id, settings.username
        self._client = Client(settings, http)
        self._codecs = Codecs(self._client, settings.zone, clock)
        recent = Recent(clock, settings.search_delay)
        self._reading = Reading(self._client, self._codecs, recent, settings)
        self._writing = Writing(self._client, self._codecs, self._reading, recent, settings.batch)
        self.capabilities = Capabilities(
            forms={name: _capabilities(name, settings) for name in (*MADE, *UPDATED, *READ_ONLY)},
            other=_capabilities("", settings),
            longest_write=REQUESTS * settings.timeout,
            visibility_delay=settings.search_delay,
        )

    def check(self) -> Identity:
        """An app belongs to one tenant: it stands for the tenant where tokens do not name it."""
        try:
            next(self._client.pages("user", ["id = 0"], []), None)
        except Rejected as refusal:
            raise AccessDenied(refusal.words, code=refusal.code, answer=refusal.answer) from refusal
        return Identity(self._client.tenant or self._app, self._user, sessions=1)

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        return self._reading.changes(shape, after)

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        return self._reading.fetch(shape, keys)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        return self._reading.find(shape, field, values)

    def write(self, write: Write) -> Written:
        return self._writing.write(write)

    def write_many(self, writes: Sequence[Write]) -> Iterator[Written | AdapterError]:
        return self._writing.write_many(writes)

    def describe(self, form: str) -> Sequence[FormField]:
        return fields_of(self._client.describe(form))

    def codes(
        self, form: str, field: str, wanted: Collection[str] | None = None
    ) -> Mapping[str, str] | None:
        told = self._codecs.of(form).options(field)
        if told is None or wanted is None:
            return told
        return {code: name for code, name in told.items() if code in wanted}


def _capabilities(name: str, settings: NeocrmSettings) -> FormCapabilities:
    if name in READ_ONLY:
        return FormCapabilities(operations=frozenset(), status="limited")
    operations = frozenset({"update"} if name in UPDATED else {"create", "update"})
    status = "full" if name in MADE else "limited"
    return FormCapabilities(operations=operations, batch=settings.batch, status=status)
