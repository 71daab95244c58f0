"""What an order really earns."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connector.derive.margin import NOTHING, Supplied, expected_margin, order_margin
from connector.derive.papers import Papers
from connector.objects.derived import OrderMargin
from connector.objects.fulfilment import (
    ProductionCost,
    ProductionOrder,
    PurchaseLine,
    PurchaseOrder,
)
from tests.derive.papers import D, day, invoice, line, order, returned, shipment

# 10 pumps for 11,300 with tax (10,000 without), and freight for 113 (100 without)
ORDER = order(
    line("1", "pump", 10, "11300"),
    line("2", "freight", 1, "113", goods=False),
)
LEFT = shipment(day(5), ("r1", "pump", 10))


def production(number: str, **more: Any) -> ProductionOrder:
    return ProductionOrder(number=number, material="pump", planned=D(10), **more)


def spent(number: str, quantity: Any, *parts: Any, **more: Any) -> ProductionCost:
    material, labour, overhead = (D(part) for part in parts)
    return ProductionCost(
        production_number=number,
        quantity=D(quantity),
        material_cost=material,
        labour_cost=labour,
        overhead_cost=overhead,
        **{"material": "pump", **more},
    )


def margin(documents: Papers, supplied: Supplied = NOTHING, **estimates: Any) -> OrderMargin:
    return order_margin(ORDER, documents, supplied, {k: D(v) for k, v in estimates.items()})


def test_what_left_against_what_it_really_cost() -> None:
    # Production of 10 cost 4,000 material, 1,500 labour, 500 overhead: 6,000.
    supplied = Supplied([production("MO-1")], [spent("MO-1", 10, 4000, 1500, 500)])
    found = margin(Papers(shipments=[LEFT]), supplied)
    assert (found.revenue, found.cost, found.margin) == (10000, 6000, 4000)
    assert (found.rate, found.basis) == (D("0.4"), "actual")


def test_real_cost_goes_before_the_estimate() -> None:
    # Odoo's putting green ("Manufacturing order costs"): 65 by its BOM, 70 when it was made.
    green = order(line("1", "green", 1, "113"))
    left = Papers(shipments=[shipment(day(5), ("r1", "green", 1))])
    estimates = {"green": D(65)}
    assert order_margin(green, left, estimates=estimates).margin == 35
    cost = spent("", 1, 50, 20, 0, material="green", order_number="XS-1")
    found = order_margin(green, left, Supplied(costs=[cost]), estimates)
    assert (found.margin, found.basis) == (30, "actual")


def test_freight_counts_once_it_is_invoiced_and_its_cost_must_be_known() -> None:
    papers = Papers(shipments=[LEFT], invoices=[invoice(day(6), ("r2", "freight", 1, "113"))])
    unknown = margin(papers, pump=600)
    assert (unknown.revenue, unknown.cost, unknown.margin, unknown.basis) == (10100, None, None, "")
    assert [x.cost for x in unknown.lines] == [6000, None]
    known = margin(papers, pump=600, freight=80)
    assert (known.cost, known.margin, known.basis) == (6080, 4020, "estimated")


def test_what_was_made_for_less_than_what_left_is_mixed() -> None:
    supplied = Supplied([production("MO-1")], [spent("MO-1", 6, 3000, 600, 0)])
    found = margin(Papers(shipments=[LEFT]), supplied, pump=500)
    # 3,600 for 6 is 600 each, of all 10
    assert (found.cost, found.basis) == (6000, "mixed")


def test_an_estimated_line_beside_an_actual_one_is_mixed() -> None:
    both = order(line("1", "pump", 10, "11300"), line("2", "hose", 4, "452"))
    left = Papers(shipments=[shipment(day(5), ("r1", "pump", 10), ("r2", "hose", 4))])
    supplied = Supplied([production("MO-1")], [spent("MO-1", 10, 5000, 0, 0)])
    found = order_margin(both, left, supplied, {"hose": D(50)})
    assert [x.basis for x in found.lines] == ["actual", "estimated"]
    assert (found.revenue, found.cost, found.basis) == (10400, 5200, "mixed")


def test_rework_costs_and_brings_nothing() -> None:
    orders = [production("MO-1"), production("MO-2", rework=True)]
    costs = [spent("MO-1", 10, 5000, 0, 0), spent("MO-2", 2, 0, 300, 0)]
    found = margin(Papers(shipments=[LEFT]), Supplied(orders, costs))
    assert (found.cost, found.basis) == (5300, "actual")


def test_cost_of_other_orders_materials_and_currencies_is_not_taken() -> None:
    costs = [
        spent("MO-9", 10, 1, 0, 0),
        spent("MO-1", 10, 1, 0, 0, order_number="XS-2"),
        spent("MO-1", 10, 1, 0, 0, material="shaft"),
        spent("MO-1", 10, 1, 0, 0, currency="USD"),
    ]
    found = margin(Papers(shipments=[LEFT]), Supplied([production("MO-1")], costs))
    assert (found.cost, found.margin, found.basis) == (None, None, "")


def test_purchases_for_the_order_are_actual_and_told_in_base_units() -> None:
    # 2 boxes of 6 at 339 with tax: 600 for 12, so 50 each and 500 for what left
    row = PurchaseLine(
        id="1",
        material="pump",
        quantity=D(2),
        unit="box",
        base_quantity=D(12),
        price_with_tax=D(339),
        tax_rate=D("0.13"),
        order_number="XS-1",
    )
    unclear = row.model_copy(update={"base_quantity": None})
    purchase = PurchaseOrder(status="approved", lines=(row, unclear))
    found = margin(Papers(shipments=[LEFT]), Supplied(purchases=[purchase]))
    assert (found.cost, found.basis) == (500, "actual")


@pytest.mark.parametrize("replace", [True, False])
def test_a_return_takes_back_exactly_what_it_brought(replace: bool) -> None:
    some = shipment(day(5), ("r1", "pump", 7))
    more = shipment(day(6), ("r1", "pump", 3))
    back = returned(day(9), ("r1", "pump", 3), replace=replace)
    before = margin(Papers(shipments=[some]), pump="599.99")
    after = margin(Papers(shipments=[some, more], returns=[back]), pump="599.99")
    assert after == before


def test_an_allowance_lessens_the_revenue_and_a_red_invoice_for_goods_does_not() -> None:
    blue = invoice(day(6), ("r1", "pump", 10, "11300"))
    allowance = invoice(day(7), ("r1", "pump", 0, "-1130"))
    wrong, again = invoice(day(8), ("r1", "pump", -10, "-11300")), invoice(day(8), *_rows(blue))
    found = margin(Papers(shipments=[LEFT], invoices=[blue, allowance, wrong, again]), pump=600)
    assert (found.revenue, found.margin) == (9000, 3000)


def test_what_is_allowed_on_freight_is_taken_off_once() -> None:
    bills = [invoice(day(6), ("r2", "freight", 1, "113")), invoice(day(7), ("r2", "", 0, "-22.6"))]
    assert margin(Papers(invoices=bills), freight=60).margin == 80 - 60


def expected(of: Any = ORDER, **estimates: Any) -> OrderMargin:
    return expected_margin(of, {k: D(v) for k, v in estimates.items()})


def test_what_an_order_would_earn_is_told_before_any_of_it_has_left() -> None:
    found = expected(pump=600, freight=80)
    assert (found.revenue, found.cost, found.margin) == (10100, 6080, 4020)
    assert (found.rate, found.basis) == (D("0.398"), "estimated")
    all_of_it = Papers(shipments=[LEFT], invoices=[invoice(day(6), ("r2", "freight", 1, "113"))])
    assert found == margin(all_of_it, pump=600, freight=80)


def test_nobody_knows_what_an_order_would_earn_of_which_one_cost_is_missing() -> None:
    found = expected(pump=600)
    assert (found.revenue, found.cost, found.margin, found.rate) == (10100, None, None, None)


def test_what_is_closed_earns_nothing_more_and_a_gift_costs() -> None:
    given = order(
        line("1", "pump", 10, "11300"),
        line("2", "hose", 4, "452", open=False),
        line("3", "hose", 1, "0"),
    )
    found = expected(given, pump=600, hose=30)
    assert (found.revenue, found.cost, [one.id for one in found.lines]) == (10000, 6030, ["1", "3"])


def _rows(of: Any) -> list[tuple[str, str, Any, Any]]:
    return [(x.order_line, x.material, x.quantity, x.amount_with_tax) for x in of.lines]


def test_what_is_allowed_on_the_whole_order_stands_on_no_line() -> None:
    note = invoice(day(7), ("", "", 0, "-50"))
    found = margin(Papers(shipments=[LEFT], invoices=[note]), pump=600)
    assert found.lines[-1].id == ""
    assert (found.revenue, found.margin) == (9950, 3950)
    assert found.revenue == sum(x.revenue for x in found.lines)


def test_foreign_orders_are_told_in_the_home_currency() -> None:
    export = order(line("1", "pump", 3, "100", tax_rate=D(0)), currency="USD", rate=D("7.1234"))
    left = Papers(shipments=[shipment(day(5), ("r1", "pump", 1))])
    found = order_margin(export, left, estimates={"pump": D("200.005")})
    # 33.33 dollars are 237.42 yuan (237.4229); 200.005 rounds half up
    assert (found.revenue, found.cost) == (D("237.42"), D("200.01"))


def test_order_and_base_units_that_differ_and_a_weighed_quantity() -> None:
    # 10 rolls of about 25 kg, priced by weight: 250 kg nominal for 5,650, cost 12 a kilogram
    film = order(line("1", "film", 250, "5650", factor=D(25)))
    two = shipment(day(5), ("r1", "film", 50))
    nominal = order_margin(film, Papers(shipments=[two]), estimates={"film": D(12)})
    assert (nominal.lines[0].delivered, nominal.revenue, nominal.cost) == (50, 1000, 600)
    row = two.lines[0].model_copy(update={"quantity": D("49.4")})
    weighed = two.model_copy(update={"lines": (row,)})
    found = order_margin(film, Papers(shipments=[weighed]), estimates={"film": D(12)})
    # 49.4 / 250 of 5,650 is 1,116.44 with tax: 988.00 without; 49.4 × 12 = 592.80
    assert (found.revenue, found.cost) == (988, D("592.8"))
    # priced by the roll, the ERP says so: two rolls are two rolls
    row = row.model_copy(update={"amount_with_tax": D(1130)})
    priced = two.model_copy(update={"lines": (row,)})
    found = order_margin(film, Papers(shipments=[priced]), estimates={"film": D(12)})
    assert (found.revenue, found.cost) == (1000, D("592.8"))


def test_an_order_of_which_nothing_left_earned_nothing_yet() -> None:
    found = margin(Papers(shipments=[LEFT.model_copy(update={"status": "draft"})]))
    assert (found.revenue, found.cost, found.margin, found.rate, found.basis) == (0, 0, 0, None, "")


def test_rows_that_name_only_the_order_fill_its_lines_of_that_material() -> None:
    # 10 for money and 1 as a gift; 11 left, by a row that names no line
    gift = order(line("1", "pump", 10, "11300"), line("2", "pump", 1, "0"))
    left = Papers(shipments=[shipment(day(5), ("", "pump", 11))])
    found = order_margin(gift, left, estimates={"pump": D(600)})
    assert [x.delivered for x in found.lines] == [10, 1]
    assert (found.revenue, found.cost) == (10000, Decimal(6600))
    back = Papers(shipments=left.shipments, returns=[returned(day(6), ("", "pump", 1))])
    assert [x.delivered for x in order_margin(gift, back).lines] == [10, 0]
