"""Fxiaoke (纷享销客), as the contract wants it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import ClassVar

from adapters.fxiaoke import hinting
from adapters.fxiaoke.client import Client
from adapters.fxiaoke.describing import Codecs, fields_of
from adapters.fxiaoke.forms import FORMS, OTHERS
from adapters.fxiaoke.locks import Locks
from adapters.fxiaoke.reading import Reading
from adapters.fxiaoke.settings import FxiaokeSettings
from adapters.fxiaoke.writing import REQUESTS, Writing
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
from connector.errors import AccessDenied, Rejected
from connector.kit.recent import Recent


class Fxiaoke(Adapter):
    """One tenant of Fxiaoke."""

    settings_type: ClassVar[type[Settings]] = FxiaokeSettings

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        assert isinstance(settings, FxiaokeSettings)
        self._user = settings.user_id
        self._settings = settings
        self._client = Client(settings, http)
        self._codecs = Codecs(self._client, settings.zone, clock)
        recent = Recent(clock, settings.search_delay)
        self._reading = Reading(self._client, self._codecs, recent, settings)
        locks = Locks(self._client, settings.locked)
        self._writing = Writing(self._client, self._codecs, self._reading, recent, locks)
        self.capabilities = Capabilities(
            forms=FORMS,
            other=OTHERS,
            longest_write=REQUESTS * settings.timeout,
            visibility_delay=settings.search_delay,
        )

    def check(self) -> Identity:
        """What refuses this call refuses all of them: an unknown employee, above all."""
        try:
            self._client.objects()
        except Rejected as refusal:
            raise AccessDenied(refusal.words, code=refusal.code, answer=refusal.answer) from refusal
        return Identity(self._client.tenant, self._user, sessions=1)  # its one token

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        return self._reading.changes(shape, after)

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        return self._reading.fetch(shape, keys)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        return self._reading.find(shape, field, values)

    def write(self, write: Write) -> Written:
        return self._writing.write(write)

    def describe(self, form: str) -> Sequence[FormField]:
        return fields_of(self._client.describe(form))

    def codes(
        self, form: str, field: str, wanted: Collection[str] | None = None
    ) -> Mapping[str, str] | None:
        told = self._codecs.of(form).options(field)
        if told is None or wanted is None:
            return told
        return {code: name for code, name in told.items() if code in wanted}

    def hint(self, call: WebhookCall) -> Hint | None:
        return hinting.hint(call, self._settings)
