"""A database, as the contract wants it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from adapters.sql.client import LIMITS, Client
from adapters.sql.codec import Codec
from adapters.sql.importing import STEPS
from adapters.sql.reading import Reading
from adapters.sql.saving import Saving
from adapters.sql.settings import FormSettings, SqlSettings
from adapters.sql.tables import Tables
from adapters.sql.writing import Writing
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


class Sql(Adapter):
    """Tables and views of one database."""

    settings_type: ClassVar[type[Settings]] = SqlSettings
    speaks_http: ClassVar[bool] = False

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        assert isinstance(settings, SqlSettings)
        self._settings = settings
        self._client = Client(settings, clock)
        self._tables = Tables(self._client, settings, clock)
        codec = Codec(settings.zone, textual=self._client.dialect.textual)
        self._reading = Reading(self._client, self._tables, codec, settings)
        saving = Saving(self._tables, codec)
        self._writing = Writing(self._client, saving, self._reading)
        self.capabilities = Capabilities(
            forms={name: _capabilities(form) for name, form in settings.forms.items()},
            other=_capabilities(FormSettings()),
            longest_write=2 * settings.connect_timeout + LIMITS * settings.timeout,
        )

    def check(self) -> Identity:
        self._client.now()
        client, user = self._client, self._settings.user
        return Identity(client.tenant, user, version=client.version, sessions=client.sessions)

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        if self.capabilities.of(shape.form).reads == "full" or shape.sums:
            return self._reading.everything(shape)
        return self._reading.changes(shape, after)

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        return self._reading.fetch(shape, keys)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        return self._reading.find(shape, field, values)

    def write(self, write: Write) -> Written:
        return self._writing.write(write)

    def describe(self, form: str) -> Sequence[FormField]:
        found = self._tables.of(form).fields()
        for rows in self._tables.rows_of(form):
            found += self._tables.of(rows).fields(rows)
        return found

    def close(self) -> None:
        self._client.close()


def _capabilities(form: FormSettings) -> FormCapabilities:
    ends = {verb for verb in ("cancel", "close") if getattr(form, verb)}
    operations = {"create", "update", *ends} if form.write else set()
    return FormCapabilities(
        reads="changes" if form.stamp else "full",
        operations=frozenset(operations),
        steps=STEPS if form.importer else (),
    )
