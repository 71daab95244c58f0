"""EspoCRM, as the contract wants it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import ClassVar

from adapters.espocrm import hinting
from adapters.espocrm.client import Client
from adapters.espocrm.describing import Codecs, fields_of
from adapters.espocrm.forms import FORMS, OTHERS
from adapters.espocrm.reading import Reading
from adapters.espocrm.settings import EspoCrmSettings
from adapters.espocrm.writing import REQUESTS, Writing
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


class EspoCrm(Adapter):
    """One instance of EspoCRM."""

    settings_type: ClassVar[type[Settings]] = EspoCrmSettings

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        assert isinstance(settings, EspoCrmSettings)
        self._settings = settings
        self._client = Client(settings, http)
        self._codecs = Codecs(self._client, clock)
        self._reading = Reading(self._client, self._codecs, settings)
        self._writing = Writing(self._client, self._codecs, self._reading)
        self.capabilities = Capabilities(
            forms=FORMS, other=OTHERS, longest_write=REQUESTS * settings.timeout
        )

    def check(self) -> Identity:
        """An API user's id is drawn in their instance: no other one has it but its copies."""
        user = self._client.user()["user"]
        return Identity(str(user["id"]), str(user.get("userName") or ""), sessions=0)

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        return self._reading.changes(shape, after)

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        return self._reading.fetch(shape, keys)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        return self._reading.find(shape, field, values)

    def write(self, write: Write) -> Written:
        return self._writing.write(write)

    def describe(self, form: str) -> Sequence[FormField]:
        return fields_of(self._codecs.fields(form))

    def codes(
        self, form: str, field: str, wanted: Collection[str] | None = None
    ) -> Mapping[str, str] | None:
        told = self._codecs.of(form).options(field)
        if told is None:
            return None
        return {one: one for one in told if wanted is None or one in wanted}

    def hint(self, call: WebhookCall) -> Hint | None:
        return hinting.hint(call, self._settings)
