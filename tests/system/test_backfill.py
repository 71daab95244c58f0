"""Line 2: a company's whole past carried over, read back with the vendor's own SDK."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from k3cloud_webapi_sdk.main import K3CloudApiSdk

from sandbox.company.model import Company, Customer, Material, Order, OrderLine, Person
from sandbox.kingdee_galaxy.auth import ACCT_ID, APP_ID, APP_SECRET, USER
from tests.system.site import BILL, LINE, PARTNER, Site, opened

CENT = Decimal("0.01")
ORDERS, CHANGED = 90, 7
FIRST = date(2026, 3, 1)
FIELDS = (
    "FBillNo", "F_CRM_Ref", "FCustId.FNumber", "FDate", "FDocumentStatus", "FBillAllAmount",
    "FSettleCurrId.FNumber", "FMaterialId.FNumber", "FQty", "FTaxPrice", "FAllAmount",
)  # fmt: skip


def adventure() -> Company:
    """A small form of AdventureWorks: US dollars, no tax, prices at up to four places."""
    random = Random(41)
    customers = tuple(
        Customer(number=f"AW{n:05}", name=f"Bike Shop {n}", salesperson="1000")
        for n in range(1, 26)
    )
    materials = tuple(
        Material(number=f"BK-{n:03}", name=f"Bike {n}", list_price=price(random))
        for n in range(1, 31)
    )
    orders = tuple(placed(n, random, customers, materials) for n in range(1, ORDERS + 1))
    seller = Person(crm_id="1000", name="Sales Desk", department="Sales", erp_number="S001")
    return Company(
        name="Adventure Works",
        currency="USD",
        organisations=(("100", "Adventure Works"),),
        people=(seller,),
        customers=customers,
        materials=materials,
        orders=orders,
    )


def price(random: Random) -> Decimal:
    return Decimal(random.randint(10_000, 35_000_000)).scaleb(-4)


def placed(n: int, random: Random, customers: Any, materials: Any) -> Order:
    lines = []
    for place, material in enumerate(random.sample(materials, random.randint(1, 5)), 1):
        quantity = Decimal(random.randint(1, 14))
        amount = (quantity * material.list_price).quantize(CENT)
        lines.append(
            OrderLine(
                line_no=place,
                material=material.number,
                quantity=quantity,
                price=material.list_price,
                amount=amount,
            )
        )
    return Order(
        number=f"SO{43658 + n}",
        customer=random.choice(customers).number,
        order_date=FIRST + timedelta(days=n),
        lines=tuple(lines),
        amount=sum((one.amount for one in lines), Decimal(0)),
        currency="USD",
        salesperson="1000",
    )


COMPANY = adventure()


@pytest.fixture(scope="module", params=["manual", "erp"])
def carried(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Site]:
    """Everything carried by one run; for looking only."""
    folder = tmp_path_factory.mktemp(request.param)
    with opened(folder, COMPANY, numbering=request.param) as site:
        site.sync()
        yield site


@pytest.fixture
def audited(tmp_path: Path) -> Iterator[Site]:
    """The same for tests that change it."""
    with opened(tmp_path, COMPANY) as site:
        site.sync()
        site.clock.advance(5)
        yield site


@pytest.fixture
def editable(tmp_path: Path) -> Iterator[Site]:
    """The same with bills that our side only saves."""
    with opened(tmp_path, COMPANY) as site:
        site.flow("orders", until="saved")
        site.sync()
        site.clock.advance(5)
        yield site


def read_with_the_sdk(site: Site) -> dict[str, list[dict[str, Any]]]:
    """All rows of all sales orders by our mark, as the official SDK shows them."""
    url = site.urls["erp"] + "/k3cloud/"
    sdk = K3CloudApiSdk(url)
    sdk.InitConfig(ACCT_ID, USER, APP_ID, APP_SECRET, url)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    start = 0
    while True:
        asked = {
            "FormId": BILL,
            "FieldKeys": ",".join(FIELDS),
            "OrderString": "FID ASC, FSaleOrderEntry_FEntryID ASC",
            "StartRow": start,
            "Limit": 2000,
        }
        rows = json.loads(sdk.ExecuteBillQuery(asked), parse_float=Decimal)
        for row in rows:
            named = dict(zip(FIELDS, row, strict=True))
            found[named["F_CRM_Ref"]].append(named)
        if len(rows) < 2000:
            return found
        start += len(rows)


def test_every_order_stands_there_once_with_every_line(carried: Site) -> None:
    found = read_with_the_sdk(carried)
    keys = {number: f"crm:{order['_id']}" for number, order in carried.orders().items()}
    assert set(found) == set(keys.values())
    for order in COMPANY.orders:
        rows = found[keys[order.number]]
        assert len({row["FBillNo"] for row in rows}) == 1
        assert [row["FMaterialId.FNumber"] for row in rows] == [o.material for o in order.lines]


def test_quantities_prices_amounts_customers_and_dates_are_the_contract_s(carried: Site) -> None:
    found = read_with_the_sdk(carried)
    for order in COMPANY.orders:
        rows = found[f"crm:{carried.crm_order(order.number)['_id']}"]
        for row, line in zip(rows, order.lines, strict=True):
            assert Decimal(row["FQty"]) == line.quantity
            assert abs(Decimal(row["FTaxPrice"]) - line.price) < CENT
            assert Decimal(row["FAllAmount"]) == line.amount
            assert row["FDate"][:10] == order.order_date.isoformat()
            assert row["FSettleCurrId.FNumber"] == "PRE007"
        assert Decimal(rows[0]["FBillAllAmount"]) == order.amount


def test_all_bills_and_customers_are_audited(carried: Site) -> None:
    assert {b["FDocumentStatus"] for b in carried.erp.records(BILL)} == {"C"}
    assert {c["FDocumentStatus"] for c in carried.erp.records(PARTNER)} == {"C"}
    assert len(carried.erp.records(PARTNER)) == len(COMPANY.customers)


def test_each_bill_names_the_order_s_customer(carried: Site) -> None:
    names = {c["FNumber"]: c["FName"] for c in carried.erp.records(PARTNER)}
    known = {customer.number: customer.name for customer in COMPANY.customers}
    for order in COMPANY.orders:
        bill = carried.bill(order.number)
        assert names[bill["FCustId"]["FNumber"]] == known[order.customer]


def test_the_erp_s_number_stands_in_the_crm_record(carried: Site) -> None:
    bills = {bill["F_CRM_Ref"]: bill["FBillNo"] for bill in carried.bills()}
    for number, order in carried.orders().items():
        assert carried.told(number) == ("已进ERP", bills[f"crm:{order['_id']}"], "", "")


def test_no_order_was_ever_created_twice(carried: Site) -> None:
    created = [e for e in carried.written(form=BILL) if e.operation == "create"]
    assert len(created) == len({e.key for e in created}) == ORDERS


@pytest.mark.parametrize("pause", [0, 5, 3600])
def test_a_second_run_writes_nothing_and_reads_what_the_first_one_made(
    tmp_path: Path, pause: float
) -> None:
    with opened(tmp_path, COMPANY) as site:
        site.sync()
        before = site.marks()
        site.clock.advance(pause)
        again = site.sync()
        assert site.written(before) == []
        read = {name: counts["read"] for name, counts in again.items() if counts["read"]}
        assert read == {"erp_orders": ORDERS}


def test_a_change_with_an_old_stamp_inside_the_lookback_is_found(editable: Site) -> None:
    editable.clock.advance(3600)
    editable.sync()
    late = int((editable.clock.now().timestamp() - 300) * 1000)
    editable.in_crm("edit", fields={"remark": "late"}, number="SO43660", stamp=late)
    editable.sync()
    assert editable.bill("SO43660")["FNote"] == "late"


def change_some(site: Site) -> list[str]:
    """People change a remark, a quantity or a telephone number of some orders."""
    numbers = [order.number for order in COMPANY.orders[:CHANGED]]
    for n, number in enumerate(numbers):
        if n % 3 == 0:
            site.in_crm("edit", fields={"remark": "changed"}, number=number)
        elif n % 3 == 1:
            site.in_crm("edit_line", fields={"quantity": "77"}, order=number, line_no=1)
        else:
            site.in_crm("edit", fields={"ship_to_tel": "0571-1"}, number=number)
    return numbers


def test_changed_orders_make_exactly_as_many_updates(editable: Site) -> None:
    before = editable.marks()
    numbers = change_some(editable)
    editable.sync()
    updates = editable.written(before, BILL)
    assert {e.operation for e in updates} == {"update"}
    assert sorted(e.number for e in updates) == sorted(numbers)


def test_an_update_carries_only_the_changed_fields(editable: Site) -> None:
    heard = editable.hear()
    numbers = change_some(editable)
    keys = {editable.bill(number)["FID"]: n for n, number in enumerate(numbers)}
    editable.sync()
    models = {keys[int(h.model["FID"])]: h.model for h in heard if h.operation == "Save"}
    assert len(models) == CHANGED
    for n, model in models.items():
        fields = set(model) - {"FID"}
        if n % 3 == 0:
            assert (fields, model["FNote"]) == ({"FNote"}, "changed")
        elif n % 3 == 1:
            assert fields == {"FSaleOrderEntry"}
            changed = [set(row) - {"FEntryID"} for row in model["FSaleOrderEntry"]]
            assert changed == [{"FQty", "FAllAmount"}]
        else:
            assert (fields, model["FLinkPhone"]) == ({"FLinkPhone"}, "0571-1")


def test_changes_of_audited_bills_are_as_many_change_bills(audited: Site) -> None:
    numbers = change_some(audited)
    counts = audited.sync()
    assert (counts["orders"]["written"], counts["orders"]["conflicts"]) == (CHANGED, 0)
    assert len(audited.erp.records("SAL_XORDER")) == CHANGED
    assert {audited.told(number)[0] for number in numbers} == {"已进ERP"}


def test_changes_of_audited_bills_are_as_many_conflicts_where_nothing_else_is_allowed(
    audited: Site,
) -> None:
    audited.flow("orders", on_change=["edit", "ask"])
    before = audited.marks()
    numbers = change_some(audited)
    counts = audited.sync()
    assert counts["orders"]["conflicts"] == CHANGED
    assert audited.written(before, BILL) == []
    assert {f["number"] for f in audited.app.failures("orders")} == set(numbers)
    for number in numbers:
        state, bill, reason, who = audited.told(number)
        assert (state, bill) == ("已停下，待处理", number)
        assert reason
        assert who


def test_the_crm_s_lines_were_not_touched(carried: Site) -> None:
    assert [e for e in carried.written(form=LINE) if e.n <= len(carried.crm.ledger)] == []
