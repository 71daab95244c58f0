"""Half of the production orders name no sales order; the salesperson is told all the same, marked.

Four orders of gear boxes (10, 20, 30, 40), wanted a week apart; nothing lies there. Each gets a
production order of its own, and only those of the first and the third say for whom they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.company.model import Stock
from tests.system.site import Site, opened, sold
from tests.system.test_insight import COMPANY

QUANTITIES = (10, 20, 30, 40)
MILESTONES = ("materials", "production_started", "produced", "inspected", "shipped")
NAMED, GUESSED = "单据", "预计"
PARTS = tuple(
    Stock(material=number, warehouse="CK01", quantity=Decimal(1000)) for number in ("M2", "M4")
)


class Shop:
    """The orders, and how their production goes."""

    def __init__(self, site: Site) -> None:
        self.site = site
        first = date(2027, 1, 4)
        self.orders = [
            site.order({**sold("M1", n), "delivery_date__c": str(first + timedelta(weeks=place))})
            for place, n in enumerate(QUANTITIES)
        ]
        site.sync()
        self.made = [
            site.in_erp(
                "make_production_order", material="M1", quantity=n,
                order_number=order if place % 2 == 0 else "", days=7 * (place + 1),
            )
            for place, (order, n) in enumerate(zip(self.orders, QUANTITIES, strict=True))
        ]  # fmt: skip
        self.look()

    def look(self) -> None:
        self.site.clock.advance(700)
        self.site.sync()

    def told(self, name: str) -> list[Any]:
        """What the CRM's orders say."""
        return [self.site.crm_order(order).get(f"erp_{name}__c") for order in self.orders]

    def produced(self) -> list[Decimal]:
        return [Decimal(quantity or 0) for quantity in self.told("produced")]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with opened(tmp_path, replace(COMPANY, stock=PARTS), whole=True) as site:
        site.flow("inspections", **{"object": "inspection", "from": "erp"})
        site.flow("margins", **{"object": "order_margin", "from": "hub", "to": "crm"})
        site.clock.go_on_to(9)
        yield Shop(site)


def test_every_order_reaches_every_milestone_and_says_which_are_estimated(shop: Shop) -> None:
    assert all(shop.told("materials_on"))
    shop.site.in_erp("advance_production", material="M1", to="started")
    shop.look()
    assert all(shop.told("production_started"))
    assert shop.told("basis") == [NAMED, GUESSED, NAMED, GUESSED]
    shop.site.in_erp("advance_production", material="M1", to="finished")
    shop.look()
    assert all(shop.told("produced_on"))
    assert shop.produced() == [10, 20, 30, 40]
    for number, quantity in zip(shop.made, QUANTITIES, strict=True):
        shop.site.in_erp("inspect", source=number, qualified=quantity)
    shop.look()
    assert all(shop.told("inspected_on"))
    for order in shop.orders:
        shop.site.in_erp("ship", order_number=order)
    shop.look()
    assert all(shop.told("shipped_on"))
    for name in ("materials_on", "production_started", "produced_on", "inspected_on"):
        assert all(shop.told(name)), f"{name} stays told when the goods have left"


def test_what_is_finished_counts_for_one_order_alone(shop: Shop) -> None:
    """5 pieces at a time, of all four at once: never more is told than was made."""
    made = Decimal(0)
    for _ in range(9):
        shop.site.in_erp("advance_production", material="M1", to="stocked", quantity=5)
        shop.look()
        rows = [b["FTreeEntity"][0] for b in shop.site.erp.records("PRD_MO")]
        finished = sum((row["FStockInQuaQty"] or 0 for row in rows), Decimal(0))
        assert made <= sum(shop.produced()) <= finished
        made = sum(shop.produced(), Decimal(0))
    assert shop.produced() == [10, 20, 30, 40]


def test_a_named_order_is_told_by_its_documents(shop: Shop) -> None:
    shop.site.in_erp("advance_production", order_number=shop.orders[0], to="finished")
    shop.look()
    assert shop.produced() == [10, 0, 0, 0]
    assert [bool(day) for day in shop.told("produced_on")] == [True, False, False, False]


def test_a_return_takes_back_what_was_told(shop: Shop) -> None:
    """40 for 452.00, without tax 400.00; 10 come back: 30 left for 300.00."""
    shop.site.in_erp("advance_production", material="M1", to="finished")
    shipment = shop.site.in_erp("ship", order_number=shop.orders[3])
    shop.look()
    order = shop.site.crm_order(shop.orders[3])
    assert [Decimal(order[f"erp_{n}__c"]) for n in ("shipped", "revenue", "margin")] == [
        40, 400, 120,
    ]  # fmt: skip
    shop.site.in_erp("take_back", shipment=shipment, quantity=10)
    shop.look()
    order = shop.site.crm_order(shop.orders[3])
    figures = [Decimal(order[f"erp_{n}__c"]) for n in ("shipped", "returned", "revenue", "margin")]
    assert figures == [30, 10, 300, 90]
