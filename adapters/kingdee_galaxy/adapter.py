"""Kingdee Cloud Galaxy (金蝶云星空), as the contract wants it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, ClassVar

from adapters.kingdee_galaxy.bills import STEPS
from adapters.kingdee_galaxy.changing import Changing
from adapters.kingdee_galaxy.client import Client
from adapters.kingdee_galaxy.codes import Codes
from adapters.kingdee_galaxy.describing import fields_of
from adapters.kingdee_galaxy.forms import FORMS
from adapters.kingdee_galaxy.ladder import Ladder
from adapters.kingdee_galaxy.reading import Reading
from adapters.kingdee_galaxy.saving import Saving
from adapters.kingdee_galaxy.settings import KingdeeGalaxySettings
from adapters.kingdee_galaxy.writing import Writing
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
from connector.errors import AccessDenied, AdapterError

REQUESTS = 3
"""Requests of a write that may each take as long as they are allowed to: save, submit, audit. It
has many more at times; what cannot be sent in that time any more is resumed later."""


class KingdeeGalaxy(Adapter):
    """Bills and base data of one account set."""

    settings_type: ClassVar[type[Settings]] = KingdeeGalaxySettings
    coded: ClassVar[Mapping[str, tuple[str, str]]] = dict.fromkeys(
        ("org", "allocate"), ("BD_Customer", "FUseOrgId.FNumber")
    )

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        assert isinstance(settings, KingdeeGalaxySettings)
        self._settings = settings
        self._client = Client(settings, http)
        self._codes = Codes(self._client, settings)
        self._reading = Reading(self._client, settings)
        ladder = Ladder(self._client, settings)
        saving = Saving(self._client, self._reading, settings)
        changing = Changing(self._client, self._reading, ladder, saving, settings)
        self._writing = Writing(self._client, ladder, saving, changing)
        self.capabilities = Capabilities(
            forms={name: _capabilities(name, settings) for name in (*FORMS, *settings.read_whole)},
            other=_capabilities("", settings),
            longest_write=REQUESTS * settings.timeout,
        )

    def check(self) -> Identity:
        tenant = f"{self._settings.acct_id} {self._client.data_center()}".strip()
        try:
            rows = self._client.query("ORG_Organizations", "FNumber,FOrgID", "", "FOrgID ASC")
        except AccessDenied as error:
            if error.code != "2":
                raise
            rows = []  # let in, but not allowed to see the organisations
        numbers = tuple(str(number) for number, _ in rows)
        client = self._client
        return Identity(tenant, self._settings.user, numbers, client.version, client.sessions)

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        if shape.form in self._settings.read_whole:
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
        return fields_of(self._client.business_info(form))

    def codes(
        self, form: str, field: str, wanted: Collection[str] | None = None
    ) -> Mapping[str, str] | None:
        return self._codes.of(form, field, wanted)

    def close(self) -> None:
        self._client.close()


def _group(write: Write) -> tuple[Any, ...]:
    """What must be equal in writes that go out in one call; empty: it goes alone."""
    if write.key or write.verb != "put":
        return ()
    mark = write.reference[0] if write.reference else ""
    return (write.form, mark, write.until, write.accept, repr(write.options), tuple(write.tables))


def _capabilities(name: str, settings: KingdeeGalaxySettings) -> FormCapabilities:
    if name in settings.read_whole:
        return FormCapabilities(reads="full", operations=frozenset(), search=False)
    form = FORMS.get(name)
    if form is None:
        return FormCapabilities(batch=settings.batch, steps=STEPS, status="limited")
    if not form.writes:
        return FormCapabilities(operations=frozenset(), status=form.status)
    ends = {verb for verb in ("cancel", "close") if getattr(form, verb)}
    operations = frozenset({"create", "update", *ends})
    return FormCapabilities(
        operations=operations, batch=settings.batch, steps=STEPS, status=form.status
    )
