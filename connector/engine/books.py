"""The books: what the store holds about orders, customers and goods, as far as it is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple, TypeVar

from connector.derive.costing import Costing, Rates
from connector.derive.margin import Supplied
from connector.derive.model import Item, Model, Row
from connector.derive.order import Order
from connector.derive.papers import Papers
from connector.derive.rows import rows
from connector.derive.sales import Sales
from connector.engine import dossier, orders
from connector.engine.dossier import Dossier
from connector.engine.system import Flow, System
from connector.objects import OBJECTS, BusinessObject, Customer, OrderProgress
from connector.objects.finance import Invoice, Payment, Receivable
from connector.objects.fulfilment import (
    GoodsReturn,
    ProductionCost,
    ProductionOrder,
    PurchaseOrder,
    Shipment,
)
from connector.settings import HUB, InsightSettings
from connector.store import links, snapshots
from connector.store.engine import Tx

Kind = TypeVar("Kind", bound=BusinessObject)
GROUP = 500
ONE = Decimal(1)


class Booked(NamedTuple):
    """An order with everything that the ERP holds about it."""

    order: Order
    held: Dossier

    @property
    def papers(self) -> Papers:
        return self.held.papers()

    @property
    def supplied(self) -> Supplied:
        """What was made and bought for it by name."""
        return Supplied(
            production=self.held.of(ProductionOrder, "production_order"),
            costs=self.held.of(ProductionCost, "production_cost"),
            purchases=self.held.of(PurchaseOrder, "purchase_order"),
        )


class Books:
    """The books of one ERP, inside one reading transaction. What is not asked for is not read."""

    def __init__(self, system: System, tx: Tx) -> None:
        self._system = system
        self._tx = tx
        self.erp = system.insight.erp

    @cached_property
    def today(self) -> date:
        """In the ERP's zone."""
        now = self._system.store.now(self._tx)
        return datetime.fromtimestamp(now, self._system.zone(self.erp)).date()

    def orders(self, keys: Sequence[str] | None = None) -> Iterator[Booked]:
        """Orders that stand in the ERP, with their papers; None: all of them, those that were typed
        there too."""
        if keys is None:
            yield from (one for one in self.everything if one.order.booked)
            return
        for flow in self._flows():
            yield from self._booked(orders.put_together(self._tx, flow, keys))

    @cached_property
    def everything(self) -> Sequence[Booked]:
        """All orders, those as well that are to get into the ERP yet. Whoever asks for all of them
        needs them at once, and does not ask alone."""
        found: list[Booked] = []
        for flow in self._flows():
            for some in self._keys(flow.source, "sales_order"):
                known = orders.put_together(self._tx, flow, some)
                found += [*self._booked(known), *self._waiting(flow, known)]
        for some in self._keys(self.erp, "sales_order"):
            found += self._booked(orders.typed_there(self._system, self._tx, some))
        return found

    def _flows(self) -> list[Flow]:
        return [one for one in orders.flows(self._system) if one.into(self.erp, "sales_order")]

    def _booked(self, known: Mapping[str, Order]) -> Iterator[Booked]:
        numbers = {one.target_number for one in known.values() if one.booked}
        held = dossier.about(self._tx, self.erp, numbers)
        for one in known.values():
            if one.booked:
                yield Booked(one, held.get(one.target_number) or Dossier())

    def _waiting(self, flow: Flow, known: Mapping[str, Order]) -> Iterator[Booked]:
        there = [key for key, one in known.items() if not one.booked]
        strange = orders.left_to_people(self._tx, flow, there)
        return (Booked(known[key], Dossier()) for key in there if key not in strange)

    def all(self, kind: type[Kind], *objects: str, connection: str = "") -> dict[str, Kind]:
        """Every record of these objects, which share a class, by key."""
        found: dict[str, Kind] = {}
        for object in objects:
            for row in snapshots.every(self._tx, connection or self.erp, object):
                if row.data:
                    found[row.key] = kind.model_validate_json(row.data)
        return found

    @cached_property
    def model(self) -> Model:
        """Materials and their structures; no demand and no supply."""
        made = Model()

        def factor(material: str, unit: str) -> Decimal:
            return (made.items.get(material) or Item(material)).per(unit) or ONE

        for object in ("material", "bom"):
            for row in snapshots.every(self._tx, self.erp, object):
                if row.data:
                    record = OBJECTS[object].model_validate_json(row.data)
                    given: list[Row] = rows(object, row.key, record, factor)
                    made.put(f"{object}/{row.key}", given)
        return made

    @cached_property
    def costing(self) -> Costing:
        """What materials cost today, and should sell for."""
        rates = Rates(margin=self.settings.margin_rate, tax=self.settings.tax_rate)
        return Costing(self.model, self.today, rates)

    @cached_property
    def sales(self) -> Sales:
        """What all orders and documents come to, by salesperson, month and week."""
        made = Sales(self._salespeople.__getitem__, home=orders.HOME)
        progress = self.all(OrderProgress, "order_progress", connection=HUB)
        for one in self.everything:
            told = progress.get(one.order.key)
            left = told.shipped_on if told and told.stage == "shipped" else None
            made.order(one.order, one.papers, left)
        for debt in self.all(Receivable, "receivable").values():
            made.receivable(debt)
        for bill in self.all(Invoice, "invoice", "ordinary_invoice").values():
            made.invoice(bill)
        for paid in self.all(Payment, "payment", "refund").values():
            made.payment(paid)
        for goods in self.all(Shipment, "shipment").values():
            made.moved(goods)
        for back in self.all(GoodsReturn, "goods_return").values():
            made.moved(back)
        return made

    @cached_property
    def _salespeople(self) -> Mapping[str, str]:
        """Those of the ERP's customers, by their keys: as the source says, else as the ERP does."""
        there = self.all(Customer, "customer")
        known = orders.known_as(self._system, self._tx, "customer", there)
        people = orders.known_as(
            self._system, self._tx, "employee", {one.salesperson for one in there.values()}
        )
        found = {key: people.get(one.salesperson, one.salesperson) for key, one in there.items()}
        here = {
            key: one.salesperson
            for source in self.sources
            for key, one in self.all(Customer, "customer", connection=source).items()
        }
        found |= {key: here[mine] for key, mine in known.items() if here.get(mine)}
        return defaultdict(str, found)

    @property
    def settings(self) -> InsightSettings:
        return self._system.insight.settings

    @property
    def sources(self) -> list[str]:
        """The connections from which this ERP's orders come."""
        return orders.sources(self._system)

    def counterparts(self, connection: str, object: str, keys: Iterable[str]) -> dict[str, str]:
        """The ERP's keys of records of a source, by their keys there."""
        found = links.find(self._tx, object, connection, self.erp, sorted(keys))
        return {link.here: link.there for link in found}

    def _keys(self, connection: str, object: str) -> Iterator[list[str]]:
        for some in snapshots.groups(self._tx, connection, object, GROUP):
            yield [row.key for row in some]
