"""Salesforce, as the contract wants it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from adapters.salesforce.client import Client
from adapters.salesforce.describing import Codecs, fields_of
from adapters.salesforce.forms import FORMS, OTHERS
from adapters.salesforce.reading import Reading
from adapters.salesforce.settings import SalesforceSettings
from adapters.salesforce.writing import REQUESTS, Writing
from connector.clock import Clock
from connector.contract import (
    Adapter,
    Capabilities,
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
from connector.errors import AdapterError


class Salesforce(Adapter):
    """One org of Salesforce."""

    settings_type: ClassVar[type[Settings]] = SalesforceSettings

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        assert isinstance(settings, SalesforceSettings)
        self._user = settings.username
        self._client = Client(settings, http)
        self._codecs = Codecs(self._client, settings.zone)
        self._reading = Reading(self._client, self._codecs, settings)
        self._writing = Writing(self._client, self._codecs, self._reading, settings.batch)
        self.capabilities = Capabilities(
            forms={name: replace(form, batch=settings.batch) for name, form in FORMS.items()},
            other=replace(OTHERS, batch=settings.batch),
            longest_write=REQUESTS * settings.timeout,
            visibility_delay=settings.transaction,
        )

    def check(self) -> Identity:
        self._client.resources()
        token, usage = self._client.token, self._client.usage
        return Identity(token.org, self._user or token.user, sessions=1, calls=usage)

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        return self._reading.changes(shape, after)

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        return self._reading.fetch(shape, keys)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        return self._reading.find(shape, field, values)

    def write(self, write: Write) -> Written:
        for outcome in self._writing.write_many([write]):
            if isinstance(outcome, AdapterError):
                raise outcome
            return outcome
        raise AssertionError("one write has one outcome")

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
