"""Filters, explosion into rows, order and paging."""

from __future__ import annotations

from typing import Any

import pytest
from kingdee_world import Client, order, row

from sandbox.kingdee_galaxy import KingdeeGalaxySandbox


@pytest.fixture
def orders(client: Client) -> Client:
    """N1 with two rows, N2 with one, N3 with one; each marked."""
    client.save(order(row(FQty=1), row(FQty=2), FBillNo="N1", F_CRM_Ref="r1"))
    client.save(order(row(FQty=3), FBillNo="N2", F_CRM_Ref="r2", FNote="it's"))
    client.save(order(row(FQty=4), FBillNo="N3", F_CRM_Ref="r3"))
    return client


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("FBillNo = 'N1'", ["N1"]),
        ("F_CRM_Ref in ('r1', 'r3', 'r9')", ["N1", "N3"]),
        ("F_CRM_Ref = 'r1' or F_CRM_Ref = 'r2'", ["N1", "N2"]),
        ("FBillNo like 'N%' and not FBillNo = 'N2'", ["N1", "N3"]),
        ("(FBillNo = 'N1' or FBillNo = 'N2') and FBillNo <> 'N1'", ["N2"]),
        ("FNote = 'it''s'", ["N2"]),
        ("F_CRM_Ref = ''", ["XSDD000001"]),
        ("FApproveDate is not null", ["XSDD000001"]),
        ("FDate between '2026-03-01' and '2026-03-31' and FBillNo not in ('N1')", ["N2", "N3"]),
        ("FDate >= '2026-02-01' AND FDate < '2026-03-01'", ["XSDD000001"]),
        ("FCustId.FNumber = 'C0007' and FDocumentStatus='A'", ["N1", "N2", "N3"]),
        ("1 = 1 and FBillNo = 'N3'", ["N3"]),
        ("FID in (100002, 100003)", ["N1", "N2"]),
        ([{"Left": "(", "FieldName": "FBillNo", "Compare": "67", "Value": "N1", "Right": ")",
           "Logic": "1"},
          {"FieldName": "FDocumentStatus", "Compare": "StatusEqualto", "Value": "C"}],
         ["N1", "XSDD000001"]),
    ],
)  # fmt: skip
def test_filters_find_what_they_say(orders: Client, where: Any, expected: list[str]) -> None:
    found = orders.query("SAL_SaleOrder", "FBillNo", where, "FBillNo ASC")
    assert [number for (number,) in found] == expected


def test_entry_fields_give_a_line_per_row_and_head_fields_repeat(orders: Client) -> None:
    found = orders.query("SAL_SaleOrder", "FBillNo,FQty", "FBillNo <> 'XSDD000001'", "FID ASC")
    assert found == [["N1", 1], ["N1", 2], ["N2", 3], ["N3", 4]]
    assert orders.query("SAL_SaleOrder", "FBillNo", "FQty > 1 and FQty < 3") == [["N1"]]


def test_base_data_gives_id_number_and_name(orders: Client) -> None:
    keys = "FCustId,FCustId.FNumber,FCustId.FName,FSaleDeptId,FSaleDeptId.FNumber"
    ((key, number, name, unset, unset_number),) = orders.query("SAL_SaleOrder", keys, "FID=100002")
    assert (number, name, unset, unset_number) == ("C0007", "海湾电器", 0, None)
    assert orders.query("BD_Customer", "FNumber", f"FCUSTID = {key}") == [["C0007"]]


def test_values_print_as_on_the_real_server(orders: Client, server: KingdeeGalaxySandbox) -> None:
    keys = "FDate,FQty,FNote,FIsFree"
    assert orders.query("SAL_SaleOrder", keys, "FBillNo = 'N3'") == [
        ["2026-03-05T00:00:00", 4, " ", "0"]
    ]
    server.switches |= {"empty_text": "", "checkboxes": "bool"}
    assert orders.query("SAL_SaleOrder", keys, "FBillNo = 'N3'")[0][2:] == ["", False]


def test_pages_follow_each_other(orders: Client) -> None:
    pages = [
        orders.query("SAL_SaleOrder", "FBillNo,FQty", order="FID ASC", StartRow=start, Limit=2)
        for start in (0, 2, 4)
    ]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [line[0] for page in pages for line in page] == ["XSDD000001", "N1", "N1", "N2", "N3"]


def test_top_row_count_is_an_absolute_end_over_all_pages(orders: Client) -> None:
    more = {"Limit": 2, "TopRowCount": 2}
    assert len(orders.query("SAL_SaleOrder", "FID", order="FID", **more)) == 2
    assert orders.query("SAL_SaleOrder", "FID", order="FID", StartRow=2, **more) == []


def test_more_than_the_cap_is_never_given(orders: Client, server: KingdeeGalaxySandbox) -> None:
    server.switches["query_limit"] = 3
    assert len(orders.query("SAL_SaleOrder", "FID", Limit=10)) == 3


def test_without_an_order_pages_repeat_and_skip(
    orders: Client, server: KingdeeGalaxySandbox
) -> None:
    firsts = {str(orders.query("SAL_SaleOrder", "FID", Limit=1)) for _ in range(20)}
    assert len(firsts) > 1
    server.switches["unordered_pages_move"] = False
    firsts = {str(orders.query("SAL_SaleOrder", "FID", Limit=1)) for _ in range(20)}
    assert len(firsts) == 1


def test_any_order_gives_the_same_rows(orders: Client) -> None:
    up = orders.query("SAL_SaleOrder", "FQty", order="FQty ASC")
    assert up == [[1], [2], [3], [3], [4]]
    assert orders.query("SAL_SaleOrder", "FQty", order="FQty DESC") == up[::-1]
    mixed = orders.query("SAL_SaleOrder", "FBillNo,FQty", order="FDate DESC,FID DESC,FQty DESC")
    assert [line[1] for line in mixed] == [4, 3, 2, 1, 3]


def test_a_stamp_window_finds_what_changed_in_it(
    orders: Client, server: KingdeeGalaxySandbox
) -> None:
    server.clock.advance(60)
    start = server.books.now()
    server.clock.advance(60)
    orders.save({"FID": 100003, "FNote": "x"}, IsDeleteEntry="false")
    server.clock.advance(60)
    window = f"FModifyDate >= '{start}' and FModifyDate < '{server.books.now()}'"
    assert orders.query("SAL_SaleOrder", "FBillNo", window) == [["N2"]]
    assert orders.query("SAL_SaleOrder", "FBillNo", f"{window} and FID > 100003") == []


def test_results_can_become_visible_late(server: KingdeeGalaxySandbox, client: Client) -> None:
    server.switches["visible_after"] = 30
    key = client.save(order(FBillNo="N1"))["Id"]
    where = "FBillNo = 'N1'"
    assert client.query("SAL_SaleOrder", "FID", where) == []
    assert client.call("View", "SAL_SaleOrder", Id=str(key))["Result"]["Result"]["Id"] == key
    server.clock.advance(31)
    client.do("Submit", "N1")
    assert client.query("SAL_SaleOrder", "FDocumentStatus", where) == [["A"]]
    server.clock.advance(31)
    assert client.query("SAL_SaleOrder", "FDocumentStatus", where) == [["B"]]


def test_a_state_that_is_not_visible_yet_is_found_by_its_old_stamp(
    server: KingdeeGalaxySandbox, client: Client
) -> None:
    client.save(order(FBillNo="N1"))
    window = f"FModifyDate <= '{server.books.now()}' and FBillNo like 'N%'"
    server.switches["visible_after"] = 30
    server.clock.advance(60)
    client.do("Submit", "N1")
    assert client.query("SAL_SaleOrder", "FBillNo", window) == [["N1"]]
    server.clock.advance(31)
    assert client.query("SAL_SaleOrder", "FBillNo", window) == []


def test_metadata_lists_entities_and_required_fields(client: Client) -> None:
    from sandbox.server import from_json

    answer = from_json(client.post("QueryBusinessInfo", {"data": {"FormId": "PRD_MO"}}).body)
    entities = answer["Result"]["NeedReturnData"]["Entrys"]
    assert [entity["Key"] for entity in entities] == ["FBillHead", "FTreeEntity"]
    fields = {field["Key"]: field for field in entities[1]["Fields"]}
    assert fields["FMaterialId"]["MustInput"] == 1
    assert fields["FMaterialId"]["LookUpObjectFormId"] == "BD_MATERIAL"
    assert fields["FMTONo"]["MustInput"] == 0


def test_views_use_property_names(client: Client) -> None:
    bill = client.call("View", "SAL_SaleOrder", Number="XSDD000001")["Result"]["Result"]
    assert bill["CustId"]["Number"] == "C0007"
    assert bill["CustId_Id"] == bill["CustId"]["Id"]
    assert bill["CustId"]["Name"] == [{"Key": 2052, "Value": "海湾电器"}]
    assert bill["SaleOrderFinance"][0]["SettleCurrId"]["Number"] == "PRE001"
    assert bill["SaleOrderEntry"][0]["Qty"] == 3
    missing = client.call("View", "SAL_SaleOrder", Number="NO-1")["Result"]["ResponseStatus"]
    assert missing["MsgCode"] == 10
