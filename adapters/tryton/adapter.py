"""Tryton, as the contract wants it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import ClassVar

from adapters.tryton.amending import Amending
from adapters.tryton.bills import STEPS
from adapters.tryton.client import Client
from adapters.tryton.describing import Models
from adapters.tryton.entering import Entering
from adapters.tryton.forms import FORMS, PARTS, STOCK, form_of
from adapters.tryton.ladder import Ladder
from adapters.tryton.names import name_of
from adapters.tryton.reading import Reading
from adapters.tryton.saving import Saving
from adapters.tryton.settings import TrytonSettings
from adapters.tryton.writing import Writing
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
from connector.errors import AdapterError

REQUESTS = 4
"""Requests of a write that may each take as long as they are allowed to: create, quote, confirm,
look. It has more, quick ones; what cannot be sent in that time any more is resumed later."""


class Tryton(Adapter):
    """One company in one database."""

    settings_type: ClassVar[type[Settings]] = TrytonSettings

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        assert isinstance(settings, TrytonSettings)
        self._settings = settings
        client = self._client = Client(settings, http)
        models = self._models = Models(client, clock)
        self._reading = Reading(client, models, settings)
        entering = Entering(client, models, self._reading)
        ladder = Ladder(client, models, self._reading)
        saving = Saving(client, self._reading, entering, ladder)
        self._writing = Writing(client, models, ladder, saving, Amending(client, models, entering))
        self.capabilities = Capabilities(
            forms={name: _capabilities(name) for name in (*FORMS, *PARTS, STOCK)},
            other=_capabilities(""),
            longest_write=REQUESTS * settings.timeout,
        )

    def check(self) -> Identity:
        client, company = self._client, self._client.touch()
        tenant = f"{self._settings.database} {company}" if company else self._settings.database
        return Identity(
            tenant, self._settings.user, version=client.version, sessions=client.sessions
        )

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
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
        return list(self._models.described(form))

    def codes(
        self, form: str, field: str, wanted: Collection[str] | None = None
    ) -> Mapping[str, str] | None:
        return self._models.codes(form, field, wanted)

    def close(self) -> None:
        self._client.close()


def _capabilities(name: str) -> FormCapabilities:
    if name == STOCK:
        return FormCapabilities(reads="full", operations=frozenset(), search=False)
    form = form_of(name_of(name).plain if name else "")
    if not form.writes:
        return FormCapabilities(operations=frozenset(), status=form.status)
    ends = {verb for verb in ("cancel", "close") if getattr(form, verb)}
    operations = frozenset({"create", "update", *ends})
    return FormCapabilities(
        operations=operations, steps=STEPS if form.is_bill else (), status=form.status
    )
