"""Line 3: contracts to the fen, days as they are, and rows that clerks work on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.company import generate
from sandbox.company.model import Company
from sandbox.witness import judge
from tests.system import company
from tests.system.company import SMALL, line
from tests.system.site import BILL, ROWS, Site, opened, sold, today

FEN = Decimal("0.01")


def contracts() -> Company:
    """Generated orders in yuan, all confirmed, of open periods and of customers that are new."""
    demo = generate.demo(seed=5, orders=420, customers=100, people=6, made=0)
    assert demo.closed_before is not None
    orders = tuple(
        replace(order, status="normal", locked=False, salesperson="1001")
        for order in demo.orders
        if order.order_date >= demo.closed_before
    )
    known = {order.customer for order in orders}
    customers = tuple(
        replace(c, erp_number="", salesperson="1001") for c in demo.customers if c.number in known
    )
    return replace(demo, orders=orders, customers=customers, work_orders=())


CONTRACTS = contracts()


@pytest.fixture(scope="module")
def booked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """All contracts carried; for looking only."""
    with opened(tmp_path_factory.mktemp("booked"), CONTRACTS) as site:
        site.sync()
        yield site


def cents(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(FEN, ROUND_HALF_UP)


def test_the_contracts_have_discounts_roundings_gifts_and_tax(booked: Site) -> None:
    assert len(CONTRACTS.orders) > 40
    assert any(order.discount > 1 for order in CONTRACTS.orders)
    assert any(0 < order.discount < 1 for order in CONTRACTS.orders)
    assert any(one.kind == "gift" for order in CONTRACTS.orders for one in order.lines)
    assert any(one.kind == "freight" for order in CONTRACTS.orders for one in order.lines)
    assert {o.tax_rate for order in CONTRACTS.orders for o in order.lines} == {Decimal("0.13")}


def test_every_header_is_the_contract_s_amount_to_the_fen(booked: Site) -> None:
    for order in CONTRACTS.orders:
        assert booked.bill(order.number)["FBillAllAmount"] == order.amount


def test_every_line_is_the_contract_s_to_the_fen_less_its_share_of_the_discount(
    booked: Site,
) -> None:
    for order in CONTRACTS.orders:
        rows = booked.rows(order.number)
        gross = sum(one.amount for one in order.lines)
        assert len(rows) == len(order.lines)
        assert sum(row["FAllAmount"] for row in rows) == order.amount
        for row, one in zip(rows, order.lines, strict=True):
            share = order.discount * one.amount / gross
            assert row["FQty"] == one.quantity
            assert row["FMaterialId"]["FNumber"] == one.material
            assert abs(row["FAllAmount"] - (one.amount - share)) < FEN
            if not order.discount:
                assert (row["FAllAmount"], row["FTaxPrice"]) == (one.amount, one.price)


def test_amount_and_tax_make_up_each_line(booked: Site) -> None:
    for bill in booked.bills():
        for row in bill[ROWS]:
            assert row["FAmount"] + row["FTaxAmount"] == row["FAllAmount"]
            assert row["FTaxRate"] == 13


def test_gifts_are_free_and_marked_as_gifts(booked: Site) -> None:
    gifts = [
        row
        for order in CONTRACTS.orders
        for row, one in zip(booked.rows(order.number), order.lines, strict=True)
        if one.kind == "gift"
    ]
    assert gifts
    assert {(row["FIsFree"], row["FAllAmount"]) for row in gifts} == {(True, Decimal(0))}


def test_a_net_price_times_the_rate_misses_contracts_and_no_such_bill_is_audited(
    tmp_path: Path,
) -> None:
    """The usual rule: a two-place price without tax, to which the ERP adds the tax."""
    with opened(tmp_path, CONTRACTS) as site:
        site.mapping(
            "kingdee_galaxy",
            "sales_order",
            (
                "FTaxPrice:             {from: net_price, scale: price}",
                "FPrice: {expr: net_price / (1 + tax_rate), scale: 2}",
            ),
            ("      FAllAmount:            {from: net_amount, scale: money, tolerance: 0}", "#"),
        )
        site.sync()
        wrong = [
            order.number
            for order in CONTRACTS.orders
            if site.bill(order.number)["FBillAllAmount"] != order.amount
        ]
        assert len(wrong) > 40
        assert {site.bill(number)["FDocumentStatus"] for number in wrong} == {"A"}
        assert {failure["number"] for failure in site.app.failures("orders")} == set(wrong)


def test_the_witness_finds_nothing_wrong(booked: Site) -> None:
    verdict = judge(booked.urls["crm"], booked.urls["erp"])
    assert verdict.ok, verdict
    assert verdict.arrived == len(CONTRACTS.orders)


ZONES = ("UTC", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Shanghai")


@contextmanager
def living_in(zone: str) -> Iterator[None]:
    """This process believes to be in that zone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        yield
    time.tzset()


def check_days(site: Site, number: str) -> None:
    assert site.bill(number)["FDate"] == "2026-03-01T00:00:00"
    assert site.rows(number)[0]["FDeliveryDate"] == "2026-04-01T00:00:00"


@pytest.mark.parametrize("zone", ZONES)
def test_an_order_of_the_first_of_march_is_dated_so_wherever_the_connector_runs(
    site: Site, zone: str
) -> None:
    with living_in(zone):
        number = site.order(order_time="2026-03-01", delivery_date="2026-04-01")
        site.sync()
        check_days(site, number)
        site.in_crm("edit", number=number, fields={"order_time": "2026-03-01"})
        site.sync()
        assert site.app.failures() == []


def test_a_process_in_another_zone_dates_orders_the_same(site: Site) -> None:
    number = site.order(order_time="2026-03-01", delivery_date="2026-04-01")
    site.clock.advance(2)
    ran = site.cli("sync", TZ="America/Los_Angeles")
    assert ran.code == 0, ran.err
    check_days(site, number)


# -- what clerks do to rows ---------------------------------------------------------------------


@contextmanager
def with_bills(folder: Path, count: int) -> Iterator[Site]:
    """Bills of four lines that our side only saved: 10 M1, 20 M2, 30 M3 and 40 M4."""
    lines = tuple(line(n, f"M{n}", 10 * n, f"{n}1.3{n}") for n in range(1, 5))
    amount = sum((one.amount for one in lines), Decimal(0))
    orders = [
        replace(company.order(n, today()), lines=lines, amount=amount, customer="C1")
        for n in range(count)
    ]
    with opened(folder, replace(SMALL, orders=tuple(orders))) as site:
        site.flow("orders", until="saved")
        site.sync()
        yield site


INSERTS, SPLITS, DELETES = 1, 2, 4


def work_on(site: Site, order: str, does: int, position: int = 1, material: str = "M1") -> None:
    """A clerk inserts a row, splits five off M4, deletes M3, or several of these."""
    number = site.bill(order)["FBillNo"]
    if does & INSERTS:
        row = {**INSERTED, "FMaterialId": material}
        site.in_erp("insert_row", number=number, fields=row, position=position)
    if does & SPLITS:
        site.in_erp("split_row", number=number, quantity=5, seq=place_of(site, order, "M4"))
    if does & DELETES:
        site.in_erp("delete_row", number=number, seq=place_of(site, order, "M3"))


def place_of(site: Site, order: str, material: str) -> int:
    """Where our row of a material stands."""
    rows = [row for row in site.rows(order) if row.get("FEntryNote") != "clerk"]
    return next(row["FSeq"] for row in rows if row["FMaterialId"]["FNumber"] == material)


ONE_EACH = {"SO-0000": INSERTS, "SO-0001": SPLITS, "SO-0002": DELETES}


@pytest.fixture
def few(tmp_path: Path) -> Iterator[Site]:
    """A bill with an inserted row, one with a split row and one with a deleted row."""
    with with_bills(tmp_path, 3) as site:
        for number, does in ONE_EACH.items():
            work_on(site, number, does)
        yield site


FIFTY = {f"SO-{n:04}": n % 7 + 1 for n in range(50)}
"""What the clerks do to each: every mixture of the three."""


@pytest.fixture(scope="module")
def fifty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Any]]:
    """Fifty, of each of which the CRM then changes the first line and drops the second; and the
    rows as the clerks left them."""
    with with_bills(tmp_path_factory.mktemp("fifty"), 50) as site:
        for n, (number, does) in enumerate(FIFTY.items()):
            work_on(site, number, does, 1 + n % 5, "M4" if n % 2 else "M1")
        before = {number: site.rows(number) for number in FIFTY}
        for number in FIFTY:
            site.in_crm("edit_line", fields={"quantity": "15"}, order=number, line_no=1)
            site.in_crm("drop_line", order=number, line_no=2)
        site.sync()
        yield site, before


INSERTED = {
    "FUnitID": "Pcs",
    "FPriceUnitId": "Pcs",
    "FStockUnitID": "Pcs",
    "FSettleOrgIds": "100",
    "FReserveType": "1",
    "FOUTLMTUNIT": "SAL",
    "FDeliveryDate": "2026-12-24",
    "FQty": 3,
    "FEntryTaxRate": 13,
    "FTaxPrice": 1,
    "FEntryNote": "clerk",
}


def clerks_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Inserted rows, whatever their position is now."""
    return [{**row, "FSeq": 0} for row in rows if row.get("FEntryNote") == "clerk"]


def by_material(rows: list[dict[str, Any]]) -> dict[str, list[Decimal]]:
    """Quantities of our rows and of those that clerks split off."""
    found: dict[str, list[Decimal]] = {}
    for row in rows:
        if row.get("FEntryNote") != "clerk":
            found.setdefault(row["FMaterialId"]["FNumber"], []).append(row["FQty"])
    return found


@pytest.mark.parametrize("does", range(1, 8))
def test_changes_hit_the_right_rows_of_fifty_bills_beside_those_of_clerks(
    fifty: tuple[Site, Any], does: int
) -> None:
    site, before = fifty
    numbers = [number for number, done in FIFTY.items() if done == does]
    assert len(numbers) >= 7
    stopped = {failure["number"] for failure in site.app.failures("orders")}
    assert stopped & set(numbers) == set()
    expected = {"M1": [15], "M3": [30], "M4": [35, 5] if does & SPLITS else [40]}
    if does & DELETES:
        del expected["M3"]
    for number in numbers:
        rows = site.rows(number)
        assert by_material(rows) == {m: list(map(Decimal, q)) for m, q in expected.items()}
        assert clerks_rows(rows) == clerks_rows(before[number])
        assert len(clerks_rows(rows)) == (1 if does & INSERTS else 0)
        assert site.delivery(number).state == "in_sync"


def test_what_clerks_did_to_rows_alone_makes_no_write(few: Site) -> None:
    before = few.marks()
    few.sync()
    few.clock.advance(3600)
    few.sync()
    assert few.written(before, BILL) == []
    assert few.app.failures() == []


def test_a_quantity_of_a_split_line_keeps_the_piece_that_was_split_off(few: Site) -> None:
    few.in_crm("edit_line", fields={"quantity": "50"}, order="SO-0001", line_no=4)
    few.sync()
    assert by_material(few.rows("SO-0001"))["M4"] == [Decimal(45), Decimal(5)]


def test_a_line_that_a_clerk_deleted_is_not_made_again_but_a_change_of_it_is_a_conflict(
    few: Site,
) -> None:
    few.in_crm("edit_line", fields={"quantity": "50"}, order="SO-0002", line_no=3)
    few.sync()
    assert few.delivery("SO-0002").reason == "conflict"
    assert "M3" not in by_material(few.rows("SO-0002"))


def test_a_dropped_line_whose_row_was_split_is_left_to_people(few: Site) -> None:
    few.in_crm("drop_line", order="SO-0001", line_no=4)
    few.sync()
    assert few.delivery("SO-0001").reason == "conflict"
    assert by_material(few.rows("SO-0001"))["M4"] == [Decimal(35), Decimal(5)]


@pytest.mark.parametrize("number", ONE_EACH)
def test_a_new_line_is_added_behind_those_of_clerks(few: Site, number: str) -> None:
    few.in_crm("add_line", order=number, product="M2", quantity=7, price="21.32")
    few.sync()
    assert by_material(few.rows(number))["M2"] == [Decimal(20), Decimal(7)]
    assert few.delivery(number).state == "in_sync"


def test_a_field_written_once_belongs_to_the_clerks_on_a_hundred_bills(tmp_path: Path) -> None:
    orders = tuple(company.order(n, today()) for n in range(1, 101))
    with opened(tmp_path, replace(SMALL, orders=orders)) as site:
        site.flow("orders", until="saved")
        site.sync()
        for bill in site.bills():
            number = bill["FBillNo"]
            assert bill[ROWS][0]["FReserveType"] == "1"
            site.in_erp("edit", number=number, fields={"FSaleDeptId": "BM000012"})
            site.in_erp("edit_row", number=number, seq=1, fields={"FReserveType": "3"})
        before = site.marks()
        site.sync()
        site.clock.advance(3600)
        site.sync()
        assert site.written(before, BILL) == []
        for one in orders:
            site.in_crm("edit", number=one.number, fields={"remark": "木箱包装"})
            site.in_crm("edit_line", order=one.number, line_no=1, fields={"quantity": "9"})
        counts = site.sync()
        assert (counts["orders"]["conflicts"], counts["orders"]["written"]) == (0, 100)
        for bill in site.bills():
            assert bill["FSaleDeptId"] == {"FNumber": "BM000012"}
            assert bill[ROWS][0]["FReserveType"] == "3"
            assert bill["FNote"] == "木箱包装"
        assert site.app.reconcile("orders") == []


def test_a_price_that_a_clerk_changed_stands_when_something_else_is_delivered(saved: Site) -> None:
    number = saved.order(sold("M1", 2), sold("M2", 3))
    saved.sync()
    bill = saved.bill(number)["FBillNo"]
    saved.in_erp("edit_row", number=bill, seq=1, fields={"FTaxPrice": "10"})
    saved.in_crm("edit", number=number, fields={"remark": "木箱包装"})
    saved.sync()
    assert saved.bill(number)["FNote"] == "木箱包装"
    assert [row["FTaxPrice"] for row in saved.rows(number)] == [10, Decimal("11.3")]
    assert saved.app.failures() == []


def test_a_line_dropped_from_an_audited_bill_is_closed_there(site: Site) -> None:
    site.flow("orders", on_change=["edit", "ask"])
    number = site.order(sold("M1", 2), sold("M2", 3))
    site.sync()
    site.in_crm("drop_line", order=number, line_no=2)
    site.sync()
    rows = site.rows(number)
    assert [row["FMrpCloseStatus"] for row in rows] == ["A", "B"]
    assert [row["FQty"] for row in rows] == [2, 3]
    assert site.delivery(number).state == "in_sync"
