"""To which other records a record belongs, and where those stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from connector.engine import orders
from connector.engine.system import System
from connector.settings import HUB
from connector.store import snapshots
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


_SALE = {"customer": Join("customer", "customer"), "salesperson": Join("employee", "salesperson")}
_OF_ORDER = {
    "order": Join("sales_order", "record", "source"),
    "customer": Join("customer", "order.customer", "source"),
    "salesperson": Join("employee", "order.salesperson", "source"),
}
_OF_MATERIAL = {"material": Join("material", "material", "erp")}
_OF_CUSTOMER = {
    "customer": Join("customer", "customer"),
    "salesperson": Join("employee", "customer.salesperson"),
}

JOINS: dict[str, dict[str, Join]] = {
    **dict.fromkeys(("sales_order", "quote", "contract", "return_order"), _SALE),
    **dict.fromkeys(
        ("order_progress", "order_supply", "order_margin", "three_flows", "delivery_status"),
        _OF_ORDER,
    ),
    "kitting": _OF_ORDER | _OF_MATERIAL,
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


def joined_to(object: str, name: str) -> str:
    """The kind of record that a join leads to; empty: there is no such join."""
    found = JOINS.get(object, {}).get(name)
    return found.object if found else ""


class Joiner:
    """Looks joined records up, each once."""

    def __init__(self, system: System, tx: Tx) -> None:
        self._tx = tx
        self._sources = sorted({flow.source for flow in orders.flows(system)} - {HUB})
        self._erp = system.insight.erp
        self._known: dict[tuple[str, str, str, str], Values] = {}

    def of(self, connection: str, object: str, values: Values) -> Callable[[str], Values]:
        """What gives the records that one belongs to, by the name of the join."""

        def joined(name: str) -> Values:
            join = JOINS.get(object, {}).get(name)
            if join is None:
                return {}
            through, _, field = join.field.rpartition(".")
            named = (joined(through) if through else values).get(field)
            return self._found(connection, join, str(named)) if named else {}

        return joined

    def _found(self, connection: str, join: Join, name: str) -> Values:
        sides = {"own": [connection], "source": self._sources, "erp": [self._erp]}
        for where in sides[join.side]:
            if found := self._one(where, join.object, name, join.by):
                return found
        return {}

    def _one(self, connection: str, object: str, name: str, by: str) -> Values:
        asked = (connection, object, name, by)
        if asked not in self._known:
            if by == "key":
                rows = list(snapshots.load(self._tx, connection, object, [name]).values())
            else:
                rows = snapshots.numbered(self._tx, connection, [object], [name])
            self._known[asked] = snapshots.data(rows[0]) if rows else {}
        return self._known[asked]
