"""Figures of money, goods and customers, from the books.

Those of an order are computed anew for the order. Those that many documents have a part in (how a
customer stands, what cash is expected, who is valuable, how a month went, what lies unmoved) are
computed together, once something has changed that they are made of; only what is not as it was is
told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from connector.derive.cash import Terms, cash_forecast
from connector.derive.figures import before, first_day
from connector.derive.grades import customer_grades
from connector.derive.margin import expected_margin, order_margin
from connector.derive.measures import Seen, Shelf, measures, shipped_costs
from connector.derive.slow_stock import Motion, noted, received, shipped, slow_stock, used
from connector.derive.standing import Account, standings
from connector.derive.subjects import subject
from connector.derive.three_flows import received as paid_for
from connector.derive.three_flows import three_flows
from connector.engine import orders
from connector.engine.books import Booked, Books
from connector.engine.system import System
from connector.objects import BusinessObject, OrderProgress
from connector.objects.derived import Measures, OrderMargin, PriceEstimate, SlowStock
from connector.objects.finance import Credit, Payable, Payment, Receivable
from connector.objects.fulfilment import GoodsReceipt, GoodsReturn, ProductionOrder, Shipment
from connector.objects.goods import Material, Stock, StockMove
from connector.objects.planning import Forecast
from connector.settings import HUB
from connector.store import links, mentions, snapshots
from connector.store.engine import Tx

YEAR = timedelta(days=365)
MONTHS = 13
"""Of which measures are told: a year, and the month to compare with."""
OTHERWISE = 30
"""Days after which people pay whose terms nobody says."""

Figures = dict[str, BusinessObject]


# -- of an order ------------------------------------------------------------------------------


def margins(system: System, tx: Tx, keys: Sequence[str]) -> Figures:
    """What these orders earn, by the estimates that planning has told. Nothing of orders in a
    foreign currency whose rate nobody knows."""
    booked = [one for one in Books(system, tx).orders(keys) if one.order.rate]
    materials = {line.material for one in booked for line in one.order.lines} - {""}
    costs = _told_costs(system, tx, sorted(materials))
    return {one.order.key: margin(one, costs) for one in booked if one.held}


def margin(booked: Booked, costs: Mapping[str, Decimal]) -> OrderMargin:
    """What an order earns; `costs` are those of one base unit."""
    return order_margin(booked.order, booked.papers, booked.supplied, costs)


def expected(system: System, tx: Tx, source: str, key: str) -> OrderMargin | None:
    """What an order of a source would earn as it is ordered, by the estimates that planning has
    told; None: it gets into no ERP that is planned for, or nobody knows its rate of exchange."""
    for flow in orders.flows(system):
        if flow.source == source and flow.into(system.insight.erp, "sales_order"):
            order = orders.put_together(tx, flow, [key]).get(key)
            if order is None or not order.rate:
                return None
            materials = {line.material for line in order.lines} - {""}
            return expected_margin(order, _told_costs(system, tx, sorted(materials)))
    return None


def agreements(system: System, tx: Tx, keys: Sequence[str]) -> Figures:
    """Whether goods, invoices and money of these orders agree."""
    booked = Books(system, tx).orders(keys)
    return {one.order.key: three_flows(one.order, one.papers) for one in booked if one.held}


def _told_costs(system: System, tx: Tx, materials: Sequence[str]) -> dict[str, Decimal]:
    told = snapshots.models(tx, HUB, "price_estimate", PriceEstimate, materials)
    items = snapshots.models(tx, system.insight.erp, "material", Material, list(told))
    return {
        key: one.cost / orders.factor(items[key], one.unit)
        for key, one in told.items()
        if one.cost is not None and key in items
    }


def orders_with(system: System, tx: Tx, materials: Sequence[str]) -> list[str]:
    """The keys of the orders of these materials of the ERP, in the systems they come from."""
    found: set[str] = set()
    for flow in orders.flows(system):
        assert flow.target is not None
        linked = links.find(tx, "material", flow.target.name, flow.source, materials)
        subjects = [subject("material", link.there) for link in linked]
        found |= {row.key for row in mentions.records(tx, flow.source, subjects)}
    return sorted(found)


# -- of everything together -------------------------------------------------------------------


def by_customer(books: Books) -> Figures:
    """How each customer stands, in each currency."""
    found: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for one in books.all(Receivable, "receivable").values():
        found[one.customer]["receivables"].append(one)
    for paid in books.all(Payment, "payment", "refund").values():
        found[paid.customer]["payments"].append(paid)
    for credit in books.all(Credit, "credit").values():
        found[credit.customer]["credits"].append(credit)
    for booked in books.orders():
        found[booked.order.customer]["orders"].append((booked.order, booked.papers))
    accounts = {key: Account(key, **some) for key, some in found.items() if key}
    told = (one for account in accounts.values() for one in standings(account))
    return {f"{one.customer}/{one.currency}": one for one in told}


def by_week(books: Books) -> Figures:
    """What cash is expected, week by week."""
    forecasts = cash_forecast(
        books.all(Receivable, "receivable").values(),
        books.all(Payable, "payable").values(),
        [(one.order, one.papers) for one in books.orders()],
        books.all(Payment, "payment", "refund").values(),
        Terms(books.settings.terms, OTHERWISE),
    )
    return {f"{one.week}/{one.currency}": one for one in forecasts}


def by_material(books: Books) -> dict[str, SlowStock]:
    """What of each material lies there, and when it last moved."""
    stock: dict[str, list[Stock]] = defaultdict(list)
    for lot in books.all(Stock, "stock").values():
        stock[lot.material].append(lot)
    motions: dict[str, list[Motion]] = defaultdict(list)
    for motion in _motions(books):
        motions[motion.material].append(motion)
    items = books.model.items
    return {
        key: slow_stock(items[key], some, motions[key], books.costing.of(key).total)
        for key, some in stock.items()
        if key in items
    }


def _motions(books: Books) -> Iterator[Motion]:
    for shipment in books.all(Shipment, "shipment").values():
        yield from shipped(shipment)
    for receipt in books.all(GoodsReceipt, "goods_receipt").values():
        yield from received(receipt)
    moves = books.all(StockMove, "stock_move").values()
    for move in moves:
        yield from noted(move)
    for order in books.all(ProductionOrder, "production_order").values() if not moves else ():
        parts = books.costing.structures.parts(order.material)
        yield from used(order, {use.component for use in parts})


def by_grade(books: Books) -> Figures:
    """How valuable customers are, by the year up to the latest order."""
    known = [one.order for one in books.orders() if one.order.source_customer]
    last = max((one.ordered_on for one in known), default=None)
    if last is None:
        return {}
    until = last + timedelta(days=1)
    return {one.customer: one for one in customer_grades(known, until - YEAR, until)}


def by_month(books: Books) -> Figures:
    """How each month went, up to the one of the latest order."""
    told = books.all(OrderProgress, "order_progress", connection=HUB)
    seen = [_seen(one, told.get(one.order.key)) for one in books.orders()]
    month = max((first_day(one.order.ordered_on) for one in seen), default=None)
    forecasts = list(_forecasts(books))
    debts = list(books.all(Receivable, "receivable").values())
    shelves = _Shelves(books)
    made: Figures = {}
    for _ in range(MONTHS if month else 0):
        assert month is not None
        shelf = shelves.of(month)
        made[month.isoformat()] = measures(month, seen, forecasts, books.model.items, debts, shelf)
        month = before(month, 1)
    return made


class _Shelves:
    """What stock was worth month by month. What it is worth now is reckoned; what it was worth is
    what was told then."""

    def __init__(self, books: Books) -> None:
        lying = by_material(books)
        told = books.all(Measures, "measures", connection=HUB).values()
        self._values = {one.month: one.stock_value for one in told}
        known = [one.value for one in lying.values() if one.value is not None]
        self._values[first_day(books.today)] = sum(known, Decimal(0)) if lying else None
        self._costs = shipped_costs(
            books.all(Shipment, "shipment").values(),
            books.all(GoodsReturn, "goods_return").values(),
            lambda material: books.costing.of(material).total,
        )

    def of(self, month: date) -> Shelf:
        """Of one month."""
        opening, closing = self._values.get(before(month, 1)), self._values.get(month)
        return Shelf(opening, closing, self._costs.get(month, Decimal(0)))


def _seen(booked: Booked, progress: OrderProgress | None) -> Seen:
    starts = [one.planned_start for one in booked.supplied.production if one.planned_start]
    paid = sum((amount for _, amount in paid_for(booked.order, booked.papers)), Decimal(0))
    return Seen(booked.order, progress, min(starts, default=None), paid)


def _forecasts(books: Books) -> Iterator[Forecast]:
    """By the ERP's keys of their materials."""
    for connection in books.sources:
        known = books.all(Forecast, "forecast", connection=connection)
        there = books.counterparts(connection, "material", {one.material for one in known.values()})
        for one in known.values():
            if one.material in there:
                yield one.model_copy(update={"material": there[one.material]})


def by_person(books: Books) -> Figures:
    """What came of each salesperson's customers, month by month."""
    return {f"{one.month}/{one.salesperson}/{one.currency}": one for one in books.sales.months()}


def backlog(books: Books) -> Figures:
    """What is to be shipped, week by week."""
    return {f"{one.week or ''}/{one.currency}": one for one in books.sales.backlog()}


def by_debtor(books: Books) -> Figures:
    """What each salesperson's customers owe."""
    return {f"{one.salesperson}/{one.currency}": one for one in books.sales.debts()}


TOGETHER: dict[str, Callable[[Books], Mapping[str, BusinessObject]]] = {
    "customer_standing": by_customer,
    "cash_forecast": by_week,
    "slow_stock": by_material,
    "customer_grade": by_grade,
    "measures": by_month,
    "salesperson_month": by_person,
    "order_backlog": backlog,
    "salesperson_debt": by_debtor,
}
"""By derived object, what computes all of it."""
