"""Views for reports of others: what the store holds, as tables with a column for each field.

Their names begin with `bi_`: `bi_orders` is the board, `bi_deliveries` what became of each record,
`bi_OBJECT` the records of an object, `bi_OBJECT_lines` and its like the parts of each. They come
from the objects' declarations, without what tells of people: whoever reads a database asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from types import UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin

from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    Integer,
    Numeric,
    Select,
    Table,
    Text,
    cast,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from connector.objects import OBJECTS, TOLD
from connector.objects.base import Part
from connector.objects.sights import marked
from connector.store.board import NEVER
from connector.store.engine import Store, Tx
from connector.store.tables import board, deliveries, snapshots

BEGINNING = "bi_"
NAMED = {"customer": "customer", "salesperson": "employee", "department": "department"}
"""Columns of the board that hold keys, and of which object."""
DAYS = ("ordered_on", "promised_on", "expected_on", "shipped_on", "paid_on")
"""Columns of the board that hold days, as texts."""
TYPES: dict[type, tuple[Any, Any]] = {
    str: (Text, Text),
    int: (Integer, Integer),
    Decimal: (Numeric, Numeric),
    bool: (Integer, Boolean),
    date: (Text, Date),
    datetime: (Text, DateTime(timezone=True)),
}
"""By type of a field, that of its column in SQLite and in PostgreSQL."""


def make(store: Store, tx: Tx) -> list[str]:
    """Make all views anew; their names."""
    drop(store, tx)
    made = dict(_Views(is_sqlite=store.path is not None).all())
    for name, query in made.items():
        said = query.compile(dialect=tx.dialect, compile_kwargs={"literal_binds": True})
        tx.exec_driver_sql(f'CREATE VIEW "{name}" AS {said}')
    return sorted(made)


def drop(store: Store, tx: Tx) -> list[str]:
    """Take all of them away; the names of those that were there."""
    there = names(store, tx)
    for name in there:
        tx.exec_driver_sql(f'DROP VIEW "{name}"')
    return there


def names(store: Store, tx: Tx) -> list[str]:
    """The views that there are."""
    if store.path is not None:
        query = "SELECT name FROM sqlite_master WHERE type = 'view'"
    else:
        query = "SELECT viewname FROM pg_views WHERE schemaname = current_schema()"
    found = tx.exec_driver_sql(query).scalars()
    return sorted(name for name in found if name.startswith(BEGINNING))


class _Field(NamedTuple):
    name: str
    kind: type
    default: Any
    """What it is where nothing is stored; None: nothing."""


def _fields(model: type[Part]) -> list[_Field]:
    """Those that hold one value, and may be seen by everybody."""
    unseen, found = marked(model, "personal"), []
    for name, info in model.model_fields.items():
        own = info.annotation
        kinds = get_args(own) if get_origin(own) in (Union, UnionType) else (own,)
        kind = next((one for one in kinds if one in TYPES), None)
        if kind is not None and name not in unseen:
            found.append(_Field(name, kind, None if info.is_required() else info.default))
    return found


def _parts(model: type[Part]) -> Iterator[tuple[str, type[Part]]]:
    """Those that hold parts, and of which kind these are."""
    for name, info in model.model_fields.items():
        for one in get_args(info.annotation):
            if isinstance(one, type) and issubclass(one, Part):
                yield name, one


class _Views:
    """The queries of one kind of database."""

    def __init__(self, *, is_sqlite: bool) -> None:
        self._is_sqlite = is_sqlite

    def all(self) -> Iterator[tuple[str, Select[Any]]]:
        yield f"{BEGINNING}orders", self._orders()
        yield f"{BEGINNING}deliveries", self._deliveries()
        for object, model in OBJECTS.items():
            if object not in TOLD:
                yield BEGINNING + object, self._records(object, model)
                for field, part in _parts(model):
                    yield f"{BEGINNING}{object}_{field}", self._parts(object, field, part)

    def _records(self, object: str, model: type[Part]) -> Select[Any]:
        one = snapshots.c
        own = (one.connection, one.key, one.number, self._moment(one.changed_at))
        fields = [field for field in _fields(model) if field.name != "number"]
        columns = self._columns(self._document(one.data), fields)
        query = self._apart(snapshots, select(*own, one.deleted, *columns))
        return query.where(one.object == object, one.data != "")

    def _parts(self, object: str, field: str, model: type[Part]) -> Select[Any]:
        one, document = snapshots.c, self._document(snapshots.c.data)
        if self._is_sqlite:
            each: Any = func.json_each(document, f"$.{field}").table_valued("key", "value")
            place, part = each.c.key + 1, each.c.value
        else:
            some = func.coalesce(document.op("->")(field), cast(literal("[]"), JSONB))
            each = func.jsonb_array_elements(some).table_valued("value", with_ordinality="place")
            each = each.render_derived()
            place, part = each.c.place, each.c.value
        own = (one.connection, one.key, one.number.label("record_number"), place.label("position"))
        query = select(*own, *self._columns(part, _fields(model)))
        joined = query.select_from(snapshots.join(each, true()))
        return joined.where(one.object == object, one.data != "", one.deleted == 0)

    def _orders(self) -> Select[Any]:
        """The board: each order and where it stands, with what people call those that it names."""
        held = board.c
        keys = [held[name] for name in ("connection", "key", "number", "target_number", *NAMED)]
        names = [self._name(object, column) for column, object in NAMED.items()]
        days = [self._cast(_known(held[name], NEVER), date).label(name) for name in DAYS]
        amount = self._cast(_known(held.amount), Decimal).label("amount")
        rest = (held.currency, held.stage, held.flow, held.state, held.reason)
        return self._apart(board, select(*keys, *names, *days, amount, *rest))

    def _name(self, object: str, column: str) -> Any:
        there = snapshots.alias()
        query = select(self._read(self._document(there.c.data), "name")).where(
            there.c.connection == board.c.connection,
            there.c.object == object,
            there.c.key == board.c[column],
        )
        return query.scalar_subquery().label(f"{column}_name")

    def _deliveries(self) -> Select[Any]:
        one = deliveries.c
        own = (one.flow, one.key, one.part, one.state, one.reason, one.step, one.attempts)
        query = select(*own, self._moment(one.since), self._moment(one.due_at))
        return self._apart(deliveries, query)

    def _apart(self, table: Table, query: Select[Any]) -> Select[Any]:
        """PostgreSQL lets people write through a view of a single table."""
        one = select(literal(1).label("one")).subquery("one")
        return query.select_from(table.join(one, true()))

    # -- what the two say differently -------------------------------------------------------------

    def _columns(self, document: Any, fields: list[_Field]) -> list[Any]:
        found = []
        for name, kind, default in fields:
            value = self._cast(self._read(document, name), kind)
            known = value if default is None else func.coalesce(value, self._default(default))
            found.append(known.label(name))
        return found

    def _default(self, value: Any) -> Any:
        return literal(int(value) if self._is_sqlite and isinstance(value, bool) else value)

    def _cast(self, value: Any, kind: type) -> Any:
        return cast(value, TYPES[kind][0 if self._is_sqlite else 1])

    def _document(self, column: Any) -> Any:
        return column if self._is_sqlite else cast(func.nullif(column, ""), JSONB)

    def _read(self, document: Any, name: str) -> Any:
        if self._is_sqlite:
            return func.json_extract(document, f"$.{name}")
        return document.op("->>")(name)

    def _moment(self, column: Any) -> Any:
        time = func.datetime(column, "unixepoch") if self._is_sqlite else func.to_timestamp(column)
        return time.label(column.name)


def _known(column: Any, *nothing: str) -> Any:
    """A text that says something."""
    for text in ("", *nothing):
        column = func.nullif(column, text)
    return column
