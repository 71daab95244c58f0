"""What flows back, from a server that a factory has used: nothing multiplied, nothing missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from galaxy_site import Site, connected, order, row

from connector.contract import Record
from connector.mapping.load import Values, load
from connector.mapping.reading import Reader
from sandbox.company.generate import demo
from sandbox.kingdee_galaxy import KingdeeGalaxySandbox
from sandbox.server import start

ROOT = Path(__file__).parents[3] / "mappings"
ZERO = Decimal(0)


def reader_of(name: str) -> Reader:
    mapping = load(ROOT / "kingdee_galaxy" / f"{name}.yaml", Values([ROOT / "values"]))
    return Reader(mapping, ZoneInfo("Asia/Shanghai"))


def read(site: Site, name: str) -> dict[str, Any]:
    """All records of an object, by key."""
    reader = reader_of(name)
    pages = site.erp.read(reader.shape, None)
    return {record.key: reader(record) for page in pages for record in page.records}


def fetched(site: Site, name: str, key: str) -> tuple[Record, Any]:
    reader = reader_of(name)
    (record,) = site.erp.fetch(reader.shape, [key])
    return record, reader(record)


@pytest.fixture(scope="module")
def factory() -> Iterator[Site]:
    """The generated company, which has a year of purchases, orders and payments behind it."""
    server = KingdeeGalaxySandbox(demo())
    url, stop = start(server)
    site = Site(server, url, connected(server, url))
    yield site
    site.erp.close()
    site.erp.http.close()  # type: ignore[attr-defined]
    stop()


def test_a_year_of_documents_is_read(factory: Site) -> None:
    names = (
        "supplier warehouse bom purchase_requisition purchase_order goods_receipt "
        "production_receipt production_order shipment goods_return invoice ordinary_invoice "
        "receivable payable payment refund credit price_list customer_material inspection "
        "production_cost sales_order stock_move"
    )
    assert [name for name in names.split() if not read(factory, name)] == []


def test_boms_reach_down_three_levels_and_name_materials_that_are_read(factory: Site) -> None:
    materials = read(factory, "material")
    boms = {bom.material: bom for bom in read(factory, "bom").values()}
    used = {line.component for bom in boms.values() for line in bom.lines}
    assert boms.keys() | used <= materials.keys()

    def depth(material: str) -> int:
        below = boms[material].lines if material in boms else ()
        return max((1 + depth(line.component) for line in below), default=0)

    assert max(map(depth, boms)) == 3


def test_a_bom_asks_for_what_is_picked_with_its_scrap(site: Site) -> None:
    made = site.people("make_production_order", material="M-100", quantity=7)
    site.people("pick", production_order=made)
    (bom,) = read(site, "bom").values()
    picked = site.server.records("PRD_PickMtrl")[0]["FEntity"][0]["FActualQty"]
    (line,) = bom.lines
    assert picked == 7 * line.quantity / line.per == Decimal("4.375")


def test_what_production_took_is_told_row_by_row(site: Site) -> None:
    made = site.people("make_production_order", material="M-100", quantity=7)
    site.people("pick", production_order=made)
    (move,) = read(site, "stock_move").values()
    assert (move.quantity, move.kind) == (-Decimal("4.375"), "picking")


def test_a_suppliers_copies_are_not_suppliers(factory: Site) -> None:
    suppliers = read(factory, "supplier")
    assert len(suppliers) == 8
    bought = [one for one in read(factory, "material").values() if one.supplier]
    assert {one.supplier for one in bought} == suppliers.keys()
    assert {one.supplier for one in read(factory, "purchase_order").values()} <= suppliers.keys()


def test_half_of_the_production_orders_before_go_live_name_no_order(factory: Site) -> None:
    made = [one for one in read(factory, "production_order").values() if one.number < "MO000161"]
    assert sum(bool(one.order_number) for one in made) * 2 == len(made)


def test_debts_are_what_their_parts_say(factory: Site) -> None:
    for name in ("receivable", "payable"):
        for debt in read(factory, name).values():
            assert sum((due.amount for due in debt.dues), ZERO) == debt.amount_with_tax
    debts = {one.number: one for one in read(factory, "receivable").values()}
    assert [len(debt.dues) for debt in debts.values()].count(2) == 2
    paid: dict[str, Decimal] = {}
    for name, sign in (("payment", 1), ("refund", -1)):
        for payment in read(factory, name).values():
            for part in payment.allocations:
                paid[part.receivable] = paid.get(part.receivable, ZERO) + part.amount * sign
    settled = {n: sum((due.settled for due in d.dues), ZERO) for n, d in debts.items()}
    assert {number: amount for number, amount in settled.items() if amount} == {
        number: amount for number, amount in paid.items() if number
    }


def test_payments_are_advances_ordinary_or_allocated_to_nothing(factory: Site) -> None:
    payments = list(read(factory, "payment").values())
    advances = [one for one in payments if one.kind == "advance"]
    assert [part.order_number for one in advances for part in one.allocations] == ["XSDD900003"]
    assert [one.amount for one in payments if not one.allocations] == [1000]
    assert [one.kind for one in read(factory, "refund").values()] == ["refund"]


def test_a_red_invoice_names_its_blue_one_and_subtracts(factory: Site) -> None:
    invoices = {one.number: one for one in read(factory, "invoice").values()}
    (red,) = [one for one in invoices.values() if one.red]
    blue = invoices[red.blue_number]
    assert len(red.number) == 20
    assert red.amount_with_tax < 0 < red.amount_with_tax + blue.amount_with_tax
    for one in invoices.values():
        assert sum((line.amount_with_tax for line in one.lines), ZERO) == one.amount_with_tax
        assert sum((line.tax for line in one.lines), ZERO) == one.tax


def test_orders_show_what_left_came_back_and_was_invoiced(factory: Site) -> None:
    orders = {one.number: one for one in read(factory, "sales_order").values()}
    sums = {
        number: tuple(
            sum((getattr(line, name) for line in one.lines), ZERO)
            for name in ("shipped", "returned", "invoiced")
        )
        for number, one in orders.items()
    }
    left: dict[str, Decimal] = {}
    for shipment in read(factory, "shipment").values():
        for line in shipment.lines:
            left[line.order_number] = left.get(line.order_number, ZERO) + line.quantity
    assert {number: shipped for number, (shipped, _, _) in sums.items()} == left
    returned, replaced = sums["XSDD900002"], sums["XSDD900005"]
    assert (returned[1], returned[0] - returned[2]) == (1, 1)
    assert replaced[1] == 1
    backs = sorted(one.replace for one in read(factory, "goods_return").values())
    assert backs == [False, True]


# -- sums beside tables ------------------------------------------------------------------------


def two_purposes(site: Site, *purposes: str) -> str:
    """A payment of several rows that settles two receivables."""
    site.erp.write(order("N1", row(FQty=Decimal(20))))
    debts = [
        site.people("book_receivable", document=site.people("ship", order_number="N1", quantity=q))
        for q in (5, 15)
    ]
    model = {
        "FBillTypeID": "SKDLX01_SYS", "FCONTACTUNIT": "C0007", "FPAYUNIT": "C0007",
        "FCURRENCYID": "PRE001", "FSETTLECUR": "PRE001", "FPAYORGID": "100", "FDATE": "2026-03-21",
        "FRECEIVEBILLENTRY": [
            {"FSETTLETYPEID": "JSFS04_SYS", "FPURPOSEID": {"FNumber": purpose},
             "FRECTOTALAMOUNTFOR": 113, "FREALRECAMOUNTFOR_D": 113}
            for purpose in purposes
        ],
        "FRECEIVEBILLSRCENTRY": [
            {"FSRCBILLTYPEID": "AR_receivable", "FSRCBILLNO": debt, "FREALRECAMOUNTFOR_S": amount}
            for debt, amount in zip(debts, ("56.5", "169.5"), strict=True)
        ],
    }  # fmt: skip
    return str(site.people("make_bill", form="AR_RECEIVEBILL", model=model)["key"])


@pytest.mark.parametrize("purposes", [("SFKYT02_SYS", "SFKYT01_SYS"), ("SFKYT01_SYS",) * 2])
def test_rows_are_added_up_once_however_many_allocations_there_are(
    site: Site, purposes: Sequence[str]
) -> None:
    _, payment = fetched(site, "payment", two_purposes(site, *purposes))
    assert (payment.amount, payment.kind) == (226, "ordinary")
    assert [part.amount for part in payment.allocations] == [Decimal("56.5"), Decimal("169.5")]


# -- what moves no stamp -----------------------------------------------------------------------


def open_now(site: Site, name: str, key: str) -> bool:
    return reader_of(name).open(fetched(site, name, key)[0])


def test_a_purchase_order_is_read_again_until_it_is_closed(site: Site) -> None:
    bought = site.people("order_purchase", material="M-200", quantity=50)
    ((key, _),) = read(site, "purchase_order").items()
    assert open_now(site, "purchase_order", key)
    site.people("receive_purchase", number=bought, quantity=20)
    record, found = fetched(site, "purchase_order", key)
    assert (found.lines[0].done, reader_of("purchase_order").open(record)) == (20, True)
    site.people("receive_purchase", number=bought)
    assert not open_now(site, "purchase_order", key)


def test_a_receivable_is_read_again_until_it_is_settled(site: Site) -> None:
    site.erp.write(order("N1"))
    debt = site.people("book_receivable", document=site.people("ship", order_number="N1"))
    ((key, _),) = read(site, "receivable").items()
    site.people("take_payment", amount=100, receivable=debt)
    record, found = fetched(site, "receivable", key)
    assert (found.dues[0].settled, reader_of("receivable").open(record)) == (100, True)
    site.people("take_payment", amount=126, receivable=debt)
    assert not open_now(site, "receivable", key)


def test_a_requisition_is_read_again_until_it_is_ordered(site: Site) -> None:
    wish = site.people("request_purchase", material="M-200", quantity=50)
    ((key, _),) = read(site, "purchase_requisition").items()
    site.people("order_requested", number=wish, quantity=20)
    record, found = fetched(site, "purchase_requisition", key)
    assert (found.lines[0].done, reader_of("purchase_requisition").open(record)) == (20, True)
    site.people("order_requested", number=wish)
    assert not open_now(site, "purchase_requisition", key)


def test_stock_tells_what_is_reserved_and_what_is_under_way(site: Site) -> None:
    site.people("reserve_stock", material="M-100", warehouse="CK01", quantity=40)
    site.people("change_stock", material="M-100", warehouse="CK01", quantity=7, status="KCZT05_SYS")
    found = {
        one.status: (one.on_hand, one.reserved, one.in_transit)
        for one in read(site, "stock").values()
        if one.unit == "Pcs"
    }
    assert found == {"usable": (340, 40, None), "in_transit": (0, 0, 7)}
