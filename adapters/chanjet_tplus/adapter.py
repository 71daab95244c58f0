"""Chanjet T+Cloud (畅捷通 T+), as the contract wants it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from adapters.chanjet_tplus import hinting
from adapters.chanjet_tplus.bills import STEPS
from adapters.chanjet_tplus.client import Client
from adapters.chanjet_tplus.describing import fields_of
from adapters.chanjet_tplus.forms import FORMS, STOCK, form_of
from adapters.chanjet_tplus.ladder import Ladder
from adapters.chanjet_tplus.reading import Reading
from adapters.chanjet_tplus.saving import Saving
from adapters.chanjet_tplus.settings import ChanjetTPlusSettings
from adapters.chanjet_tplus.writing import Writing
from connector.clock import Clock
from connector.contract import (
    Adapter,
    Capabilities,
    FormCapabilities,
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

REQUESTS = 4
"""Requests of a write that may each take as long as they are allowed to: save, read, audit, read.
What cannot be sent in that time any more is resumed later."""


class ChanjetTPlus(Adapter):
    """Bills and archives of one account set."""

    settings_type: ClassVar[type[Settings]] = ChanjetTPlusSettings

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        assert isinstance(settings, ChanjetTPlusSettings)
        self._settings = settings
        self._client = Client(settings, http, clock)
        self._reading = Reading(self._client, settings)
        ladder = Ladder(self._client, self._reading)
        saving = Saving(self._client, self._reading, settings)
        self._writing = Writing(self._client, ladder, saving, settings)
        self.capabilities = Capabilities(
            forms={name: _capabilities(name, settings) for name in FORMS},
            other=_capabilities("", settings),
            longest_write=REQUESTS * settings.timeout,
        )

    def check(self) -> Identity:
        self._client.check()
        settings = self._settings
        return Identity(settings.org_id, settings.app_key, sessions=self._client.sessions)

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        if self.capabilities.of(shape.form).reads == "full":
            return self._reading.everything(shape)
        return self._reading.changes(shape, after)

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        return self._reading.fetch(shape, keys)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        return self._reading.find(shape, field, values)

    def write(self, write: Write) -> Written:
        with self._client.within(REQUESTS):
            outcome = self._writing.write(write)
        if isinstance(outcome, AdapterError):
            raise outcome
        return outcome

    def describe(self, form: str) -> Sequence[FormField]:
        return fields_of(self._client, form)

    def hint(self, call: WebhookCall) -> Hint | None:
        found = hinting.heard(call, self._settings, self.clock.now())
        if found is None:
            return None
        hint, ticket = found
        if ticket:
            self._client.keep(ticket)
        return hint


def _capabilities(name: str, settings: ChanjetTPlusSettings) -> FormCapabilities:
    form = form_of(name)
    whole = name == STOCK or not (form.is_bill or form.size)
    operations = {"create", "update", *form.verbs} if form.create else set()
    return FormCapabilities(
        reads="full" if whole else "changes",
        operations=frozenset(operations),
        search=bool(form.create) and form.is_bill and settings.reference_search,
        steps=STEPS if form.create and form.is_bill else (),
        status=form.status,
    )
