"""Writing: from a document's flat fields to what Tryton's own client would send.

Tryton fills a record in while people enter it: addresses and terms from the party, taxes from the
product. A record that comes over the interface it takes as it is. So the mapping's option `entered`
names what is to be filled in after which field, and Tryton is asked for it as its client does.

    entered:
      party: [invoice_address, shipment_address, payment_term]
      lines/product: [unit, taxes]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.tryton.client import Client
from adapters.tryton.codec import Row, encoded
from adapters.tryton.describing import Field, Models
from adapters.tryton.names import name_of
from adapters.tryton.reading import Reading
from connector.contract import Fields, RowWrite, Value, Write, is_empty
from connector.errors import Rejected
from connector.messages import say

Entered = Mapping[str, Sequence[str]]


class Entering:
    """Makes the values that are sent to one connection."""

    def __init__(self, client: Client, models: Models, reading: Reading) -> None:
        self._client = client
        self._models = models
        self._reading = reading
        self._looked_up: dict[tuple[str, str, str], int] = {}

    def new(self, write: Write) -> Row:
        """A new record's values, without what is empty."""
        model = name_of(write.form).plain
        given = {name: value for name, value in write.fields.items() if not is_empty(value)}
        values = self.values(model, given)
        if write.reference is not None:
            _merge(values, self._marked(model, *write.reference))
        values.update(name_of(write.form).values)
        values.update(self._filled(model, values, _entered(write, ""), given))
        for name, table in write.tables.items():
            if rows := [self._new_row(write, model, values, name, row) for row in table.rows]:
                _merge(values, {name_of(name).plain: [["create", rows]]})
        return values

    def changed(self, write: Write) -> Row:
        """The values that change a record, rows by their keys."""
        model = name_of(write.form).plain
        values = self.values(model, write.fields)
        head = {**self._standing(write, model), **values}
        for name, table in write.tables.items():
            new = [self._new_row(write, model, head, name, r) for r in table.rows if not r.key]
            known = [row for row in table.rows if row.key]
            rows = self._field(model, name).relation
            steps: list[Any] = [["create", new]] if new else []
            steps += [["write", [int(r.key)], self._row(rows, r, r.fields)] for r in known]
            steps += [["delete", [int(key) for key in table.drop]]] if table.drop else []
            _merge(values, {name_of(name).plain: steps})
        return values

    def values(self, model: str, fields: Fields) -> Row:
        """Fields as Tryton takes them; a path names another record by one of its fields."""
        made: Row = {}
        for path, value in fields.items():
            first, _, rest = path.partition(".")
            field = self._models.field(model, first)
            if not rest:
                made[first] = self._value(field, value)
            elif field.type == "many2one":
                made[first] = self._named(field.relation, rest, value)
            else:
                raise Rejected(say("tryton_path", form=model, field=path), field=path)
        return made

    # -- rows -------------------------------------------------------------------------------

    def _new_row(self, write: Write, model: str, head: Row, table: str, row: RowWrite) -> Row:
        field, name = self._field(model, table), name_of(table)
        given = {n: value for n, value in row.fields.items() if not is_empty(value)}
        values = {**name.values, **self._row(field.relation, row, given)}
        entered = _entered(write, f"{table}/")
        if entered:
            of_head = {k: v for k, v in head.items() if not isinstance(v, list)}
            above = {f"_parent_{field.back}.{n}": value for n, value in of_head.items()}
            values.update(self._filled(field.relation, values, entered, given, above))
        return values

    def _standing(self, write: Write, model: str) -> Row:
        """What new rows are filled in from, of a head that stays as it is."""
        new = [name for name, table in write.tables.items() if any(not r.key for r in table.rows)]
        entered = _entered(write, "")
        if not any(_entered(write, f"{name}/") for name in new):
            return {}
        fields = dict.fromkeys([*entered, *(one for some in entered.values() for one in some)])
        for row in self._client.search(model, [["id", "=", int(write.key)]], fields, 1):
            return {name: row[name] for name in fields if row.get(name) is not None}
        return {}

    def _row(self, model: str, row: RowWrite, fields: Fields) -> Row:
        if row.tables:
            raise Rejected(say("tryton_rows_inside", form=model))
        return self.values(model, fields)

    def _field(self, model: str, table: str) -> Field:
        field = self._models.field(model, name_of(table).plain)
        if field.type != "one2many":
            raise Rejected(say("tryton_no_rows", form=model, table=table), field=table)
        return field

    # -- values -----------------------------------------------------------------------------

    def _marked(self, model: str, path: str, mark: str) -> Row:
        """Our mark, as a field or as a row that holds nothing else."""
        first, _, rest = path.partition(".")
        if not rest:
            return self.values(model, {path: mark})
        rows = self._field(model, first).relation
        return {first: [["create", [self.values(rows, {rest: mark})]]]}

    def _filled(
        self, model: str, values: Row, entered: Entered, given: Fields, above: Row | None = None
    ) -> Row:
        """What Tryton fills in for the fields that were entered, but not what we give ourselves."""
        filled: Row = {}
        for field, wanted in entered.items():
            if field not in values:
                continue
            told = self._client.entered(model, {**(above or {}), **values, **filled}, field)
            ours = {name.partition(".")[0] for name in given}
            for name in wanted:
                if name not in ours and (value := told.get(name)) is not None:
                    filled[name] = _accepted(value)
        return filled

    def _value(self, field: Field, value: Value) -> Any:
        if field.type == "many2many":
            return [["add", [int(str(value))]]] if not is_empty(value) else []
        if field.type == "one2many":
            raise Rejected(say("tryton_path", form=field.relation, field=field.name))
        return encoded(field.type, value)

    def _named(self, model: str, path: str, value: Value) -> int | None:
        """The id of the record that has this value; ids of what has a code do not change."""
        if is_empty(value):
            return None
        known = (model, path, str(value))
        if known not in self._looked_up:
            self._models.check(model, [path])
            self._looked_up[known] = self._reading.looked_up(*known)
        return self._looked_up[known]


def _entered(write: Write, place: str) -> Entered:
    """What the mapping says is entered on the head, or in the rows of a table."""
    told = write.options.get("entered") or {}
    if not isinstance(told, Mapping):
        raise Rejected(say("tryton_entered"))
    return {
        name.removeprefix(place): wanted
        for name, wanted in told.items()
        if name.startswith(place) and "/" not in name.removeprefix(place)
    }


def _accepted(value: Any) -> Any:
    """What Tryton filled in, as it takes it: records that it added go by their ids."""
    if not isinstance(value, dict) or "__class__" in value:
        return value
    ids = [row["id"] for _, row in value.get("add") or () if row.get("id")]
    return [["add", ids]] if ids else []


def _merge(values: Row, more: Row) -> None:
    """Several names of the mapping may stand for one table."""
    for name, value in more.items():
        before = values.get(name)
        values[name] = [*before, *value] if isinstance(before, list) else value
