"""Reading what changed, everything, and some."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from galaxy_site import ORDERS, ROWS, Site, order, row

from adapters.kingdee_galaxy import KingdeeGalaxy, reading
from connector.contract import Page, Record, Shape, Table
from connector.errors import Rejected, Transient

MO = Shape(
    "PRD_MO", ("FTreeEntity_FEntryID",), ("FMaterialId.FNumber", "FQty", "FStatus"), "FBillNo"
)
STOCK = Shape(
    "STK_Inventory",
    ("FMaterialId.FNumber", "FStockOrgId.FNumber"),
    ("FBaseQty", "FStockId.FNumber"),
    sums=("FBaseQty",),
)
CUSTOMERS = Shape("BD_Customer", ("FCUSTID",), ("FName",), "FNumber")


def at(site: Site, erp: KingdeeGalaxy, seconds: float = 0) -> None:
    """Let the adapter believe that the server's clock shows the sandbox's time."""
    erp.http.now = lambda: site.server.clock.now() + timedelta(seconds=seconds)  # type: ignore[method-assign]


def read(erp: KingdeeGalaxy, shape: Shape, after: str | None) -> tuple[list[Record], str]:
    pages: list[Page] = list(erp.read(shape, after))
    cursor = pages[-1].cursor
    assert cursor is not None
    return [record for page in pages for record in page.records], cursor


def numbers(records: list[Record]) -> list[str]:
    return sorted(record.number for record in records)


def test_everything_comes_first_and_then_only_what_changed(site: Site) -> None:
    list(site.erp.write_many([order("N1"), order("N2")]))
    at(site, site.erp, 1)
    records, cursor = read(site.erp, ORDERS, None)
    assert numbers(records) == ["N1", "N2"]
    site.server.clock.advance(3600)
    site.people("edit", number="N2", fields={"FNote": "急"})
    at(site, site.erp, 1)
    records, cursor = read(site.erp, ORDERS, cursor)
    fresh = [(r.number, r.fields["FNote"]) for r in records if not r.again]
    assert fresh == [("N2", "急")]
    site.server.clock.advance(3600)
    at(site, site.erp, 1)
    records, _ = read(site.erp, ORDERS, cursor)
    assert [r.number for r in records if not r.again] == []


def test_what_was_read_within_the_lookback_comes_again_and_says_so(site: Site) -> None:
    site.erp.write(order("N1"))
    at(site, site.erp, 1)
    _, cursor = read(site.erp, ORDERS, None)
    (record,), _ = read(site.erp, ORDERS, cursor)
    assert record.again
    erp = site.connect(lookback=0)
    at(site, erp, 1)
    assert read(erp, ORDERS, cursor)[0] == []


def test_no_record_is_missed_whatever_the_page(site: Site) -> None:
    """Three rows each, five rows a query, two records a page: cut everywhere."""
    names = [f"N{n:02}" for n in range(23)]
    list(site.erp.write_many([order(n, row("a"), row("b"), row("c")) for n in names]))
    erp = site.connect(query_limit=10, page=4)
    at(site, erp, 1)
    records, _ = read(erp, ORDERS, None)
    assert numbers(records) == names
    assert {len(record.fields[ROWS]) for record in records} == {3}


def test_a_bill_longer_than_the_limit_is_read_whole(site: Site) -> None:
    bill = site.erp.write(order("N1", *(row(str(n)) for n in range(25))))
    erp = site.connect(query_limit=10)
    assert len(site.order(bill.key, erp).fields[ROWS]) == 25


def test_a_server_that_gives_less_than_we_were_told_loses_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SURE", 10)
    site.server.switches["query_limit"] = 10
    list(site.erp.write_many([order(f"N{n:02}", row("a"), row("b")) for n in range(23)]))
    erp = site.connect(query_limit=10_000)
    at(site, erp, 1)
    records, _ = read(erp, ORDERS, None)
    assert {record.number: len(record.fields[ROWS]) for record in records} == {
        f"N{n:02}": 2 for n in range(23)
    }


def test_reading_resumes_inside_a_window(site: Site) -> None:
    list(site.erp.write_many([order(f"N{n}") for n in range(6)]))
    erp = site.connect(page=2)
    at(site, erp, 1)
    pages = erp.read(ORDERS, None)
    first = next(iter(pages))
    rest, _ = read(erp, ORDERS, first.cursor)
    assert numbers([*first.records, *rest]) == [f"N{n}" for n in range(6)]
    assert len(rest) == 4


def test_a_record_changed_while_it_is_read_comes_with_the_next_window(site: Site) -> None:
    list(site.erp.write_many([order(f"N{n}") for n in range(4)]))
    erp = site.connect(page=2)
    at(site, erp, 1)
    _, cursor = read(erp, ORDERS, None)
    site.server.clock.advance(700)
    site.people("edit", number="N3", fields={"FNote": "1"})
    at(site, erp, 1)
    pages = iter(erp.read(ORDERS, cursor))
    site.server.clock.advance(5)
    site.people("edit", number="N3", fields={"FNote": "2"})
    cursor = list(pages)[-1].cursor  # type: ignore[assignment]
    at(site, erp, 1)
    assert [r.fields["FNote"] for r in read(erp, ORDERS, cursor)[0]] == ["2"]


def test_what_becomes_visible_late_is_read_all_the_same(site: Site) -> None:
    site.server.switches["visible_after"] = 60
    site.erp.write(order("N1", until="saved"))
    at(site, site.erp, 1)
    records, cursor = read(site.erp, ORDERS, None)
    assert records == []
    site.server.clock.advance(120)
    at(site, site.erp)
    assert numbers(read(site.erp, ORDERS, cursor)[0]) == ["N1"]


def test_a_session_lost_between_two_pages_loses_nothing(site: Site) -> None:
    list(site.erp.write_many([order(f"N{n}") for n in range(6)]))
    erp = site.connect(page=2, auth="sign")
    at(site, erp, 1)
    records = []
    for page in erp.read(ORDERS, None):
        records += page.records
        site.server.sessions.end_all()
    assert numbers(records) == [f"N{n}" for n in range(6)]


def test_windows_are_closed_in_the_servers_time(site: Site) -> None:
    erp = site.connect()
    erp.http.now = lambda: datetime(2026, 3, 1, 0, 0, 5, 900_000, UTC)  # type: ignore[method-assign]
    _, cursor = read(erp, ORDERS, None)
    assert json.loads(cursor) == {"from": "2026-03-01T08:00:05+08:00"}


def test_the_servers_time_is_asked_for_before_a_window_is_opened(site: Site) -> None:
    list(site.erp.read(ORDERS, None))
    first = next(e.operation for e in site.server.ledger if e.kind == "request")
    assert first == "GetDataCenterList"


def test_records_are_fetched_as_they_are_and_absent_ones_left_out(site: Site) -> None:
    key = site.erp.write(order("N1")).key
    assert [r.key for r in site.erp.fetch(ORDERS, ["999999", key])] == [key]


def test_records_without_rows_are_not_lost(site: Site) -> None:
    table = {"FT_BD_CUSTBANK": Table("FEntryID", ("FBANKCODE",))}
    shape = replace(CUSTOMERS, tables=table)
    ((record,), _) = read(site.erp, shape, None)
    assert (record.number, record.fields["FT_BD_CUSTBANK"]) == ("C0007", [])


def test_several_tables_of_a_form_are_read(site: Site) -> None:
    plan = Table("FEntryID", ("FRecAdvanceRate",))
    shape = replace(ORDERS, tables={**ORDERS.tables, "FSaleOrderPlan": plan})
    key = site.erp.write(order("N1", row("a"), row("b"))).key
    (record,) = site.erp.fetch(shape, [key])
    assert (len(record.fields[ROWS]), record.fields["FSaleOrderPlan"]) == (2, [])


def test_a_customers_copies_are_not_customers(site: Site) -> None:
    records, _ = read(site.erp, CUSTOMERS, None)
    assert numbers(records) == ["C0007"]


def test_each_row_of_a_production_order_is_a_record(site: Site) -> None:
    site.people("make_production_order", material="M-100", quantity=5)
    site.people("make_production_order", material="M-200", quantity=7)
    records, _ = read(site.erp, MO, None)
    assert sorted(r.fields["FQty"] for r in records) == [5, 7]
    assert list(site.erp.fetch(MO, [records[0].key])) == [records[0]]


def test_stock_is_read_whole_and_added_up(site: Site) -> None:
    site.people("change_stock", material="M-100", warehouse="CK01", quantity=300)
    erp = site.connect(query_limit=10)
    ((first, second),) = [page.records for page in erp.read(STOCK, None)]
    assert {first.key: first.fields["FBaseQty"], second.key: second.fields["FBaseQty"]} == {
        "M-100|100": Decimal(300), "M-200|100": Decimal("12.5"),
    }  # fmt: skip
    assert [r.key for r in erp.fetch(STOCK, ["M-200|100", "M-300|100"])] == ["M-200|100"]


def test_a_whole_reading_that_breaks_off_gives_nothing(site: Site) -> None:
    site.fail(do="html", operation="ExecuteBillQuery")
    with pytest.raises(Transient):
        list(site.erp.read(STOCK, None))


def test_a_field_that_the_form_does_not_have_is_refused(site: Site) -> None:
    site.erp.write(order("N1"))
    with pytest.raises(Rejected, match="元数据中标识为FNoSuch的字段不存在") as caught:
        list(site.erp.read(replace(ORDERS, fields=("FNoSuch",)), None))
    assert caught.value.code == "9"


def test_a_form_describes_its_fields_as_documents_name_them(site: Site) -> None:
    described = site.erp.describe("SAL_SaleOrder")
    fields = {(field.table, field.name): field for field in described}
    assert fields["", "FCustId"].required
    assert ("", "FSaleOrderFinance.FSettleCurrId") in fields
    assert fields[ROWS, "FQty"].label == "销售数量"
