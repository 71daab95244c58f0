"""What only both sides together can tell, asked on the command line, over both sandboxes.

A gear box (M1, 11.30 with tax) is made of 2 bearings (M2) and half a kilo of sealing ring (M4);
100 gear boxes, 200 bearings and 400 kg of rings lie there.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.derive.reports import MONTH_COLUMNS
from sandbox.company.model import BomLine, Material, Supplier
from tests.system.company import MATERIALS, SMALL
from tests.system.site import Site, opened, sold, today

COSTS = {"M2": Decimal(3), "M4": Decimal(2)}
DAYS = {"M1": 5, "M2": 30, "M4": 3}


def made(material: Material) -> Material:
    cost, days = COSTS.get(material.number, Decimal(0)), DAYS.get(material.number, 0)
    return replace(material, standard_cost=cost, lead_days=days, supplier="S1")


COMPANY = replace(
    SMALL,
    materials=tuple(made(material) for material in MATERIALS),
    suppliers=(Supplier(number="S1", name="轴承厂"),),
    bom=(
        BomLine(parent="M1", component="M2", quantity=Decimal(2)),
        BomLine(parent="M1", component="M4", quantity=Decimal("0.5"), unit="Kg"),
    ),
)


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Site]:
    with opened(tmp_path, COMPANY, whole=True) as site:
        yield site


def ask(site: Site, *question: str) -> list[dict[str, Any]]:
    found = site.cli("insight", *question, "--json")
    assert found.code == 0, found.err
    return list(json.loads(found.out)["records"])


def test_what_can_be_built_and_what_is_short_in_order_of_urgency(firm: Site) -> None:
    """100 lie there. 250 wanted: 150 to make, 200 bearings make 100. Then nothing is left."""
    first = firm.order(sold("M1", 250))
    second = firm.order(sold("M1", 10))
    firm.sync()
    whole, rest = ask(firm, "kitting")
    assert (whole["from_stock"], whole["buildable"], whole["complete"]) == ("100", "100", False)
    assert [(s["number"], s["short"]) for s in whole["shortages"]] == [("M2", "100")]
    assert (rest["from_stock"], rest["buildable"]) == ("0", "0")
    assert rest["shortages"][0]["taken_by"][0]["record"] == whole["record"]
    [alone] = ask(firm, "kitting", second, "--alone")
    assert (alone["from_stock"], alone["complete"]) == ("10", True)
    shown = firm.cli("insight", "kitting", lang="zh")
    assert first in shown.out
    assert "齐套" in shown.out


def test_what_should_be_bought_and_made_and_for_whom(firm: Site) -> None:
    """250 less 100 in stock: make 150, which takes 300 bearings: buy 100."""
    firm.order(sold("M1", 250))
    firm.sync()
    found = {one["number"]: one["suggestions"] for one in ask(firm, "requirements")}
    assert {number: [s["quantity"] for s in some] for number, some in found.items()} == {
        "M1": ["150"], "M2": ["100"],
    }  # fmt: skip
    assert [peg["kind"] for peg in found["M2"][0]["pegs"]] == ["suggestion"]
    bearings = [peg["record"] for peg in found["M2"][0]["pegs"]]
    assert bearings == [found["M1"][0]["id"]]


def test_what_comes_too_late_is_to_be_brought_forward(firm: Site) -> None:
    """250 gear boxes are wanted today: of the 300 bearings for 150 of them 100 come next year."""
    firm.order(sold("M1", 250))
    firm.sync()
    firm.in_erp("order_purchase", material="M2", quantity=150, due_on="2027-01-15")
    firm.sync()
    assert [one["number"] for one in ask(firm, "requirements") if one.get("suggestions")] == ["M1"]
    [bearings] = ask(firm, "late")
    assert [(one["expected_on"], one["quantity"]) for one in bearings["late"]] == [
        ("2027-01-15", "100"),
    ]  # fmt: skip
    shown = firm.cli("insight", "late", lang="zh").out
    assert "2027-01-15" in shown


def test_what_is_on_order_can_be_promised_from_its_day_on(firm: Site) -> None:
    firm.order(sold("M2", 180))
    firm.sync()
    firm.in_erp("order_purchase", material="M2", quantity=50, due_on="2027-01-15")
    firm.sync()
    [found] = ask(firm, "availability", "M2")
    assert (found["available"], found["promises"]) == (
        "20",
        [{"on": "2027-01-15", "quantity": "70"}],
    )
    assert found["lead_time_days"] == 30


def test_a_quote_rolls_the_cost_up_and_names_what_nobody_knows(firm: Site) -> None:
    """2 × 3 + 0.5 × 2 = 7.00; at a margin of 30 %: 10.00; with 13 % tax: 11.30."""
    firm.sync()
    [found] = ask(firm, "quote", "M1", "--margin", "0.3", "--tax", "0.13")
    assert [Decimal(found[name]) for name in ("cost", "price", "price_with_tax")] == [
        Decimal(7), Decimal(10), Decimal("11.3"),
    ]  # fmt: skip
    [unknown] = ask(firm, "quote", "M3")
    assert "cost" not in unknown


def test_an_order_s_goods_invoices_and_money_are_followed_to_the_end(firm: Site) -> None:
    """10 gear boxes for 113.00; 7.00 each to make: revenue 100.00, margin 30.00. 2 come back."""
    number = firm.order(sold("M1", 10))
    firm.sync()
    bill = firm.bill(number)["FBillNo"]
    firm.in_erp("ship", order_number=bill)
    [shipment] = [one["FBillNo"] for one in firm.erp.records("SAL_OUTSTOCK")]
    firm.sync()
    [flows] = ask(firm, "flows", "--differing")
    assert [Decimal(flows[name]) for name in ("shipped", "uninvoiced")] == [113, 113]
    [margin] = ask(firm, "margin", number)
    assert [Decimal(margin[name]) for name in ("revenue", "cost", "margin")] == [100, 70, 30]
    assert margin["basis"] == "estimated"
    debt = firm.in_erp("book_receivable", document=shipment)
    firm.in_erp("invoice", receivable=debt)
    firm.in_erp("take_payment", amount=113, receivable=debt)
    firm.sync()
    assert ask(firm, "flows", "--differing") == []
    [told] = [one for one in ask(firm, "standing") if one.get("payment_days") is not None]
    assert "receivable" not in told  # nothing is owed any more
    assert reported(firm) == {"ordered": 113, "shipped": 113, "invoiced": 113, "received": 113}
    firm.in_erp("take_back", shipment=shipment, quantity=2)
    firm.sync()
    assert reported(firm)["shipped"] == Decimal("90.4")
    [margin] = ask(firm, "margin", number)
    assert Decimal(margin["revenue"]) == 80
    [flows] = ask(firm, "flows", "--differing")
    assert Decimal(flows["uninvoiced"]) == Decimal("-22.6")


def reported(site: Site) -> dict[str, Decimal]:
    """What the report tells of this month's sales by the one salesperson."""
    found = site.cli("report", "sales", "--json")
    assert found.code == 0, found.err
    mine = [one for one in json.loads(found.out)["rows"] if one["salesperson"] != "total"]
    assert {one["salesperson"] for one in mine} == {"张三"}
    return {one["figure"]: Decimal(one[MONTH_COLUMNS[today().month - 1]]) for one in mine}


def test_reports_are_shown_and_written_as_sheets(firm: Site) -> None:
    waiting = firm.order(sold("M1", 10))
    site = firm.cli("report", "backlog")
    assert "There is nothing to show yet" in site.out
    firm.sync()
    assert firm.bill(waiting)
    shown = firm.cli("report", "backlog")
    assert "113.00" in shown.out
    sheet = firm.directory / "sales.xlsx"
    assert "sales.xlsx is written: 2 rows" in firm.cli("report", "sales", "--out", str(sheet)).out
    assert sheet.stat().st_size
    assert firm.cli("report", "overdue").code == 0
    wrong = firm.cli("report", "salaries")
    assert wrong.code == 1
    assert "sales, backlog, overdue, on_time" in wrong.err


def test_what_orders_earn_is_added_up_by_what_they_have_in_common(firm: Site) -> None:
    for line in (sold("M1", 10), sold("M1", 5)):
        number = firm.order(line)
        firm.sync()
        firm.in_erp("ship", order_number=firm.bill(number)["FBillNo"])
    firm.sync()
    for by in ("customer", "customer_group", "material", "product_line", "salesperson", "project"):
        [group] = ask(firm, "margin", "--by", by)
        assert [Decimal(group[name]) for name in ("revenue", "cost")] == [150, 105], by
    [material] = ask(firm, "margin", "--by", "material")
    [salesperson] = ask(firm, "margin", "--by", "salesperson")
    [month] = ask(firm, "margin", "--by", "month")
    assert (material["group"], salesperson["group"]) == ("M1", "YW001")
    assert (month["group"], month["rate"]) == (f"{today():%Y-%m}", "0.3000")


def test_answers_come_as_csv_and_say_how_old_they_are(firm: Site) -> None:
    firm.order(sold("M1", 250))
    firm.sync()
    table = firm.cli("insight", "requirements", "--csv").out
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["number"] for row in rows] == ["M1", "M2"]
    shown = firm.cli("insight", "requirements")
    assert "From what was read after" in shown.out
    firm.clock.advance(3 * 86_400)
    assert "Read long ago" not in firm.cli("insight", "requirements").out


@pytest.mark.parametrize(
    ("question", "code", "words"),
    [
        (("quote", "nope"), 1, "nope"),
        (("kitting", "nope"), 1, "nope"),
        (("kitting", "--material", "M1", "--quantity", "none"), 2, "--quantity"),
        (("kitting", "--material", "M1", "--alone"), 2, "--alone"),
        (("quote", "M1", "--margin", "2"), 2, "--margin"),
        (("margin", "--by", "weather"), 2, "product_line"),
        (("margin", "SO-1", "--by", "month"), 2, "--by"),
    ],
)
def test_wrong_questions_are_answered_in_one_sentence(
    firm: Site, question: tuple[str, ...], code: int, words: str
) -> None:
    firm.sync()
    found = firm.cli("insight", *question)
    assert (found.code, found.err.count("\n")) == (code, 1)
    assert words in found.err


def test_without_an_input_that_is_needed_the_answer_is_refused(firm: Site) -> None:
    with firm.settings() as settings:
        del settings["flows"]["boms"]
    firm.sync()
    found = firm.cli("insight", "kitting")
    assert found.code == 1
    assert "bom" in found.err
