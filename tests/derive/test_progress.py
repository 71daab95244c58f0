"""How far an order is, from the documents that name it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.derive.progress import progress
from connector.objects import OrderProgress

ORDER = {"number": "SO-1", "lines": [{"quantity": "4"}, {"quantity": "6"}]}


def made(*production: Any, shipments: Any = ()) -> OrderProgress:
    return progress("key", "XS-1", ORDER, production, shipments)


def shipment(number: str, quantity: str, day: str = "2026-03-01", **more: Any) -> dict[str, Any]:
    line = {"quantity": quantity, "order_number": "XS-1"}
    usual = {"shipped_on": day, "status": "approved", "waybill": f"W-{number}"}
    return {"number": number, "lines": [line], **usual, **more}


def work(status: str, finished: str = "0", **more: Any) -> dict[str, Any]:
    return {"status": status, "planned": "5", "finished": finished, **more}


def test_an_order_that_no_document_names_is_ordered() -> None:
    found = made()
    assert (found.stage, found.ordered, found.produced, found.shipped) == ("ordered", 10, 0, 0)


@pytest.mark.parametrize(
    ("states", "stage"),
    [
        (["planned"], "ordered"),
        (["released", "released"], "ordered"),
        (["released", "started"], "in_production"),
        (["planned", "finished"], "in_production"),
        (["finished", "closed"], "produced"),
    ],
)
def test_the_stage_follows_all_production_orders(states: list[str], stage: str) -> None:
    assert made(*map(work, states)).stage == stage


def test_what_is_finished_is_produced_and_the_rest_of_what_runs_is_in_production() -> None:
    found = made(work("started", "2"), work("released"), work("finished", "5"))
    assert (found.produced, found.in_production) == (7, 3)


def test_production_is_over_on_its_last_day_and_not_before_all_of_it_is() -> None:
    first = work("finished", finished_on="2026-03-02", started_on="2026-03-01")
    last = work("closed", finished_on="2026-03-05", started_on="2026-03-03")
    assert made(first, work("started")).produced_on is None
    found = made(first, last)
    assert (found.started_on, found.produced_on) == (date(2026, 3, 1), date(2026, 3, 5))


def test_shipments_add_up_to_part_and_whole() -> None:
    part = made(shipments=[shipment("1", "4")])
    assert (part.stage, part.shipped) == ("part_shipped", 4)
    whole = made(shipments=[shipment("1", "4"), shipment("2", "6")])
    assert (whole.stage, whole.shipped) == ("shipped", 10)


def test_freight_and_services_need_not_leave_the_warehouse() -> None:
    lines = [
        {"quantity": "4"},
        {"quantity": "1", "kind": "gift"},
        {"quantity": "1", "kind": "freight"},
        {"quantity": "2", "kind": "service"},
    ]
    found = progress("key", "XS-1", {"lines": lines}, [], [shipment("1", "5")])
    assert (found.ordered, found.stage) == (5, "shipped")


def test_only_what_has_left_counts() -> None:
    shipments = [shipment("1", "4", status="draft"), shipment("2", "6", status="void")]
    found = made(shipments=shipments)
    assert (found.stage, found.shipped, found.waybill) == ("ordered", 0, "")


def test_lines_of_other_orders_in_one_shipment_do_not_count() -> None:
    both = shipment("1", "4")
    both["lines"] = [*both["lines"], {"quantity": "9", "order_number": "XS-2"}]
    assert made(shipments=[both]).shipped == Decimal(4)


@pytest.mark.parametrize("turn", [1, -1])
def test_the_last_shipment_s_day_and_waybill_are_shown_in_whatever_order_they_come(
    turn: int,
) -> None:
    days = {"1": "2026-03-01", "2": "2026-03-04", "3": "2026-03-04"}
    shipments = [shipment(number, "1", day) for number, day in days.items()][::turn]
    found = made(shipments=shipments)
    assert (found.shipped_on, found.waybill) == (date(2026, 3, 4), "W-3")
