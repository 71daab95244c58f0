"""What is written, as Odoo takes it: names become the ids of the records that bear them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from adapters.odoo import codec
from adapters.odoo.client import Client, Domain
from adapters.odoo.forms import AMONG, KEY, NEEDLESS
from adapters.odoo.models import Field, Models
from connector.contract import Fields, is_empty
from connector.errors import Rejected
from connector.messages import say

Asked = dict[tuple[Field, str, str], int]
"""Ids of what bears a name, by the field that points there and the name's own field."""


class Resolving:
    """Writes values of one connection. Safe for several threads."""

    def __init__(self, client: Client, models: Models, zone: ZoneInfo) -> None:
        self._client = client
        self._models = models
        self._zone = zone

    def cells(self, model: str, records: Iterable[Fields]) -> list[dict[str, str]]:
        """As an import takes them, by column. A name is asked for once. Raises Rejected."""
        asked: Asked = {}
        return [
            {
                f"{field.name}/.id" if field.relation else field.name: self._cell(field, value)
                for field, value in self._resolved(model, fields, asked)
            }
            for fields in records
        ]

    def values(self, model: str, fields: Fields) -> dict[str, Any]:
        """As a call takes them, by field. Raises Rejected."""
        made = self._resolved(model, fields, {})
        return {field.name: self._written(field, value) for field, value in made}

    def _resolved(self, model: str, fields: Fields, asked: Asked) -> Iterator[tuple[Field, Any]]:
        """`currency_id.name: CNY` is the id of the currency of that name, in a list."""
        wanted = {n: v for n, v in fields.items() if not self._needless(model, n)}
        known = self._models.having(model, wanted)
        for path, value in wanted.items():
            first, _, rest = path.partition(".")
            field = known.find(first)
            if field is None:
                raise Rejected(say("odoo_no_field", form=model, field=first), field=first)
            where = AMONG.get((model, first), ())
            yield field, self._value(field, rest, value, where, asked)

    def _needless(self, model: str, name: str) -> bool:
        return (model, name) in NEEDLESS and self._models.of(model).find(name) is None

    def _value(self, field: Field, rest: str, value: Any, among: Domain, asked: Asked) -> Any:
        if not field.relation:
            return value
        if is_empty(value):
            return []
        if rest:
            bearer = (field, rest, str(value))
            if bearer not in asked:
                asked[bearer] = self._id(field, rest, value, among)
            return [asked[bearer]]
        ids = str(value).split(",")
        if not all(id.isdecimal() for id in ids):
            raise Rejected(say("odoo_no_id", field=field.name, value=value), field=field.name)
        return [int(id) for id in ids]

    def _id(self, field: Field, rest: str, value: Any, among: Domain) -> int:
        """The one record that bears a name."""
        where = [(rest, "=", codec.written("", value, self._zone)), *among]
        found = self._client.rows(field.relation, where, [KEY], limit=2, archived=False)
        if len(found) != 1:
            words = "odoo_several" if found else "odoo_no_such"
            told = {"model": field.relation, "field": rest, "value": value}
            raise Rejected(say(words, **told), field=f"{field.name}.{rest}")
        return int(found[0][KEY])

    def _cell(self, field: Field, value: Any) -> str:
        if field.relation:
            return ",".join(map(str, value))
        return codec.cell(field.kind, value, self._zone)

    def _written(self, field: Field, value: Any) -> Any:
        if field.kind in codec.MANY:
            return [[6, 0, value]]  # in the place of whatever stood there
        if field.relation:
            return value[0] if value else False
        return codec.written(field.kind, value, self._zone)
