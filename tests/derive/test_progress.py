"""How far an order is, from the documents that serve it. Quantities are small on purpose: every
expected figure can be checked by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.derive.order import Line, Order
from connector.derive.papers import Papers
from connector.derive.progress import Making, progress
from connector.derive.serving import Serving, linked
from connector.objects import OrderProgress
from connector.objects.finance import Allocation, Invoice, InvoiceLine, Payment
from connector.objects.fulfilment import (
    GoodsReturn,
    Inspection,
    ProductionOrder,
    Shipment,
    ShipmentLine,
)

D = Decimal


def day(number: int) -> date:
    return date(2026, 3, number)


def line(id: str = "l1", ordered: str = "4", material: str = "M1", **more: Any) -> Line:
    amount = D(ordered) * 10
    return Line(id, frozenset({f"row-{id}"}), material, D(ordered), amount, **more)


ORDER = Order("key", "SO-1", "XS-1", "C1", "c1", day(1), lines=(line(), line("l2", "6", "M2")))


def work(status: str, finished: str = "0", **more: Any) -> ProductionOrder:
    usual = {"material": "M1", "planned": "4", "order_number": "XS-1", "order_line": "row-l1"}
    return ProductionOrder(number="MO", status=status, finished=D(finished), **(usual | more))


def second(status: str, finished: str = "0", **more: Any) -> ProductionOrder:
    return work(status, finished, material="M2", planned="6", order_line="row-l2", **more)


def shipment(number: str, quantity: str, on: int = 1, row: str = "row-l1", **more: Any) -> Shipment:
    part = ShipmentLine(id="1", quantity=D(quantity), order_line=row)
    usual: Any = {"shipped_on": day(on), "status": "approved", "waybill": f"W-{number}"}
    return Shipment(number=number, lines=(part,), **(usual | more))


def came_back(quantity: str, *, replace: bool, row: str = "row-l1") -> GoodsReturn:
    part = ShipmentLine(id="1", quantity=D(quantity), order_line=row)
    return GoodsReturn(returned_on=day(9), status="approved", replace=replace, lines=(part,))


def made(*production: ProductionOrder, order: Order = ORDER, **documents: Any) -> OrderProgress:
    previous = documents.pop("previous", None)
    named = {str(n): one for n, one in enumerate(production)}
    making = {name: documents.pop(name) for name in ("inspections", "parts") if name in documents}
    serving = documents.pop("serving", linked(order, named))
    return progress(order, Papers(**documents), Making(serving, **making), previous)


def test_an_order_that_no_document_names_is_ordered() -> None:
    found = made()
    assert (found.stage, found.ordered, found.produced, found.shipped) == ("ordered", 10, 0, 0)
    assert found.basis == ""


@pytest.mark.parametrize(
    ("states", "stage"),
    [
        (("planned", "planned"), "ordered"),
        (("released", "released"), "ordered"),
        (("released", "started"), "in_production"),
        (("planned", "finished"), "in_production"),
        (("finished", "closed"), "produced"),
    ],
)
def test_the_stage_follows_all_production_orders(states: tuple[str, str], stage: str) -> None:
    one, other = states
    found = made(work(one, finished_on=day(3), started_on=day(2)),
                 second(other, finished_on=day(3), started_on=day(2)))  # fmt: skip
    assert found.stage == stage


def test_what_is_finished_is_produced_and_the_rest_of_what_runs_is_in_production() -> None:
    found = made(work("started", "1"), second("finished", "6"))
    assert (found.produced, found.in_production) == (7, 3)
    assert [one.produced for one in found.lines] == [1, 6]


def test_production_is_over_on_its_last_day_and_not_before_all_of_it_is() -> None:
    first = work("finished", "4", finished_on=day(2), started_on=day(1))
    last = second("closed", "6", finished_on=day(5), started_on=day(3))
    assert made(first, second("started")).produced_on is None
    found = made(first, last)
    assert (found.started_on, found.produced_on) == (day(1), day(5))
    assert [one.produced_on for one in found.lines] == [day(2), day(5)]


def test_what_is_finished_tells_when_the_rest_is_expected_as_long_as_all_say_it() -> None:
    found = made(work("started", planned_finish=day(8)), second("planned", planned_finish=day(6)))
    assert found.expected_on == day(8)
    assert made(work("started", planned_finish=day(8)), work("planned")).expected_on is None


def test_production_that_starts_had_its_parts_and_parts_may_be_there_before() -> None:
    running = work("started", started_on=day(4))
    assert made(running).lines[0].materials_on == day(4)
    parts = {"l1": (day(2), "estimated")}
    first, second_line = made(running, parts=parts).lines
    assert (first.materials_on, first.materials_basis) == (day(2), "estimated")
    assert (first.started_on, first.started_basis) == (day(4), "linked")
    assert (first.basis, second_line.materials_on) == ("estimated", None)


def check(quantity: str, good: str, on: int, **more: Any) -> Inspection:
    usual: Any = {"material": "M1", "source_number": "MO", "status": "approved"}
    return Inspection(
        inspected=D(quantity), qualified=D(good), inspected_on=day(on), **(usual | more)
    )


def test_a_line_is_inspected_once_as_much_is_good_as_was_made_for_it() -> None:
    done = work("finished", "4", finished_on=day(5))
    first = check("4", "3", 6)
    assert made(done, inspections=[first]).lines[0].inspected_on is None
    found = made(done, inspections=[first, check("1", "1", 8, rework=True)]).lines[0]
    assert (found.inspected_on, found.stage) == (day(8), "inspected")
    draft = check("4", "4", 6, status="draft")
    assert made(done, inspections=[draft]).lines[0].inspected_on is None


def test_shipments_add_up_to_part_and_whole() -> None:
    part = made(shipments=[shipment("1", "4")])
    assert (part.stage, part.shipped) == ("part_shipped", 4)
    whole = made(shipments=[shipment("1", "4"), shipment("2", "6", row="row-l2")])
    assert (whole.stage, whole.shipped, whole.waybills) == ("shipped", 10, ("W-1", "W-2"))


def test_one_line_shipped_twice_over_does_not_ship_the_other() -> None:
    found = made(shipments=[shipment("1", "10")])
    assert found.stage == "part_shipped"


def test_goods_that_come_back_to_be_replaced_are_to_be_shipped_again() -> None:
    gone = [shipment("1", "4"), shipment("2", "6", row="row-l2")]
    found = made(shipments=gone, returns=[came_back("1", replace=True)])
    assert (found.stage, found.ordered, found.shipped, found.returned) == ("part_shipped", 10, 9, 1)
    again = [*gone, shipment("3", "1", on=12)]
    assert made(shipments=again, returns=[came_back("1", replace=True)]).stage == "shipped"


def test_goods_that_come_back_for_good_are_not_ordered_any_more() -> None:
    gone = [shipment("1", "4"), shipment("2", "6", row="row-l2")]
    found = made(shipments=gone, returns=[came_back("1", replace=False)])
    assert (found.stage, found.ordered, found.shipped, found.returned) == ("shipped", 9, 9, 1)


def test_freight_and_services_need_not_leave_the_warehouse() -> None:
    order = Order(
        "key", "SO-1", "XS-1", "C1", "c1", day(1), lines=(line(), line("f", "1", goods=False))
    )
    found = made(order=order, shipments=[shipment("1", "4")])
    assert (found.ordered, found.stage, len(found.lines)) == (4, "shipped", 1)


def test_quantities_are_told_in_the_units_of_the_order() -> None:
    boxes = Order("key", "SO-1", "XS-1", "C1", "c1", day(1),
                  lines=(line("l1", "48", factor=D(12)),))  # fmt: skip
    found = made(work("started", "18", planned="48"), order=boxes, shipments=[shipment("1", "12")])
    assert (found.ordered, found.produced, found.shipped) == (4, D("1.5"), 1)


def test_only_what_has_left_counts() -> None:
    shipments = [shipment("1", "4", status="draft"), shipment("2", "6", status="void")]
    found = made(shipments=shipments)
    assert (found.stage, found.shipped, found.waybill) == ("ordered", 0, "")


def test_lines_of_other_orders_in_one_shipment_do_not_count() -> None:
    mine = shipment("1", "4")
    other = ShipmentLine(id="2", quantity=D(9), order_number="XS-2", material="M1")
    both = mine.model_copy(update={"lines": (*mine.lines, other)})
    assert made(shipments=[both]).shipped == 4


def test_a_shipment_that_names_only_order_and_material_is_for_that_line() -> None:
    part = ShipmentLine(id="1", quantity=D(6), order_number="XS-1", material="M2")
    one = shipment("1", "1").model_copy(update={"lines": (part,)})
    assert [each.shipped for each in made(shipments=[one]).lines] == [0, 6]


@pytest.mark.parametrize("turn", [1, -1])
def test_the_last_shipment_s_day_and_waybill_are_shown_in_whatever_order_they_come(
    turn: int,
) -> None:
    days = {"1": 1, "2": 4, "3": 4}
    shipments = [shipment(number, "1", on) for number, on in days.items()][::turn]
    found = made(shipments=shipments)
    assert (found.shipped_on, found.waybill) == (day(4), "W-3")


# -- invoiced and paid --------------------------------------------------------------------------


def invoice(amount: str, on: int, quantity: str = "0") -> Invoice:
    part = InvoiceLine(id="1", quantity=D(quantity), amount_with_tax=D(amount), order_line="row-l1")
    return Invoice(invoiced_on=day(on), amount_with_tax=D(amount), status="approved", lines=(part,))


def test_an_order_is_invoiced_on_the_day_on_which_its_amount_is_full_and_still_is() -> None:
    first, rest = invoice("60", 5, "4"), invoice("40", 7)
    assert made(invoices=[first]).invoiced_on is None
    found = made(invoices=[rest, first])
    assert (found.invoiced_on, found.invoiced) == (day(7), 4)
    red = invoice("-40", 9, "-1")
    found = made(invoices=[first, rest, red])
    assert (found.invoiced_on, found.invoiced) == (None, 3)
    assert made(invoices=[first, rest, red, invoice("40", 12)]).invoiced_on == day(12)


def payment(amount: str, on: int, kind: str = "ordinary", order: str = "XS-1") -> Payment:
    used = Allocation(order_number=order, amount=D(amount))
    return Payment(
        kind=kind, paid_on=day(on), amount=D(amount), status="approved", allocations=(used,)
    )


def test_an_order_is_paid_by_what_the_erp_says_was_paid_for_it() -> None:
    advance = payment("30", 2, "advance")
    assert made(payments=[advance, payment("70", 8, order="XS-2")]).paid_on is None
    assert made(payments=[advance, payment("70", 8)]).paid_on == day(8)
    assert made(payments=[advance, payment("70", 8), payment("1", 9, "refund")]).paid_on is None


# -- what is only estimated ---------------------------------------------------------------------


def test_each_milestone_says_how_it_was_found_and_the_order_the_weakest_of_all() -> None:
    anon = work("started", started_on=day(3), order_number="", order_line="", material="M2")
    serving = [*linked(ORDER, {"1": work("started", started_on=day(2))}),
               Serving("l2", "2", anon, D(6), "estimated")]  # fmt: skip
    found = made(serving=serving)
    assert [one.started_basis for one in found.lines] == ["linked", "estimated"]
    assert (found.started_on, found.started_basis, found.basis) == (
        day(2),
        "estimated",
        "estimated",
    )


def test_what_was_estimated_once_stays_told_and_gives_way_to_what_is_known() -> None:
    anon = work("started", started_on=day(3), order_number="", order_line="")
    first = made(serving=[Serving("l1", "2", anon, D(4), "estimated")])
    later = made(previous=first)
    assert (later.lines[0].started_on, later.lines[0].started_basis) == (day(3), "estimated")
    known = made(work("started", started_on=day(5)), previous=later)
    assert (known.lines[0].started_on, known.lines[0].started_basis) == (day(5), "linked")


def test_what_was_linked_and_is_taken_back_is_not_told_any_more() -> None:
    first = made(work("started", started_on=day(3)))
    assert made(work("released"), previous=first).lines[0].started_on is None
