"""To which other records a record belongs, what is reckoned of it, and where those stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from connector import exact
from connector.engine import figuring, orders
from connector.engine.system import System
from connector.mapping.kinds import kinds
from connector.mapping.writing import getter
from connector.objects import OBJECTS, content
from connector.settings import HUB
from connector.store import links, snapshots
from connector.store.engine import Tx

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Join:
    """One record that another names."""

    object: str
    field: str
    """The field that names it; `JOIN.FIELD`: a field of one that is joined itself."""
    side: Literal["own", "source", "erp"] = "own"
    """Where it stands: where the record itself does, where orders come from, or in the ERP."""
    by: Literal["key", "number"] = "key"


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What the hub tells of a record, of all its lines together."""

    object: str
    of: Literal["customer", "lines", "itself"]
    """Its customer in its currency, its lines, or the record as it is ordered."""
    by: str = ""
    """What is told before it can be reckoned; empty: it is told itself."""


Joins = Mapping[str, Join | Reckoned]
"""By name."""

_SALE: Joins = {
    "customer": Join("customer", "customer"),
    "salesperson": Join("employee", "salesperson"),
}
_OF_ORDER: Joins = {
    "order": Join("sales_order", "record", "source"),
    "customer": Join("customer", "order.customer", "source"),
    "salesperson": Join("employee", "order.salesperson", "source"),
}
_OF_MATERIAL: Joins = {"material": Join("material", "material", "erp")}
_OF_CUSTOMER: Joins = {
    "customer": Join("customer", "customer"),
    "salesperson": Join("employee", "customer.salesperson"),
}

JOINS: dict[str, Joins] = {
    **dict.fromkeys(("quote", "contract", "return_order"), _SALE),
    "sales_order": {
        **_SALE,
        "standing": Reckoned("customer_standing", "customer"),
        "kitting": Reckoned("kitting", "lines"),
        "margin": Reckoned("order_margin", "itself", by="price_estimate"),
    },
    **dict.fromkeys(
        ("order_progress", "order_supply", "order_margin", "three_flows", "delivery_status"),
        _OF_ORDER,
    ),
    "kitting": {**_OF_ORDER, **_OF_MATERIAL},
    **dict.fromkeys(
        ("availability", "material_requirement", "price_estimate", "slow_stock"), _OF_MATERIAL
    ),
    **dict.fromkeys(("receivable", "payment", "invoice", "credit"), _OF_CUSTOMER),
    "customer": {"salesperson": Join("employee", "salesperson")},
    "customer_standing": {
        "customer": Join("customer", "customer", "erp"),
        "salesperson": Join("employee", "customer.salesperson", "erp"),
    },
    "customer_grade": {
        "customer": Join("customer", "customer", "source"),
        "salesperson": Join("employee", "customer.salesperson", "source"),
    },
    "stock": {"material": Join("material", "material")},
    "forecast": {"material": Join("material", "material")},
    "production_order": {
        "material": Join("material", "material"),
        "order": Join("sales_order", "order_number", by="number"),
    },
}
"""By kind of record, what it can be joined to, by name."""


KINDS = {"order": "sales_order", "customer": "customer", "salesperson": "employee"}
"""What joins of these names lead to."""


def joined_to(object: str, name: str) -> str:
    """The kind of record that a join leads to; empty: there is no such join."""
    found = JOINS.get(object, {}).get(name)
    return found.object if found else ""


def reckoned(object: str, names: Iterable[str]) -> frozenset[str]:
    """What must be reckoned for what these names stand for."""
    parts = {part for name in names for part in name.split(".")[:-1]}
    joins = [JOINS.get(object, {}).get(part) for part in parts]
    return frozenset(join.by or join.object for join in joins if isinstance(join, Reckoned))


def estimated(object: str, names: Iterable[str]) -> frozenset[str]:
    """Those of these names that stand for an estimate, which nobody can make where a cost is not
    known."""
    joins = JOINS.get(object, {})
    found = ((name, joins.get(name.partition(".")[0])) for name in names)
    return frozenset(n for n, join in found if isinstance(join, Reckoned) and join.of == "itself")


class Joiner:
    """Looks joined records up, each once."""

    def __init__(self, system: System, tx: Tx) -> None:
        self._system = system
        self._tx = tx
        self._sources = sorted({flow.source for flow in orders.flows(system)} - {HUB})
        self._erp = system.insight.erp
        self._known: dict[tuple[str, str, str, str], Values] = {}
        self._told: dict[tuple[str, str], Values] = {}

    def of(self, connection: str, object: str, key: str, values: Values) -> Callable[[str], Values]:
        """What gives the records that one belongs to, by the name of the join."""

        def joined(name: str) -> Values:
            join = JOINS.get(object, {}).get(name)
            if join is None:
                return {}
            if isinstance(join, Reckoned):
                return self._reckoned(connection, object, join, key, values)
            through, _, field = join.field.rpartition(".")
            named = (joined(through) if through else values).get(field)
            return self._found(connection, join, str(named)) if named else {}

        return joined

    def counterpart(
        self, watch: tuple[str, str], key: str, get: Callable[[str], Any], name: str, target: str
    ) -> str:
        """The key in one system of the record that one is, or belongs to by the name of a join;
        empty: it is not there. `get` gives what can be named of the record."""
        connection, object = watch
        if object == KINDS.get(name):
            return self._there(object, [connection], key, target)
        join = JOINS.get(object, {}).get(name)
        if not isinstance(join, Join):
            return ""
        named, where = str(get(join.field) or ""), self._sides(connection, join)
        if named and join.by == "number":
            objects = [join.object]
            rows = [r for c in where for r in snapshots.numbered(self._tx, c, objects, [named])]
            named = rows[0].key if rows else ""
        return self._there(join.object, where, named, target) if named else ""

    def _there(self, object: str, where: Sequence[str], key: str, target: str) -> str:
        """Of a key that may be one of several systems', `target` is believed to be its own only
        where it is the only one, or knows it."""
        others = [one for one in where if one != target]
        if target in where and (
            not others or snapshots.load(self._tx, target, object, [key]).get(key)
        ):
            return key
        found = [
            link for one in others for link in links.find(self._tx, object, one, target, [key])
        ]
        return str(found[0].there) if found else ""

    def reaches(self, connection: str, objects: Iterable[str], values: Values) -> bool:
        """Whether these objects can tell of a record: the ERP knows its customer."""
        customer = str(values.get("customer") or "")
        return "customer_standing" not in objects or bool(self._in_the_erp(connection, customer))

    def _reckoned(
        self, connection: str, object: str, join: Reckoned, key: str, values: Values
    ) -> Values:
        if join.of == "itself":
            return self._expected(connection, key)
        if join.of == "lines":
            names = [f"{key}/{line['id']}" for line in values.get("lines", ())]
        else:
            customer = self._in_the_erp(connection, str(values.get("customer") or ""))
            currency = getter(values, OBJECTS[object])("currency")
            names = [f"{customer}/{currency}"]
        rows = snapshots.load(self._tx, HUB, join.object, names)
        return together(join.object, [snapshots.data(rows[name]) for name in names if name in rows])

    def _expected(self, connection: str, key: str) -> Values:
        """What an order would earn."""
        if (connection, key) not in self._told:
            made = figuring.expected(self._system, self._tx, connection, key)
            self._told[connection, key] = exact.loads(content(made)) if made else {}
        return self._told[connection, key]

    def _in_the_erp(self, connection: str, customer: str) -> str:
        """A customer's key there; empty: the ERP does not know them."""
        if connection == self._erp:
            return customer
        found = links.find(self._tx, "customer", connection, self._erp, [customer])
        return found[0].there if found else ""

    def _found(self, connection: str, join: Join, name: str) -> Values:
        for where in self._sides(connection, join):
            if found := self._one(where, join.object, name, join.by):
                return found
        return {}

    def _sides(self, connection: str, join: Join) -> list[str]:
        sides = {"own": [connection], "source": self._sources, "erp": [self._erp]}
        return sides[join.side]

    def _one(self, connection: str, object: str, name: str, by: str) -> Values:
        asked = (connection, object, name, by)
        if asked not in self._known:
            if by == "key":
                rows = list(snapshots.load(self._tx, connection, object, [name]).values())
            else:
                rows = snapshots.numbered(self._tx, connection, [object], [name])
            self._known[asked] = snapshots.data(rows[0]) if rows else {}
        return self._known[asked]


def together(object: str, some: Sequence[Values]) -> Values:
    """Several records of a kind as one: quantities are added up, what holds must hold for all, and
    texts follow one another."""
    if len(some) < 2:
        return some[0] if some else {}
    found: dict[str, Any] = {}
    for name, kind in kinds(OBJECTS[object]).items():
        values = [one[name] for one in some if one.get(name) not in (None, "")]
        if kind == "number":
            found[name] = sum(map(Decimal, values), Decimal(0))
        elif kind == "bool":
            found[name] = all(values)
        elif kind == "text":
            found[name] = "; ".join(dict.fromkeys(values))
    return found
