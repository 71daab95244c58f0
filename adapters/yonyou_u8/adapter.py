"""Yonyou U8+ (用友), as the contract wants it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, ClassVar

from adapters.yonyou_u8.bills import STEPS
from adapters.yonyou_u8.client import Client
from adapters.yonyou_u8.describing import fields_of
from adapters.yonyou_u8.forms import FORMS, form_of
from adapters.yonyou_u8.ladder import Ladder
from adapters.yonyou_u8.reading import Reading
from adapters.yonyou_u8.saving import Saving
from adapters.yonyou_u8.settings import YonyouU8Settings
from adapters.yonyou_u8.writing import Writing
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
    chunks,
)
from connector.errors import AdapterError

REQUESTS, WAITS = 4, 2
"""Requests of a write that may each take as long as they are allowed to, and writes in it that are
waited for: add and verify. What cannot be sent in that time any more is resumed later."""


class YonyouU8(Adapter):
    """Bills and base data of one account set."""

    settings_type: ClassVar[type[Settings]] = YonyouU8Settings

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        assert isinstance(settings, YonyouU8Settings)
        self._settings = settings
        self._client = Client(settings, http, clock)
        self._reading = Reading(self._client, settings)
        ladder = Ladder(self._client, self._reading, settings)
        saving = Saving(self._client, self._reading, settings)
        self._writing = Writing(self._client, self._reading, ladder, saving)
        self.capabilities = Capabilities(
            forms={name: _capabilities(name, settings) for name in FORMS},
            other=_capabilities("", settings),
            longest_write=REQUESTS * settings.timeout + WAITS * settings.wait,
        )

    def check(self) -> Identity:
        self._client.check()
        settings = self._settings
        tenant = f"{settings.to_account}/{settings.ds_sequence}"
        return Identity(tenant, settings.app_key, sessions=self._client.sessions)

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        if form_of(shape.form).full:
            return self._reading.everything(shape)
        return self._reading.changes(shape, after)

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        yield from self._reading.fetch(shape, keys)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        return self._reading.find(shape, field, values)

    def write(self, write: Write) -> Written:
        with self._client.within(self.capabilities.longest_write):
            outcome = self._writing.write(write)
        if isinstance(outcome, AdapterError):
            raise outcome
        return outcome

    def write_many(self, writes: Sequence[Write]) -> Iterator[Written | AdapterError]:
        with self._client.within(self.capabilities.longest_write):
            for alike, some in groupby(writes, _group):
                size = self._settings.batch if alike else 1
                for batch in chunks(list(some), size):
                    yield from self._writing.write_alike(batch)

    def describe(self, form: str) -> Sequence[FormField]:
        return fields_of(self._client, form)


def _group(write: Write) -> tuple[Any, ...]:
    """What must be equal in writes that are under way together; empty: it goes alone."""
    if write.key or write.verb != "put":
        return ()
    return (write.form, write.until)


def _capabilities(name: str, settings: YonyouU8Settings) -> FormCapabilities:
    form = form_of(name)
    operations = {
        *(("create",) if "add" in form.verbs else ()),
        *(("update",) if "edit" in form.verbs else ()),
        *(("cancel", "close") if "close" in form.verbs else ()),
    }
    return FormCapabilities(
        reads="full" if form.full else "changes",
        operations=frozenset(operations),
        search=form.search and settings.reference_search,
        batch=settings.batch if operations else 1,
        steps=STEPS if form.is_bill else (),
        status=form.status,
    )
