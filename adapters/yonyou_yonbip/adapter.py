"""Yonyou YonBIP (用友), as the contract wants it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, ClassVar

from adapters.yonyou_yonbip import hinting
from adapters.yonyou_yonbip.bills import STEPS
from adapters.yonyou_yonbip.changing import Changing
from adapters.yonyou_yonbip.client import Client
from adapters.yonyou_yonbip.describing import fields_of
from adapters.yonyou_yonbip.forms import FORMS, form_of
from adapters.yonyou_yonbip.ladder import Ladder
from adapters.yonyou_yonbip.reading import Reading
from adapters.yonyou_yonbip.saving import Saving
from adapters.yonyou_yonbip.settings import YonyouYonBipSettings
from adapters.yonyou_yonbip.writing import Writing
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
    chunks,
)
from connector.errors import AdapterError

REQUESTS = 3
"""Requests of a write that may each take as long as they are allowed to: save, submit, audit. What
cannot be sent in that time any more is resumed later."""


class YonyouYonBip(Adapter):
    """Bills and base data of one tenant."""

    settings_type: ClassVar[type[Settings]] = YonyouYonBipSettings

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        assert isinstance(settings, YonyouYonBipSettings)
        self._settings = settings
        self._client = Client(settings, http)
        self._reading = Reading(self._client, settings)
        ladder = Ladder(self._client, self._reading)
        saving = Saving(self._client, self._reading, settings)
        changing = Changing(self._client, self._reading, ladder, saving)
        self._writing = Writing(self._client, ladder, saving, changing, settings)
        self.capabilities = Capabilities(
            forms={name: _capabilities(name, settings) for name in FORMS},
            other=_capabilities("", settings),
            longest_write=REQUESTS * settings.timeout,
        )

    def check(self) -> Identity:
        self._client.check()
        settings = self._settings
        return Identity(settings.tenant_id, settings.app_key, sessions=self._client.sessions)

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        if form_of(shape.form).stock:
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

    def write_many(self, writes: Sequence[Write]) -> Iterator[Written | AdapterError]:
        with self._client.within(REQUESTS):
            for alike, some in groupby(writes, _group):
                size = self._settings.batch if alike else 1
                for batch in chunks(list(some), size):
                    yield from self._writing.write_alike(batch)

    def describe(self, form: str) -> Sequence[FormField]:
        return fields_of(self._client, form)

    def hint(self, call: WebhookCall) -> Hint | None:
        return hinting.hint(call, self._settings)


def _group(write: Write) -> tuple[Any, ...]:
    """What must be equal in writes whose steps are taken together; empty: it goes alone."""
    if write.key or write.verb != "put":
        return ()
    return (write.form, write.until)


def _capabilities(name: str, settings: YonyouYonBipSettings) -> FormCapabilities:
    form = form_of(name)
    if form.stock:
        return FormCapabilities(reads="full", operations=frozenset(), search=False)
    if not form.save:
        return FormCapabilities(operations=frozenset(), search=False, status=form.status)
    operations = {
        "create",
        *({"update"} if form.edits else ()),
        *({"cancel", "close"} & form.verbs.keys()),
    }
    return FormCapabilities(
        operations=frozenset(operations),
        search=form.is_bill and settings.reference_search,
        batch=settings.batch if form.is_bill else 1,
        steps=STEPS if form.is_bill else (),
        status=form.status,
    )
