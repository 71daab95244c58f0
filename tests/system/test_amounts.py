"""Line 3: contracts to the fen, days as they are, and rows that clerks work on."""

from __future__ import annotations

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


def test_a_price_without_tax_times_the_rate_would_fail(booked: Site) -> None:
    """The usual rule, price * (1 + rate) of a two-place net price, misses the contract."""
    wrong = 0
    for order in CONTRACTS.orders:
        for row, one in zip(booked.rows(order.number), order.lines, strict=True):
            net = (one.price / (1 + one.tax_rate)).quantize(FEN, ROUND_HALF_UP)
            rule = (net * (1 + one.tax_rate) * one.quantity).quantize(FEN, ROUND_HALF_UP)
            wrong += rule != one.amount
            if not order.discount:
                assert row["FAllAmount"] == one.amount
    assert wrong > 100


def test_the_witness_finds_nothing_wrong(booked: Site) -> None:
    verdict = judge(booked.urls["crm"], booked.urls["erp"])
    assert verdict.ok, verdict
    assert verdict.arrived == len(CONTRACTS.orders)


def test_an_order_of_the_first_of_march_is_dated_so_wherever_the_daemon_runs(site: Site) -> None:
    zones = ("UTC", "America/Los_Angeles", "Asia/Shanghai")
    for zone in zones:
        number = site.order(order_time="2026-03-01", delivery_date="2026-04-01")
        site.clock.advance(2)
        ran = site.cli("sync", TZ=zone)
        assert ran.code == 0, ran.err
        assert site.bill(number)["FDate"] == "2026-03-01T00:00:00", zone
        assert site.rows(number)[0]["FDeliveryDate"] == "2026-04-01T00:00:00", zone


# -- what clerks do to rows ---------------------------------------------------------------------


@contextmanager
def worked_on(folder: Path, count: int) -> Iterator[Site]:
    """Bills of four lines, on which clerks insert (0), split (1) and delete (2) rows in turn."""
    lines = tuple(line(n, f"M{n}", 10 * n, f"{n}1.3{n}") for n in range(1, 5))
    amount = sum((one.amount for one in lines), Decimal(0))
    orders = [
        replace(company.order(n, today()), lines=lines, amount=amount, customer="C1")
        for n in range(count)
    ]
    with opened(folder, replace(SMALL, orders=tuple(orders))) as site:
        site.flow("orders", until="saved")
        site.sync()
        for n, one in enumerate(orders):
            number = site.bill(one.number)["FBillNo"]
            if n % 3 == 0:
                row = {**INSERTED, "FMaterialId": "M4" if n % 2 else "M1"}
                site.in_erp("insert_row", number=number, fields=row, position=1 + n % 5)
            elif n % 3 == 1:
                site.in_erp("split_row", number=number, quantity=5, seq=4)
            else:
                site.in_erp("delete_row", number=number, seq=4)
        yield site


@pytest.fixture
def few(tmp_path: Path) -> Iterator[Site]:
    """One such bill of each kind: SO-0000, SO-0001 and SO-0002."""
    with worked_on(tmp_path, 3) as site:
        yield site


@pytest.fixture(scope="module")
def fifty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Fifty, of each of which the CRM then changes the first line and drops the second."""
    with worked_on(tmp_path_factory.mktemp("fifty"), 50) as site:
        site.before = {n: site.rows(n) for n in site.orders()}  # type: ignore[attr-defined]
        for number in site.orders():
            site.in_crm("edit_line", fields={"quantity": "15"}, order=number, line_no=1)
            site.in_crm("drop_line", order=number, line_no=2)
        site.sync()
        yield site


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


INSERTING, SPLITTING, DELETING = range(3)


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


@pytest.mark.parametrize("kind", range(3), ids=["inserted", "split", "deleted"])
def test_changes_hit_the_right_rows_of_fifty_bills_beside_those_of_clerks(
    fifty: Site, kind: int
) -> None:
    numbers = [f"SO-{n:04}" for n in range(50) if n % 3 == kind]
    stopped = {failure["number"] for failure in fifty.app.failures("orders")}
    assert stopped & set(numbers) == set()
    rest = {INSERTING: [40], SPLITTING: [35, 5], DELETING: []}[kind]
    expected = {"M1": [15], "M3": [30], **({"M4": rest} if rest else {})}
    for number in numbers:
        rows = fifty.rows(number)
        assert by_material(rows) == {m: list(map(Decimal, q)) for m, q in expected.items()}
        before: dict[str, Any] = fifty.before  # type: ignore[attr-defined]
        assert clerks_rows(rows) == clerks_rows(before[number])
        assert len(clerks_rows(rows)) == (kind == INSERTING)


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
    few.in_crm("edit_line", fields={"quantity": "50"}, order="SO-0002", line_no=4)
    few.sync()
    assert few.delivery("SO-0002").reason == "conflict"
    assert "M4" not in by_material(few.rows("SO-0002"))


@pytest.mark.parametrize("kind", range(3), ids=["inserted", "split", "deleted"])
def test_a_new_line_is_added_behind_those_of_clerks(few: Site, kind: int) -> None:
    number = f"SO-000{kind}"
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
            site.in_erp("edit", number=bill["FBillNo"], fields={"FSaleDeptId": "BM000012"})
        before = site.marks()
        site.sync()
        site.clock.advance(3600)
        site.sync()
        assert site.written(before, BILL) == []
        for one in orders:
            site.in_crm("edit", number=one.number, fields={"remark": "木箱包装"})
        counts = site.sync()
        assert (counts["orders"]["conflicts"], counts["orders"]["written"]) == (0, 100)
        for bill in site.bills():
            assert bill["FSaleDeptId"] == {"FNumber": "BM000012"}
            assert bill["FNote"] == "木箱包装"


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
    number = site.order(sold("M1", 2), sold("M2", 3))
    site.sync()
    site.in_crm("drop_line", order=number, line_no=2)
    site.sync()
    rows = site.rows(number)
    assert [row["FMrpCloseStatus"] for row in rows] == ["A", "B"]
    assert [row["FQty"] for row in rows] == [2, 3]
    assert site.delivery(number).state == "in_sync"
