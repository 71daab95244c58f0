"""From two used systems to the second Monday: rehearse, pair, draw the line, observe, pilot, all.

Everything by commands and sheets. Nobody types SQL or edits a file that the product wrote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from connector import sheets
from connector.messages import set_language, word
from sandbox.ledger import Entry
from tests.system.site import BILL, PARTNER, ROWS, Site, opened, sold
from tests.system.used import ODD_UNITS, UNKNOWN_TERMS, Used, used

DELIVERING = ("customers", "orders", "stock", "delivery_status", "progress")
PRODUCT = "SM-040"
Row = dict[str, str]


@dataclass
class Weekend:
    """The site, the truth about it, and the people at work."""

    site: Site
    truth: Used
    directory: Path
    entered: list[str] = field(default_factory=list)
    """Orders that salespeople entered since then."""
    bills: dict[str, str] = field(default_factory=dict)
    """Orders by the bill that a clerk typed for them."""

    # -- the operator -----------------------------------------------------------------------

    def run(self, *words: str, code: int = 0) -> Any:
        """One command; what it said as JSON."""
        ran = self.site.cli(*words, "--json")
        assert ran.code == code, (words, ran.code, ran.out[-2000:], ran.err[-2000:])
        return ran.json

    def go(self, mode: str, **orders: Any) -> None:
        """Edit the configuration as the manual says."""
        with self.site.settings() as config:
            for name in DELIVERING:
                config["flows"][name]["mode"] = mode
            config["flows"]["orders"].update(orders)

    def match(self, object: str, decide: Callable[[Row], None] = lambda _: None) -> Any:
        """A sheet out, decisions in."""
        sheet = self.directory / f"{object}.xlsx"
        assert self.site.cli("match", object, "--out", str(sheet)).code in (0, 3)
        rows = sheets.read(sheet)
        for row in rows:
            decide(row)
        sheets.write(sheet, list(rows[0]), [list(row.values()) for row in rows])
        return self.run("match", object, "--in", str(sheet))

    def rehearse(self) -> dict[str, int]:
        """What would stop orders of a year, and how many each."""
        found = self.site.cli("plan", "orders", "--since", "365d", "--summary", "--json")
        assert found.code == (1 if found.json["causes"] else 0), found.err
        return {cause["words"]: cause["count"] for cause in found.json["causes"]}

    # -- people -----------------------------------------------------------------------------

    def enter(self, customer: str, person: str = "") -> str:
        """A salesperson enters an order in the CRM."""
        number = self.site.order(sold(PRODUCT, 3, "100.00"), customer=customer, owner=person)
        self.entered.append(number)
        return number

    def type(self, number: str, customer: str) -> None:
        """A clerk types it into the ERP, under the ERP's number, and audits it."""
        day = self.site.clock.now().date().isoformat()
        model = typed(self.truth.numbers[self.truth.doubles.get(customer, customer)], day)
        bill = str(self.site.in_erp("make_bill", model=model)["number"])
        self.site.in_erp("submit", number=bill)
        self.site.in_erp("audit", number=bill)
        self.bills[number] = bill

    # -- what stands there ------------------------------------------------------------------

    def written(self, since: tuple[int, int], form: str = "") -> list[Entry]:
        """What the connector committed in the ERP."""
        entries = [*self.site.erp.ledger][since[1] :]
        return [e for e in entries if e.kind == "commit" and e.by == "api" and form in ("", e.form)]

    def bills_of(self, number: str) -> int:
        """How many of the ERP's bills are this order: typed for it, or with our mark."""
        marked = {bill["FBillNo"] for bill in self.site.bills(number)}
        return len(marked | ({self.bills[number]} if number in self.bills else set()))


def typed(customer: str, day: str) -> dict[str, Any]:
    """What a clerk enters."""
    row = {
        "FMaterialId": {"FNumber": PRODUCT},
        "FUnitID": {"FNumber": "Pcs"},
        "FSettleOrgIds": {"FNumber": "100"},
        "FReserveType": "1",
        "FOUTLMTUNIT": "SAL",
        "FDeliveryDate": day,
        "FQty": 3,
        "FTaxPrice": 100,
        "FEntryTaxRate": 13,
        "FAllAmount": 300,
    }
    return {
        "FBillTypeID": {"FNUMBER": "XSDD01_SYS"},
        "FDate": day,
        "FSaleOrgId": {"FNumber": "100"},
        "FCustId": {"FNumber": customer},
        "FSalerId": {"FNumber": "YW001"},
        "FSaleOrderFinance": {"FSettleCurrId": {"FNumber": "PRE001"}},
        ROWS: [row],
    }


@pytest.fixture
def weekend(tmp_path: Path) -> Iterator[Weekend]:
    truth = used()
    with opened(tmp_path / "site", truth.crm, erp_company=truth.erp) as site:
        for number in truth.forbidden:
            site.in_erp("forbid", number=number)
        yield Weekend(site, truth, tmp_path)


def test_two_used_systems_go_live_without_a_double_and_without_fear(weekend: Weekend) -> None:
    set_language("en")
    site, truth = weekend.site, weekend.truth
    began = site.marks()
    _read_both_sides(weekend)
    _pair_customers(weekend)
    _rehearse_until_nothing_stops(weekend)
    _draw_the_line(weekend)
    _observe_a_week(weekend)
    assert weekend.written(began) == [], "the ERP was written to before going live"
    _pilot(weekend)
    _everybody(weekend)
    _nothing_is_doubled(weekend, began)
    _a_month_later(weekend)
    assert truth.crm.orders


def _read_both_sides(weekend: Weekend) -> None:
    weekend.go("observe", on_change=["edit", "unaudit"])
    weekend.site.flow("erp_orders", **{"object": "sales_order", "from": "erp", "every": "1h"})
    weekend.site.mapping("fxiaoke", "sales_order", ("      quantity: quantity\n",
                         "      quantity: quantity\n      unit: unit__c\n"))  # fmt: skip
    weekend.site.mapping("kingdee_galaxy", "sales_order", (
        "{from: material, link: material.sales_unit}", "{from: unit, map: kingdee_unit}"))
    values = weekend.site.directory / "mappings" / "values"
    values.mkdir(parents=True)
    (values / "kingdee_unit.yaml").write_text("pcs: Pcs\n", "utf-8")
    weekend.run("sync")


def _pair_customers(weekend: Weekend) -> None:
    """Sure: the same company. Not sure: a number that belongs to another one."""
    truth, proposed = weekend.truth, []

    def decide(row: Row) -> None:
        proposed.append(row)

    done = weekend.match("customer", decide)
    decision, number, there = (word("column", c, "en") for c in
                               ("decision", "source_number", "target_number"))  # fmt: skip
    sure = {row[number]: row[there] for row in proposed if row[decision]}
    wanted = {a: truth.numbers[truth.doubles.get(a, a)] for a in
              (*truth.numbers, *(d for d, first in truth.doubles.items()
                                 if first in truth.numbers))}  # fmt: skip
    assert sure == wanted
    assert done["owners"] + done["aliases"] == len(wanted)
    assert done["aliases"] == len(wanted) - len(truth.numbers)


def _rehearse_until_nothing_stops(weekend: Weekend) -> None:
    """The rehearsal names exactly what is missing, each with its count of orders."""
    site, truth = weekend.site, weekend.truth
    found = weekend.rehearse()
    print("\n".join(map(str, found.items())))
    for what, count in _missing(truth).items():
        assert [n for words, n in found.items() if what in words] == [count], (what, found)
    assert len(found) == len(_missing(truth)), found


def _missing(truth: Used) -> dict[str, int]:
    """What would stop orders, and how many of them."""
    counts: Counter[str] = Counter()
    silent = {p.crm_id: p for p in truth.crm.people if not p.erp_number}
    forbidden = set(truth.forbidden)
    for order in truth.crm.orders:
        if order.status not in ("normal", "under_review", "in_change"):
            continue
        counts.update({m for line in order.lines if (m := line.material) in truth.lost})
        counts.update({f'"{u}"' for line in order.lines if (u := line.unit) in ODD_UNITS})
        counts[silent[order.salesperson].name if order.salesperson in silent else ""] += 1
        counts[f'"{t}"' if (t := order.payment_terms) in UNKNOWN_TERMS else ""] += 1
        customer = truth.doubles.get(order.customer, order.customer)
        counts[order.customer if customer in forbidden else ""] += 1
    counts.pop("")
    return dict(counts)


def _draw_the_line(weekend: Weekend) -> None: ...
def _observe_a_week(weekend: Weekend) -> None: ...
def _pilot(weekend: Weekend) -> None: ...
def _everybody(weekend: Weekend) -> None: ...
def _nothing_is_doubled(weekend: Weekend, began: tuple[int, int]) -> None: ...
def _a_month_later(weekend: Weekend) -> None: ...
