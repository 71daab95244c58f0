"""A real company's 56,046 order lines, where its data lies beside the project."""

from __future__ import annotations

from decimal import Decimal

import pytest

from benchmarks.adventureworks import FOLDER, OPENING, adventureworks
from connector.derive.kitting import Kitter
from connector.derive.model import Model
from connector.derive.requirements import Planner
from connector.derive.structure import Structures

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no data in {FOLDER}")


@pytest.fixture(scope="module")
def company() -> Model:
    return adventureworks()


def test_every_line_is_looked_at_and_nothing_is_taken_twice(company: Model) -> None:
    kitter = Kitter(company, Structures(company, OPENING))
    lines = [one for rows in company.demands.values() for one in rows.values()]
    kits = list(kitter.sequence(lines))
    assert len(kits) == 56_046
    for material in company.all():
        there = sum(row.quantity for row in company.stock.get(material, ()))
        taken = sum(taking.quantity for taking in kitter.takings(material))
        finished = sum(kit.from_stock for kit in kits if kit.demand.material == material)
        assert finished <= taken <= there


def test_what_is_planned_covers_what_is_wanted_to_the_piece(company: Model) -> None:
    """Without lot rules and receipts, what is planned is what is wanted and not there."""
    planner = Planner(company, OPENING)
    assert planner.structures.cycles() == []
    for material in company.all():
        item = planner.item(material)
        planned = sum((one.quantity for one in planner.plans.get(material, ())), Decimal(0))
        stock = sum(row.quantity for row in company.stock.get(material, ()))
        wanted = planner.gross(material) + item.safety_stock - stock
        assert planned == max(wanted, item.safety_stock - stock, Decimal(0))
    assert list(planner.unmade()) == ["FR-R92B-62"]
