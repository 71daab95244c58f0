"""Odoo, as the contract wants it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import ClassVar

from adapters.odoo.client import Client
from adapters.odoo.codes import Codes
from adapters.odoo.describing import Describing
from adapters.odoo.following import Following
from adapters.odoo.forms import FORMS, STEPS, Form, form_of
from adapters.odoo.marks import Marks
from adapters.odoo.models import Models
from adapters.odoo.reading import Reading
from adapters.odoo.resolving import Resolving
from adapters.odoo.settings import OdooSettings
from adapters.odoo.tables import Tables
from adapters.odoo.writing import Writing
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

REQUESTS = 3
"""Requests of a write that may each take as long as they are allowed to: import, write, confirm. It
has more, which are quick; what cannot be sent in that time any more is resumed later."""


class Odoo(Adapter):
    """One database of Odoo."""

    settings_type: ClassVar[type[Settings]] = OdooSettings

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        assert isinstance(settings, OdooSettings)
        self._settings = settings
        self._client = client = Client(settings, http)
        models, marks = Models(client, clock), Marks(client)
        following = Following(client, models, marks, settings.zone)
        self._reading = Reading(client, models, marks, following, settings)
        resolving = Resolving(client, models, settings.zone)
        tables = Tables(client, models, marks, resolving, self._reading)
        self._writing = Writing(client, marks, resolving, tables, self._reading)
        self._describing = Describing(client, models)
        self._codes = Codes(client, models)
        self.capabilities = Capabilities(
            forms={name: _capabilities(form) for name, form in FORMS.items()},
            other=_capabilities(form_of("")),
            longest_write=REQUESTS * settings.timeout,
        )

    def check(self) -> Identity:
        """Asks for the companies that we see; what refuses this call refuses all of them."""
        rows = self._client.rows("res.company", (), ["name"])
        names = tuple(str(row["name"]) for row in rows)
        settings = self._settings
        return Identity(settings.database, settings.user, names, self._client.version)

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        if form_of(shape.form).reads == "full":
            return self._reading.everything(shape)
        return self._reading.changes(shape, after)

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        return self._reading.fetch(shape, keys)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        return self._reading.find(shape, field, values)

    def write(self, write: Write) -> Written:
        with self.http.within(self.capabilities.longest_write):
            return self._writing.write(write)

    def describe(self, form: str) -> Sequence[FormField]:
        return self._describing.fields_of(form)

    def codes(
        self, form: str, field: str, wanted: Collection[str] | None = None
    ) -> Mapping[str, str] | None:
        return self._codes.of(form, field, wanted)


def _capabilities(form: Form) -> FormCapabilities:
    if not form.writes:
        none = frozenset[str]()
        return FormCapabilities(reads=form.reads, operations=none, status=form.status)
    ends = {"cancel"} if form.life else {"close"} if form.archives else set()
    operations = frozenset({"create", "update", *ends})
    steps = STEPS if form.life else ()
    return FormCapabilities(
        reads=form.reads, operations=operations, steps=steps, status=form.status
    )
