"""Field names, Models and records."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from galaxy_site import ORDER, REFERENCE, ROWS, change, order, row

from adapters.kingdee_galaxy.codec import layouts
from adapters.kingdee_galaxy.model import Asked, Models, save_options
from adapters.kingdee_galaxy.names import query_key, update_keys
from adapters.kingdee_galaxy.settings import KingdeeGalaxySettings
from connector.contract import RowWrite, Shape, Table, Write

FINANCE = "FSaleOrderFinance"
SETTINGS = {"adapter": "k", "acct_id": "1", "user": "u", "app_id": "a_b", "app_secret": "s"}
MODELS = Models(KingdeeGalaxySettings.model_validate(SETTINGS))


def options(write: Write) -> Any:
    return save_options([write], [Asked.by(write)], deletes=False)


@pytest.mark.parametrize(
    ("path", "table", "key"),
    [
        ("FBillNo", "", "FBillNo"),
        ("FCustId.FNumber", "", "FCustId.FNumber"),
        ("FMaterialId.FErpClsID", ROWS, "FMaterialId.FErpClsID"),
        (f"{FINANCE}.FSettleCurrId.FNumber", "", "FSettleCurrId.FNumber"),
        (f"{FINANCE}.FExchangeRate", "", "FExchangeRate"),
        ("SubHeadEntity2.FSaleUnitId.FNumber", "", "FSaleUnitId.FNumber"),
        ("FAuxPropId.FAUXPROPID__FF100001.FNumber", ROWS, "FAuxPropId.FF100001.FNumber"),
        ("FStockLocId.FF100004.FNumber", "", "FStockLocId.FF100004.FNumber"),
        ("FEntryID", ROWS, "FSaleOrderEntry_FEntryID"),
        ("FTreeEntity_FEntryID", "", "FTreeEntity_FEntryID"),
        ("FSELLER.FNumber", "", "FSELLER.FNumber"),
    ],
)
def test_queries_name_fields_in_their_own_way(path: str, table: str, key: str) -> None:
    assert query_key(path, table) == key


def test_updates_name_the_keys_that_are_written() -> None:
    assert update_keys("FCustId.FNumber") == ("FCustId",)
    assert update_keys(f"{FINANCE}.FSettleCurrId.FNumber") == (FINANCE, "FSettleCurrId")
    assert update_keys("FAuxPropId.FAUXPROPID__FF100001.FNumber") == ("FAuxPropId",)


def test_a_model_goes_head_then_sub_head_then_rows() -> None:
    write = order("N1", fields={"FNote": "急", f"{FINANCE}.FIsIncludedTax": True})
    model = MODELS.of(write)
    assert list(model)[:3] == ["FID", REFERENCE, "FBillTypeID"]
    assert list(model)[-3:] == ["FNote", FINANCE, ROWS]
    assert model[FINANCE] == {"FSettleCurrId": {"FNumber": "PRE001"}, "FIsIncludedTax": "true"}
    assert model["FDate"] == "2026-03-05"
    assert model[ROWS][0]["FQty"] == Decimal(20)
    assert list(model[ROWS][0])[-1] == "FAllAmount"


def test_an_instant_goes_out_in_the_server_s_own_time() -> None:
    planned = {"FPlanStartDate": datetime(2026, 3, 9, 0, 0, 59, 999_999, UTC)}
    assert MODELS.of(order(fields=planned))["FPlanStartDate"] == "2026-03-09 08:00:59"


def test_where_the_erp_numbers_its_bills_only_new_ones_go_without_ours() -> None:
    models = Models(KingdeeGalaxySettings.model_validate({**SETTINGS, "numbering": "erp"}))
    assert "FBillNo" not in models.of(order("N1"))
    assert models.of(change("7", {"FBillNo": "N2"}))["FBillNo"] == "N2"


def test_rows_inside_rows_are_nested() -> None:
    plan = RowWrite("p", "", {"FPlanDate": date(2026, 3, 1), "FPlanQty": Decimal(2)})
    write = order("N1", RowWrite("1", "", {"FQty": Decimal(2)}, {"FOrderEntryPlan": [plan]}))
    (made,) = MODELS.of(write)[ROWS]
    assert made["FOrderEntryPlan"] == [{"FPlanDate": "2026-03-01", "FPlanQty": Decimal(2)}]


def test_an_empty_value_is_sent_and_never_listed() -> None:
    filled = change("7", {"FNote": "a", "FSaleDeptId.FNumber": "BM1"}, row(key="9", FQty=1))
    assert options(filled)["NeedUpDateFields"] == [
        "FNote", "FSaleDeptId", ROWS, "FQty",
    ]  # fmt: skip
    emptied = change("7", {"FNote": None, "FSaleDeptId.FNumber": None})
    assert "NeedUpDateFields" not in options(emptied)
    model = MODELS.of(emptied)
    assert model == {"FID": 7, "FNote": "", "FSaleDeptId": {"FNumber": ""}}


def test_a_new_record_is_sent_without_what_is_empty() -> None:
    assert "FNote" not in MODELS.of(order("N1", fields={"FNote": None}))


def test_rows_of_one_bill_are_put_together_again() -> None:
    shape = Shape(ORDER, ("FID",), ("FNote",), "FBillNo", {ROWS: Table("FEntryID", ("FQty",))})
    layout = layouts(shape).main
    assert layout.keys == "FID,FNote,FBillNo,FModifyDate,FSaleOrderEntry_FEntryID,FQty"
    assert layout.order == "FID ASC,FSaleOrderEntry_FEntryID ASC"
    stamp = "2026-03-05T10:11:12.407"
    rows = [[1, " ", "A", stamp, 5, 2], [1, " ", "A", stamp, 6, 3], [2, "x", "B", stamp, 0, None]]
    first, second = layout.gather(rows, {}).values()
    assert (first.key, first.number, first.stamp) == ("1", "A", stamp)
    assert first.fields["FNote"] == ""
    assert first.fields[ROWS] == [{"FEntryID": 5, "FQty": 2}, {"FEntryID": 6, "FQty": 3}]
    assert second.fields[ROWS] == []


def test_a_shape_is_compiled_once() -> None:
    shape = Shape(ORDER, ("FID",), ("FNote",), "", {ROWS: Table("FEntryID", ("FQty",))})
    assert layouts(shape) is layouts(Shape(ORDER, ("FID",), ("FNote",), "", dict(shape.tables)))


def test_copies_for_other_organisations_are_no_records() -> None:
    layout = layouts(Shape("BD_Customer", ("FCUSTID",), ("FName",))).main
    assert layout.keys.endswith("FCreateOrgId,FUseOrgId")
    assert list(layout.gather([[1, "a", "", 1, 1], [2, "a", "", 1, 2]], {})) == ["1"]


def test_stock_of_one_key_adds_up() -> None:
    key = ("FMaterialId.FNumber", "FLot.FNumber")
    layout = layouts(Shape("STK_Inventory", key, ("FBaseQty",), sums=("FBaseQty",))).heads
    made = layout.gather([["M", None, 2, ""], ["M", " ", Decimal("0.5"), ""]], {})
    assert {key: record.fields for key, record in made.items()} == {
        "M|": {"FBaseQty": Decimal("2.5")}
    }
