"""HubSpot, as the contract wants it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import ClassVar

from adapters.hubspot import hinting
from adapters.hubspot.client import Client
from adapters.hubspot.describing import Codecs, fields_of
from adapters.hubspot.forms import FORMS, OTHERS, OWNERS
from adapters.hubspot.reading import Reading
from adapters.hubspot.settings import HubSpotSettings
from adapters.hubspot.writing import REQUESTS, Writing
from connector.clock import Clock
from connector.contract import (
    Adapter,
    Capabilities,
    FormField,
    Hint,
    Http,
    Identity,
    Page,
    Record,
    Settings,
    Shape,
    WebhookCall,
    Write,
    Written,
)
from connector.errors import AdapterError


class HubSpot(Adapter):
    """One account of HubSpot."""

    settings_type: ClassVar[type[Settings]] = HubSpotSettings

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        assert isinstance(settings, HubSpotSettings)
        self._settings = settings
        self._client = Client(settings, http, clock)
        self._codecs = Codecs(self._client, settings.zone, clock)
        self._reading = Reading(self._client, self._codecs, settings, clock)
        self._writing = Writing(self._client, self._codecs, self._reading)
        self.capabilities = Capabilities(
            forms=FORMS,
            other=OTHERS,
            longest_write=REQUESTS * settings.timeout,
            visibility_delay=settings.search_delay,
        )

    def check(self) -> Identity:
        tenant, calls = self._client.account()
        return Identity(tenant, sessions=0, calls=calls)

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        if shape.form == OWNERS:
            return self._reading.everything(shape)
        return self._reading.changes(shape, after)

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        return self._reading.fetch(shape, keys)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        return self._reading.find(shape, field, values)

    def write(self, write: Write) -> Written:
        [outcome] = self.write_many([write])
        if isinstance(outcome, AdapterError):
            raise outcome
        return outcome

    def write_many(self, writes: Sequence[Write]) -> Iterator[Written | AdapterError]:
        with self._client.within(REQUESTS):
            yield from self._writing.write_many(writes)

    def describe(self, form: str) -> Sequence[FormField]:
        required = [] if form == OWNERS else self._client.required(form)
        return fields_of(form, self._codecs.properties(form), required)

    def codes(
        self, form: str, field: str, wanted: Collection[str] | None = None
    ) -> Mapping[str, str] | None:
        told = self._codecs.of(form).options(field)
        if told is None or wanted is None:
            return told
        return {code: name for code, name in told.items() if code in wanted}

    def hint(self, call: WebhookCall) -> Hint | None:
        return hinting.hint(call, self._settings, self.clock.now())
