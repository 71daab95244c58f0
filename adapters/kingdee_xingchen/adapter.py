"""Kingdee Xingchen (金蝶云星辰), as the contract wants it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from adapters.kingdee_xingchen.bills import STEPS
from adapters.kingdee_xingchen.client import Client
from adapters.kingdee_xingchen.describing import fields_of
from adapters.kingdee_xingchen.forms import FORMS, form_of
from adapters.kingdee_xingchen.ladder import Ladder
from adapters.kingdee_xingchen.reading import Reading
from adapters.kingdee_xingchen.saving import Saving
from adapters.kingdee_xingchen.settings import KingdeeXingchenSettings
from adapters.kingdee_xingchen.writing import Writing
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
"""Requests of a write that may each take as long as they are allowed to: save, look, audit, look.
What cannot be sent in that time any more is resumed later."""


class KingdeeXingchen(Adapter):
    """Bills and base data of one account set."""

    settings_type: ClassVar[type[Settings]] = KingdeeXingchenSettings

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        assert isinstance(settings, KingdeeXingchenSettings)
        self._settings = settings
        self._client = Client(settings, http)
        self._reading = Reading(self._client, settings)
        ladder = Ladder(self._client, self._reading)
        saving = Saving(self._client, self._reading, settings)
        self._writing = Writing(ladder, saving)
        self.capabilities = Capabilities(
            forms={name: _capabilities(name, settings) for name in FORMS},
            other=_capabilities("", settings),
            longest_write=REQUESTS * settings.timeout,
        )

    def check(self) -> Identity:
        account = self._client.check()
        return Identity(account.id, self._settings.client_id, sessions=self._client.sessions)

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        if form_of(shape.form).full:
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


def _capabilities(name: str, settings: KingdeeXingchenSettings) -> FormCapabilities:
    form = form_of(name)
    if form.full:
        return FormCapabilities(reads="full", operations=frozenset(), search=False)
    if not form.saves:
        return FormCapabilities(operations=frozenset(), search=False, status=form.status)
    operations = {
        "create",
        *(("update",) if settings.edits else ()),
        *(("cancel", "close") if form.entity else ()),
    }
    return FormCapabilities(
        operations=frozenset(operations),
        steps=STEPS if form.entity else (),
        status=form.status,
    )
