"""The figures of money against a second, plain implementation, over small random worlds; and what
must hold for all of them, whatever the documents are."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.derive.cash import Terms, cash_forecast
from connector.derive.costing import Costing
from connector.derive.dues import open_dues
from connector.derive.margin import Supplied, order_margin
from connector.derive.model import Component, Item, Model, Structure
from connector.derive.order import Line, Order
from connector.derive.papers import Papers, unbilled, undelivered
from connector.derive.profit import by_month, total
from connector.derive.standing import Account, standing
from connector.derive.three_flows import three_flows
from connector.objects.finance import (
    Allocation,
    Due,
    Invoice,
    InvoiceLine,
    Payable,
    Payment,
    Receivable,
)
from connector.objects.fulfilment import (
    GoodsReturn,
    ProductionCost,
    ProductionOrder,
    Shipment,
    ShipmentLine,
)
from connector.objects.orders import PaymentDue
from tests.derive import plainly

FIRST = date(2026, 3, 25)  # into another month
LAST = FIRST + timedelta(days=12)
many = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)

days = st.integers(0, 12).map(lambda n: FIRST + timedelta(days=n))
counts = st.integers(1, 6).map(Decimal)
fen = st.integers(0, 4000).map(lambda n: Decimal(n) / 100)
signed = st.integers(-4000, 4000).map(lambda n: Decimal(n) / 100)
statuses = st.sampled_from(["approved", "approved", "approved", "closed", "draft", "void"])
materials = st.sampled_from(["a", "b", "", "c"])
places = st.tuples(
    st.sampled_from(["XS-1", "XS-1", "XS-1", "XS-2", ""]),
    st.sampled_from(["r1", "r2", "r3", "", "", "r9"]),
)
"""Which order and row a document's row names."""


def listed(strategy: Any, most: int = 3) -> Any:
    return st.lists(strategy, max_size=most)


@st.composite
def orders(draw: Any, number: str = "XS-1", key: str = "o1") -> Order:
    lines = [draw(_line(n)) for n in range(1, draw(st.integers(1, 3)) + 1)]
    return Order(
        key=key,
        number=key,
        target_number=number,
        customer="K",
        source_customer="C",
        ordered_on=draw(days),
        rate=draw(st.sampled_from([Decimal(1), Decimal("7.1")])),
        promised_on=draw(st.none() | days),
        in_force=draw(st.sampled_from([True, True, True, False])),
        payment_terms=draw(st.sampled_from(["", "M7"])),
        payment_plan=tuple(draw(listed(_instalment(), 2))),
        lines=tuple(draw(st.permutations(lines))),
    )


@st.composite
def _line(draw: Any, n: int) -> Line:
    return Line(
        str(n),
        rows=frozenset({f"r{n}"}),
        material=draw(st.sampled_from(["a", "b", ""])),
        ordered=Decimal(draw(st.integers(0, 6))),
        amount_with_tax=draw(fen),
        tax_rate=draw(st.sampled_from([Decimal("0.13"), Decimal(0)])),
        factor=draw(st.sampled_from([Decimal(1), Decimal(2)])),
        wanted_on=draw(st.none() | days),
        goods=draw(st.sampled_from([True, True, False])),
        open=draw(st.sampled_from([True, True, False])),
    )


@st.composite
def _instalment(draw: Any) -> PaymentDue:
    if draw(st.booleans()):
        return PaymentDue(due_on=draw(st.none() | days), amount=draw(fen))
    return PaymentDue(rate=Decimal(draw(st.integers(0, 10))) / 10, advance=draw(st.booleans()))


@st.composite
def _moved(draw: Any) -> ShipmentLine:
    order, row = draw(places)
    return ShipmentLine(
        id="1",
        material=draw(materials),
        quantity=draw(counts),
        amount_with_tax=draw(st.none() | fen),
        order_number=order,
        order_line=row,
    )


@st.composite
def _invoiced(draw: Any) -> InvoiceLine:
    order, row = draw(places)
    amount = draw(signed)
    quantity = draw(st.sampled_from([0, 1, 2])) * (-1 if amount < 0 else 1)
    return InvoiceLine(
        id="1",
        material=draw(materials),
        quantity=Decimal(quantity),
        amount_with_tax=amount,
        tax=Decimal(int(amount)) / 10,
        order_number=order,
        order_line=row,
    )


rows = listed(_moved(), 2).map(tuple)
shipments = st.builds(Shipment, shipped_on=days, status=statuses, lines=rows)
returns = st.builds(
    GoodsReturn, returned_on=days, status=statuses, replace=st.booleans(), lines=rows
)
invoices = st.builds(
    Invoice,
    invoiced_on=days,
    status=statuses,
    currency=st.sampled_from(["CNY", "CNY", "CNY", "USD"]),
    amount_with_tax=st.just(Decimal(0)),
    lines=listed(_invoiced(), 2).map(tuple),
)
dues = st.builds(
    Due,
    due_on=days,
    amount=signed,
    settled=signed,
    order_number=st.sampled_from(["", "XS-1", "XS-2"]),
)
debt_fields: dict[str, Any] = {
    "booked_on": days,
    "due_on": st.none() | days,
    "status": statuses,
    "amount_with_tax": signed,
    "settled": st.none() | signed,
    "dues": listed(dues, 2).map(tuple),
}
receivables = st.builds(
    Receivable,
    number=st.sampled_from(["AR-1", "AR-2"]),
    customer=st.just("K"),
    order_number=st.sampled_from(["", "", "XS-1", "XS-2"]),
    **debt_fields,
)
payables = st.builds(Payable, supplier=st.just("S"), **debt_fields)
allocations = st.builds(
    Allocation,
    order_number=st.sampled_from(["XS-1", "XS-2", ""]),
    receivable=st.sampled_from(["AR-1", "AR-2", ""]),
    amount=fen,
)
payments = st.builds(
    Payment,
    kind=st.sampled_from(["ordinary", "ordinary", "advance", "refund"]),
    customer=st.just("K"),
    paid_on=days,
    amount=fen,
    status=statuses,
    allocations=listed(allocations).map(tuple),
)
documents = st.builds(
    Papers,
    shipments=listed(shipments),
    returns=listed(returns, 2),
    invoices=listed(invoices),
    receivables=listed(receivables, 2),
    payments=listed(payments),
)
production = st.builds(
    ProductionOrder,
    number=st.sampled_from(["MO-1", "MO-2"]),
    material=materials,
    planned=counts,
    rework=st.sampled_from([False, False, True]),
)
costs = st.builds(
    ProductionCost,
    production_number=st.sampled_from(["MO-1", "MO-2", "MO-3", ""]),
    order_number=st.sampled_from(["", "XS-1", "XS-2"]),
    material=materials,
    quantity=st.integers(0, 6).map(Decimal),
    material_cost=fen,
    labour_cost=fen,
    overhead_cost=fen,
)
unique = {"unique_by": lambda p: p.number}
supplies = st.builds(
    Supplied, st.lists(production, max_size=2, **unique), listed(costs), st.just(())
)
estimates = st.dictionaries(st.sampled_from(["a", "b"]), fen)


def shuffled(draw: Any, papers: Papers) -> Papers:
    return Papers(
        **{
            name: draw(st.permutations(getattr(papers, name)))
            for name in ("shipments", "returns", "invoices", "receivables", "payments")
        }
    )


# -- cost ----------------------------------------------------------------------------------------


@st.composite
def boms(draw: Any) -> dict[str, Any]:
    names = ["m0", "m1", "m2", "m3", "m4"]
    quantities = st.integers(1, 30).map(lambda n: Decimal(n) / 10)
    work = st.tuples(fen, fen)
    world: dict[str, Any] = {"boms": {}, "costs": {}, "work": {}}
    for n, name in enumerate(names):
        # Mostly downwards; now and then a cycle.
        below = names if draw(st.integers(0, 9)) == 0 else names[n + 1 :]
        if below and draw(st.booleans()):
            chosen = draw(st.lists(st.tuples(st.sampled_from(below), quantities), max_size=3))
            world["boms"][name], world["work"][name] = chosen, draw(work)
        world["costs"][name] = draw(st.none() | fen)
    return world


@many
@given(boms(), st.data())
def test_costs_roll_up_as_every_way_down_says(world: dict[str, Any], data: Any) -> None:
    items = [
        Item(m, number=m, kind="make" if m in world["boms"] else "buy", cost=world["costs"][m])
        for m in world["costs"]
    ]
    structures = [
        Structure(m, tuple(Component(p, q) for p, q in parts), labour=labour, overhead=overhead)
        for m, parts in world["boms"].items()
        for labour, overhead in [world["work"][m]]
    ]
    model = Model()
    model.put("all", data.draw(st.permutations([*items, *structures])))
    run = Costing(model, FIRST)
    for material in data.draw(st.permutations(sorted(world["costs"]))):
        found = run.estimate(material)
        leaves = plainly.leaves(material, Fraction(1), world)
        kinds = {kind for kind, _ in leaves}
        assert (found.cost is None) == bool(kinds & {"?", "o"})
        circular = {name for kind, name in leaves if kind == "o"}
        assert set(found.cycles) <= circular
        assert bool(found.cycles) == bool(circular)
        if "o" not in kinds:
            assert set(found.missing) == {name for kind, name in leaves if kind == "?"}
            for kind in ("material", "labour", "overhead"):
                whole = sum((x for k, x in leaves if k == kind), Fraction(0))
                assert getattr(found, f"{kind}_cost") == plainly.half_up(whole, 6)
        if found.cost is not None:
            assert found.cost == found.material_cost + found.labour_cost + found.overhead_cost


# -- margin --------------------------------------------------------------------------------------


@many
@given(orders(), documents, supplies, estimates, st.data())
def test_margins_are_what_plain_reckoning_says(
    order: Order, papers: Papers, supplied: Supplied, known: Any, data: Any
) -> None:
    found = order_margin(order, papers, supplied, known)
    expected = plainly.margin(order, papers, supplied, known)
    assert [(x.id, x.revenue, x.cost, x.basis) for x in found.lines] == expected
    assert found.revenue == sum(x.revenue for x in found.lines)
    unknown = [x for x in found.lines if x.cost is None]
    assert (found.cost is None) == bool(unknown)
    if found.cost is not None:
        assert found.cost == sum(x.cost or 0 for x in found.lines)
        assert found.margin == found.revenue - found.cost
    months = by_month([found], lambda _, line: line.material)
    groups = {name: total(some) for name, some in months.items()}
    assert sum(x.revenue + x.unknown for x in groups.values()) == found.revenue
    mixed = Supplied(supplied.production, data.draw(st.permutations(supplied.costs)))
    assert order_margin(order, shuffled(data.draw, papers), mixed, known) == found


# -- three flows ---------------------------------------------------------------------------------


@many
@given(orders(), documents, st.data())
def test_three_flows_are_what_a_diary_says(order: Order, papers: Papers, data: Any) -> None:
    found = three_flows(order, papers)
    expected = plainly.three_flows(order, papers, FIRST, LAST)
    assert (found.shipped, found.invoiced, found.received, found.differs_since) == expected
    assert found.agrees == (found.differs_since is None)
    assert found.ordered == sum(line.amount_with_tax for line in order.lines)
    assert found.uninvoiced + found.unpaid == found.shipped - found.received
    assert three_flows(order, shuffled(data.draw, papers)) == found


@many
@given(orders(), documents, shipments, invoices, payments)
def test_what_is_taken_back_leaves_no_trace(
    order: Order, papers: Papers, left: Shipment, bill: Invoice, paid: Payment
) -> None:
    back = GoodsReturn(returned_on=LAST, status=left.status, lines=left.lines)
    lines = tuple(
        x.model_copy(update={"quantity": -x.quantity, "amount_with_tax": -x.amount_with_tax})
        for x in bill.lines
    )
    red = bill.model_copy(update={"lines": lines, "red": True, "invoiced_on": LAST})
    paid = paid.model_copy(update={"kind": "ordinary"})
    refund = paid.model_copy(update={"kind": "refund", "paid_on": LAST})
    more = Papers(
        shipments=[*papers.shipments, left],
        returns=[*papers.returns, back],
        invoices=[*papers.invoices, bill, red],
        receivables=papers.receivables,
        payments=[*papers.payments, paid, refund],
    )
    before, after = three_flows(order, papers), three_flows(order, more)
    for flow in ("shipped", "invoiced", "received"):
        assert getattr(after, flow) == getattr(before, flow)


# -- debts ---------------------------------------------------------------------------------------


@many
@given(
    listed(receivables),
    listed(payments),
    st.tuples(orders(), documents),
    st.tuples(orders("XS-2", "o2"), documents),
    st.data(),
)
def test_customers_stand_as_plain_reckoning_says(
    debts: Any, money: Any, one: Any, two: Any, data: Any
) -> None:
    pairs = [one, two]
    found = standing(Account("K", debts, money, pairs), "CNY")
    dues = plainly.open_by_day(debts)
    rest, advances = plainly.free_money(money)
    assert {x.due_on: x.amount for x in found.dues} == dues
    assert found.receivable == sum(dues.values())
    assert found.oldest_due_on == min((d for d, a in dues.items() if a > 0), default=None)
    assert (found.unallocated, found.advances) == (rest, sum(advances.values()))
    assert found.undelivered == sum(plainly.missing(o, plainly.rows_of(o, p)) for o, p in pairs)
    assert found.unbilled == sum(plainly.to_bill(o, p) for o, p in pairs)
    owed = found.receivable + found.unbilled
    assert found.exposure == owed - found.unallocated - found.advances
    again = [data.draw(st.permutations(x)) for x in (debts, money, pairs)]
    assert standing(Account("K", *again), "CNY") == found


@many
@given(receivables)
def test_dues_sum_to_what_is_open(debt: Receivable) -> None:
    told = sum((x.settled for x in debt.dues), Decimal(0))
    counts = debt.status in ("approved", "closed")
    settled = told if debt.settled is None else debt.settled
    expected = debt.amount_with_tax - settled if counts else 0
    assert sum(x.amount for x in open_dues(debt)) == expected


@many
@given(orders(), documents)
def test_an_order_in_force_that_is_billed_for_nothing_adds_what_left_and_what_will(
    order: Order, papers: Papers
) -> None:
    alone = Papers(shipments=papers.shipments, returns=papers.returns)
    shipped = three_flows(order, alone).shipped
    assert unbilled(order, alone) == max(shipped + undelivered(order, alone), Decimal(0))


# -- cash ----------------------------------------------------------------------------------------


@many
@given(
    listed(receivables),
    listed(payables),
    st.tuples(orders(), documents),
    st.tuples(orders("XS-2", "o2"), documents),
    listed(payments),
    st.data(),
)
def test_cash_is_what_plain_reckoning_says(
    debts: Any, owed: Any, one: Any, two: Any, money: Any, data: Any
) -> None:
    terms, pairs = Terms({"M7": 7}, otherwise=2), [one, two]
    found = cash_forecast(debts, owed, pairs, money, terms)
    cells: Counter[Any] = Counter()
    for week in found:
        assert week.net == week.receivable + week.orders - week.payable
        for kind in ("receivable", "orders", "payable"):
            if getattr(week, kind):
                cells[week.week, kind] = getattr(week, kind)
    assert dict(cells) == plainly.cash(debts, owed, pairs, money, terms)
    again = [data.draw(st.permutations(x)) for x in (debts, owed, pairs, money)]
    assert cash_forecast(*again, terms) == found
