"""Orders as both sides show them, put together from the store."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from connector.derive.order import Line, Order
from connector.engine import correcting, gate
from connector.engine.pairing import unlinked_origins
from connector.engine.system import Flow, System
from connector.objects import OrderLine, SalesOrder
from connector.objects.goods import Material
from connector.objects.paths import laid_over
from connector.store import deliveries, links, snapshots
from connector.store.engine import Tx

GOODS = frozenset({"goods", "gift"})
"""Kinds of lines for which something leaves the warehouse."""
ONE = Decimal(1)
HOME = "CNY"
"""The currency in which the books are kept."""


def flows(system: System) -> list[Flow]:
    """The flows that carry orders into an ERP."""
    return [flow for flow in system.delivering() if flow.object == "sales_order"]


def sources(system: System) -> list[str]:
    """The systems from which the orders of the ERP that is planned for come."""
    erp = system.insight.erp
    return sorted({flow.source for flow in flows(system) if flow.into(erp, "sales_order")})


def put_together(tx: Tx, flow: Flow, keys: Sequence[str]) -> dict[str, Order]:
    """The orders with these keys in the flow's source, as far as they were read there, as people
    corrected them and with what departments gave when they approved them: an order is late by what
    was promised."""
    assert flow.target is not None
    known = snapshots.load(tx, flow.source, "sales_order", keys)
    known = correcting.corrected(tx, flow, known)
    made = {key: SalesOrder.model_validate_json(row.data) for key, row in known.items() if row.data}
    for key, given in gate.agreed(tx, flow, list(made)).items():
        laid = laid_over(snapshots.data(known[key]), given)
        made[key] = SalesOrder.model_validate(laid)
    there = _There(tx, flow.source, flow.target.name, made)
    in_force = {
        key: not row.deleted and flow.scope_of(snapshots.data(row)) == "in"
        for key, row in known.items()
    }
    return {key: there.order(key, one, in_force=in_force[key]) for key, one in made.items()}


def typed_there(system: System, tx: Tx, keys: Sequence[str]) -> dict[str, Order]:
    """Of the ERP's orders with these keys those that came by no flow; each is its own source."""
    erp = system.insight.erp
    known = snapshots.load(tx, erp, "sales_order", keys)
    came = _came(system, tx, {key: row.mark for key, row in known.items()})
    made = {
        key: SalesOrder.model_validate_json(row.data)
        for key, row in known.items()
        if row.data and not row.deleted and key not in came
    }
    there = _Itself(tx, erp, erp, made)
    customers = known_as(system, tx, "customer", {one.customer for one in made.values()})
    people = known_as(system, tx, "employee", {one.salesperson for one in made.values()})
    return {
        key: replace(
            there.order(key, one, in_force=one.bill_status == "approved"),
            source_customer=customers.get(one.customer, ""),
            salesperson=people.get(one.salesperson, one.salesperson),
        )
        for key, one in made.items()
    }


def _came(system: System, tx: Tx, marks: Mapping[str, str]) -> set[str]:
    """Those that a flow has made, or is about to know that it has."""
    erp, came = system.insight.erp, set[str]()
    for flow in flows(system):
        if flow.into(erp, "sales_order"):
            linked = links.find(tx, "sales_order", erp, flow.source, list(marks))
            origins = unlinked_origins(tx, "sales_order", flow.source, erp, marks)
            told = deliveries.load(tx, flow.name, list(origins.values()))
            waiting = told.keys() - _unlinked(told)
            came |= {one.here for one in linked}
            came |= {key for key, origin in origins.items() if origin in waiting}
    return came


def left_to_people(tx: Tx, flow: Flow, keys: Sequence[str]) -> set[str]:
    """Of the orders with these keys in the flow's source, those that have no counterpart that we
    know, and get none by us: they were there before go-live, or a person said so. If they stand in
    the ERP, they were typed there."""
    return _unlinked(deliveries.load(tx, flow.name, list(keys)))


def _unlinked(told: Mapping[str, Any]) -> set[str]:
    return {key for key, row in told.items() if row.reason == "unlinked"}


def known_as(system: System, tx: Tx, object: str, keys: Iterable[str]) -> dict[str, str]:
    """By the ERP's keys of these records, those in the systems from which orders come."""
    erp, wanted = system.insight.erp, sorted(set(keys) - {""})
    found = [links.find(tx, object, erp, source, wanted) for source in sources(system)]
    return {link.here: link.there for some in found for link in some}


class _There:
    """What the ERP says about some orders, loaded for all of them at once."""

    def __init__(self, tx: Tx, source: str, erp: str, orders: Mapping[str, SalesOrder]) -> None:
        self._tx = tx
        self._source = source
        self._erp = erp
        self._orders = orders
        self._links = {link.here: link for link in self._find("sales_order", orders)}
        booked = [link.there for link in self._links.values()]
        self._booked = snapshots.models(tx, self._erp, "sales_order", SalesOrder, booked)

    def order(self, key: str, order: SalesOrder, *, in_force: bool) -> Order:
        """One of them."""
        link = self._links.get(key)
        booked = self._booked.get(link.there) if link else None
        rows = {line.id: line for line in booked.lines} if booked else {}
        mine = self._rows(link, order.lines, rows)
        state = booked.bill_status if booked else ""
        lines = tuple(self._line(line, mine[line.id], rows, order, state) for line in order.lines)
        return Order(
            key=key,
            number=order.number,
            target_number=link.number if link else "",
            customer=self._customers.get(order.customer, ""),
            source_customer=order.customer,
            ordered_on=order.order_date,
            currency=order.currency,
            rate=_rate(order, booked),
            promised_on=max((line.wanted_on for line in lines if line.wanted_on), default=None),
            urgency=order.urgency,
            payment_terms=order.payment_terms,
            payment_plan=order.payment_plan,
            salesperson=order.salesperson,
            tracking_no=order.tracking_no,
            in_force=in_force and state != "void",
            lines=lines,
        )

    def _line(
        self,
        line: OrderLine,
        mine: frozenset[str],
        rows: Mapping[str, OrderLine],
        order: SalesOrder,
        state: str,
    ) -> Line:
        booked = next((rows[row] for row in sorted(mine) if row in rows), None)
        material = (booked.material if booked else "") or self._materials.get(line.material, "")
        shown = booked or line
        factor = self._factor(shown, material)
        exact = shown.base_quantity if shown.quantity == line.quantity else None
        amount = line.amount_with_tax if line.net_amount is None else line.net_amount
        is_open = line.status == "open" and (booked is None or booked.status == "open")
        return Line(
            id=line.id,
            rows=mine,
            material=material,
            ordered=exact or line.quantity * factor,
            amount_with_tax=amount,
            tax_rate=line.tax_rate,
            factor=factor,
            wanted_on=line.wanted_date or order.wanted_date,
            goods=line.kind in GOODS,
            open=is_open and state not in ("closed", "void"),
        )

    def _factor(self, line: OrderLine, material: str) -> Decimal:
        """Base units per unit of the order, from the row itself or from the ERP's material."""
        if line.base_quantity and line.quantity:
            return line.base_quantity / line.quantity
        item = self._items.get(material)
        return factor(item, line.unit or item.sales_unit) if item else ONE

    def _rows(
        self,
        link: links.Linked | None,
        lines: Sequence[OrderLine],
        rows: Mapping[str, OrderLine],
    ) -> dict[str, frozenset[str]]:
        """By line, the ERP's rows that stand for it. A row that nobody of us made and that shows
        the material of one of ours was split from that one."""
        made = json.loads(link.line_keys) if link and link.line_keys else {}
        keys: dict[str, str] = {line: row for some in made.values() for line, row in some.items()}
        found = {line.id: {keys[line.id]} if line.id in keys else set() for line in lines}
        ours = {rows[row].material: line for line, row in reversed(keys.items()) if row in rows}
        for key in rows.keys() - set(keys.values()):
            line = ours.get(rows[key].material, "")
            if line in found:
                found[line].add(key)
        return {line: frozenset(some) for line, some in found.items()}

    # -- what is loaded for all of them ------------------------------------------------------

    @cached_property
    def _customers(self) -> dict[str, str]:
        found = self._find("customer", {order.customer for order in self._orders.values()})
        return {link.here: link.there for link in found}

    @cached_property
    def _materials(self) -> dict[str, str]:
        keys = {line.material for order in self._orders.values() for line in order.lines}
        return {link.here: link.there for link in self._find("material", keys - {""})}

    @cached_property
    def _items(self) -> dict[str, Material]:
        booked = {line.material for order in self._booked.values() for line in order.lines}
        keys = sorted({*self._materials.values(), *booked} - {""})
        return snapshots.models(self._tx, self._erp, "material", Material, keys)

    def _find(self, object: str, keys: Iterable[str]) -> list[links.Linked]:
        return links.find(self._tx, object, self._source, self._erp, sorted(keys))


class _Itself(_There):
    """The same of orders that were typed there: each stands for itself."""

    def _rows(
        self,
        link: links.Linked | None,
        lines: Sequence[OrderLine],
        rows: Mapping[str, OrderLine],
    ) -> dict[str, frozenset[str]]:
        return {line.id: frozenset({line.id}) for line in lines}

    def _find(self, object: str, keys: Iterable[str]) -> list[links.Linked]:
        found = snapshots.load(self._tx, self._erp, object, sorted(keys)).values()
        return [links.Linked(r.key, r.key, "", "", r.number, "", 1, "", 1) for r in found]


def factor(material: Material, unit: str) -> Decimal:
    """Base units per unit of a material; one that the material does not name is its base unit."""
    known = {one.unit: one.factor for one in material.units}
    return known.get(unit) or ONE


def _rate(order: SalesOrder, booked: SalesOrder | None) -> Decimal:
    """As the order says, else as the ERP books it; zero: nobody knows."""
    if order.currency == HOME:
        return ONE
    there = booked.exchange_rate if booked else None
    return order.exchange_rate or there or Decimal(0)
