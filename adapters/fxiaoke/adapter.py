"""The adapter for Fxiaoke (纷享销客): the contract, in the contract's order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from adapters.fxiaoke.changes import Records
from adapters.fxiaoke.client import Client
from adapters.fxiaoke.codec import Codec, own_names
from adapters.fxiaoke.locks import Locks
from adapters.fxiaoke.settings import FxiaokeSettings
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
from connector.errors import (
    AccessDenied,
    AdapterError,
    Gone,
    OutcomeUnknown,
    Rejected,
)
from connector.messages import say
from connector.window import Window

_WRITABLE = frozenset({"create", "update", "cancel"})
_NOTHING: frozenset[str] = frozenset()

FORMS = {
    "AccountObj": FormCapabilities(operations=_WRITABLE),
    "ProductObj": FormCapabilities(operations=_WRITABLE),
    "SalesOrderObj": FormCapabilities(operations=frozenset({"update", "cancel"})),
    "SalesOrderProductObj": FormCapabilities(operations=_NOTHING),
    "PersonnelObj": FormCapabilities(operations=_NOTHING, status="limited"),
    "DepartmentObj": FormCapabilities(operations=_NOTHING, status="limited"),
}
OTHERS = FormCapabilities(operations=_WRITABLE, status="limited")
"""Custom objects, and preset ones that nobody tried."""
CALLS_OF_A_WRITE = 5
"""Update, look at the refusal, unlock, update, lock."""


class Fxiaoke(Adapter):
    """One tenant of Fxiaoke."""

    settings_type: ClassVar[type[Settings]] = FxiaokeSettings

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        assert isinstance(settings, FxiaokeSettings)
        self.capabilities = Capabilities(
            forms=FORMS,
            other=OTHERS,
            longest_write=CALLS_OF_A_WRITE * settings.timeout,
            visibility_delay=settings.search_delay,
        )
        self._user = settings.user_id
        self._client = Client(settings, http)
        self._locks = Locks(self._client, settings.locked)
        self._codecs: dict[str, Codec] = {}

    def check(self) -> Identity:
        """What refuses this call refuses all of them: an unknown employee, above all."""
        try:
            self._client.objects()
        except Rejected as refusal:
            raise AccessDenied(refusal.words, code=refusal.code, answer=refusal.answer) from refusal
        return Identity(self._client.session().tenant, self._user)

    # -- reading ----------------------------------------------------------------------------

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        """Closed windows over the modification stamp; see `changes`."""
        self._client.session()  # Its answer tells the remote's time, which windows are made of.
        lag, lookback = self.settings.lag, self.settings.lookback
        window = Window.open(after, self.http.now(), lag=lag, lookback=lookback)
        yield from self._asked(shape).changed(window)

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        """By key, invalid records included."""
        return self._asked(shape).having(shape.key[0], keys)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """By any field, records of every life status."""
        # A filter on a field that is not there is ignored and would find everything.
        self._require(shape.form, [field])
        wanted = replace(shape, fields=tuple(dict.fromkeys([*shape.fields, field])))
        return self._asked(wanted).having(field, values)

    # -- writing ----------------------------------------------------------------------------

    def write(self, write: Write) -> Written:
        """Create, update or invalidate one record, with workflows and approvals off."""
        if write.tables:
            raise Rejected(say("fxiaoke_no_rows", form=write.form, tables=", ".join(write.tables)))
        if write.verb == "close":
            raise Rejected(say("fxiaoke_no_close", form=write.form))
        if write.verb == "cancel":
            return self._cancel(write)
        return self._update(write) if write.key else self._create(write)

    def _create(self, write: Write) -> Written:
        mark = dict([write.reference] if write.reference else [])
        given = {name: value for name, value in write.fields.items() if value is not None}
        values = self._values(write.form, {**given, **mark})
        key = self._client.create(write.form, values) or self._created(write)
        return self._written(write, key)

    def _created(self, write: Write) -> str:
        """The key of the record just made, by our mark: for custom objects none is answered."""
        field, mark = write.reference or ("", "")
        try:
            shape = Shape(write.form, ("_id",), ())
            found = list(self.find(shape, field, [mark])) if field else []
        except AdapterError as error:
            raise OutcomeUnknown(error.words, code=error.code, answer=error.answer) from error
        keys = [record.key for record in found if record.fields[field] == mark]
        if len(keys) != 1:
            raise OutcomeUnknown(say("fxiaoke_no_id", form=write.form))
        return keys[0]

    def _update(self, write: Write) -> Written:
        if not write.fields:
            return Written(write.key)
        if "owner" in write.fields:
            raise Rejected(say("fxiaoke_owner"), field="owner")
        values = self._values(write.form, write.fields)
        update = partial(self._client.update, write.form, write.key, values)
        self._locks.through(write.form, write.key, update)
        return self._written(write, write.key)

    def _cancel(self, write: Write) -> Written:
        record = self._client.get(write.form, write.key)
        if record is None:
            raise Gone(say("fxiaoke_gone", key=write.key))
        if record.get("life_status") != "invalid":
            cancel = partial(self._client.invalidate, write.form, write.key)
            self._locks.through(write.form, write.key, cancel)
        return Written(write.key)

    def _values(self, form: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        # A field that is not there is dropped without a word, and we would think it delivered.
        self._require(form, fields)
        return self._codec(form).write(fields)

    def _written(self, write: Write, key: str) -> Written:
        """What is written now; the record as shown, where the mapping does not spare the call."""
        number = str(write.fields.get(write.number) or "")
        if write.show is None or write.options.get("read_back") is False:
            return Written(key, number)
        try:
            row = self._client.get(write.form, key)
        except AdapterError:
            row = None  # The write is done all the same.
        if row is None:
            return Written(key, number)
        shown = self._records(write.show).of(row)
        return Written(key, shown.number or number, shown=shown)

    # -- describing -------------------------------------------------------------------------

    def describe(self, form: str) -> Sequence[FormField]:
        """The form's fields, those of its details not: details are forms of their own."""
        return [
            FormField(
                str(field["api_name"]),
                str(field.get("label", "")),
                str(field.get("type", "")),
                field.get("is_required") is True,
            )
            for field in self._client.describe(form)
            if field.get("is_active") is not False
        ]

    def _asked(self, shape: Shape) -> Records:
        """Reads for somebody who counts on every field: one that is not there would look empty."""
        self._require(shape.form, own_names(shape.fields))
        for table in shape.tables.values():
            self._require(table.form, [table.by, *own_names(table.fields)])
        return self._records(shape)

    def _records(self, shape: Shape) -> Records:
        return Records(self._client, self._codec, shape)

    def _codec(self, form: str) -> Codec:
        codec = self._codecs.get(form)
        if codec is None:
            description = self._client.describe(form)
            codec = self._codecs[form] = Codec(description, self.settings.zone)
        return codec

    def _require(self, form: str, fields: Collection[str]) -> None:
        """Refuse fields that the form does not have; asked anew, for somebody may add them."""
        codec = self._codec(form)
        if any(name not in codec for name in fields):
            self._codecs.pop(form, None)
            codec = self._codec(form)
        for name in fields:
            if name not in codec:
                raise Rejected(say("fxiaoke_no_field", form=form, field=name), field=name)
