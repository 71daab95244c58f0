"""Save, BatchSave and Draft of sales orders and customers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from kingdee_world import Client, numbered, order, row, text_of

from sandbox.kingdee_galaxy import KingdeeGalaxySandbox

ENTRY = "FSaleOrderEntry"


def rows_of(client: Client, number: str, keys: str = f"{ENTRY}_FEntryID,FQty") -> Any:
    where = f"FBillNo = '{number}'"
    return client.query("SAL_SaleOrder", keys, where, f"{ENTRY}_FSeq ASC")


def update(client: Client, key: int, **options: Any) -> Any:
    model = {"FID": key, **options.pop("model")}
    return client.save(model, IsDeleteEntry="false", **options)


def customer(number: str, **fields: Any) -> dict[str, Any]:
    return {
        "FCUSTID": 0,
        "FCreateOrgId": numbered("100"),
        "FUseOrgId": numbered("100"),
        "FNumber": number,
        "FName": "晨光五金",
        "FTRADINGCURRID": numbered("PRE001"),
        **fields,
    }


def test_a_save_returns_id_number_and_the_asked_fields_in_row_order(client: Client) -> None:
    fields = ["FBillAllAmount", f"{ENTRY}.FEntryID", f"{ENTRY}.FAllAmount"]
    saved = client.save(order(row(), row(FQty=1), FBillNo="CRM-1"), NeedReturnFields=fields)
    assert saved["Number"] == "CRM-1"
    data = saved["NeedReturnData"][0]
    assert data["FBillAllAmount"] == Decimal("237.3")
    first, second = data[ENTRY]
    assert first["FAllAmount"] == 226
    assert second == {"FEntryID": first["FEntryID"] + 1, "FAllAmount": Decimal("11.3")}


def test_unknown_return_fields_are_refused_before_saving(client: Client) -> None:
    saved = client.save(order(FBillNo="CRM-1"), NeedReturnFields=[f"{ENTRY}.FNo"])
    assert saved["ResponseStatus"]["MsgCode"] == 9
    assert client.query("SAL_SaleOrder", "FID", "FBillNo = 'CRM-1'") == []


@pytest.mark.parametrize(
    "key", ["FBillTypeID", "FDate", "FSaleOrgId", "FCustId", "FSalerId"],
)  # fmt: skip
def test_required_head_fields_are_named(client: Client, key: str) -> None:
    model = order()
    del model[key]
    errors = client.save(model)["ResponseStatus"]["Errors"]
    assert key in [error["FieldName"] for error in errors]


@pytest.mark.parametrize(
    "key",
    ["FMaterialId", "FUnitID", "FQty", "FPriceUnitId", "FDeliveryDate", "FSettleOrgIds",
     "FReserveType", "FStockUnitID", "FOUTLMTUNIT"],
)  # fmt: skip
def test_required_row_fields_are_named(client: Client, key: str) -> None:
    line = row()
    del line[key]
    status = client.save(order(line))["ResponseStatus"]
    assert status["MsgCode"] == 11
    assert key in [error["FieldName"] for error in status["Errors"]]


def test_all_missing_fields_come_in_one_answer(client: Client) -> None:
    status = client.save({"FSaleOrderEntry": []})["ResponseStatus"]
    assert "字段[客户]是必录字段" in text_of(status)
    assert "字段[销售员]是必录字段" in text_of(status)
    assert len(status["Errors"]) >= 6


def test_a_pleasant_tenant_fills_units_itself(server: KingdeeGalaxySandbox, client: Client) -> None:
    server.switches["fills_defaults"] = True
    line = {"FMaterialId": numbered("M-100"), "FQty": 2, "FTaxPrice": 5}
    assert client.save(order(line))["ResponseStatus"]["IsSuccess"]


@pytest.mark.parametrize("number", ["NO-1", "C0901"])
def test_base_data_that_cannot_be_used_reads_as_an_empty_field(client: Client, number: str) -> None:
    client.save(customer("C0901"), "BD_Customer")
    status = client.save(order(FCustId=numbered(number)))["ResponseStatus"]
    assert text_of(status) == "字段[客户]是必录字段"


def test_forbidden_base_data_cannot_be_used(client: Client, people: Any) -> None:
    people("forbid", number="C0007")
    status = client.save(order())["ResponseStatus"]
    assert status["Errors"][0]["FieldName"] == "FCustId"
    people("enable", number="C0007")
    assert client.save(order())["ResponseStatus"]["IsSuccess"]


def test_a_new_customer_is_usable_in_the_organisations_it_was_allocated_to(
    client: Client,
) -> None:
    key = client.save(customer("C0901"), "BD_Customer")["Id"]
    client.do("Submit", "C0901", form="BD_Customer")
    client.do("Audit", "C0901", form="BD_Customer")
    elsewhere = order(FCustId=numbered("C0901"), FSaleOrgId=numbered("101"))
    refused = client.save(elsewhere)["ResponseStatus"]
    assert text_of(refused) == "字段[客户]是必录字段"
    answer = client.call("Allocate", "BD_Customer", PkIds=str(key), TOrgIds="2")
    assert answer["Result"]["ResponseStatus"]["IsSuccess"]
    assert client.save(elsewhere)["ResponseStatus"]["IsSuccess"]
    found = client.query("BD_Customer", "FCUSTID,FUseOrgId.FNumber", "FNumber = 'C0901'")
    assert [org for _, org in found] == ["100", "101"]


def test_copies_follow_their_master(client: Client) -> None:
    ((key,),) = client.query("BD_Customer", "FCUSTID", "FUseOrgId.FNumber = '100'")
    client.do("UnAudit", "C0007", form="BD_Customer")
    client.save({"FCUSTID": key, "FName": "海湾电器集团", "FNumber": "C8"}, "BD_Customer")
    keys = "FNumber,FName,FUseOrgId.FNumber,FDocumentStatus"
    assert client.query("BD_Customer", keys, order="FCUSTID") == [
        ["C8", "海湾电器集团", "100", "D"],
        ["C8", "海湾电器集团", "101", "C"],
    ]


def test_optional_base_data_vanishes_silently_unless_it_is_verified(client: Client) -> None:
    model = order(FSaleDeptId=numbered("NO-1"))
    assert client.save(model)["ResponseStatus"]["IsSuccess"]
    status = client.save(model, IsVerifyBaseDataField="true")["ResponseStatus"]
    assert text_of(status) == "基础资料字段[销售部门]不能为空"


def test_base_data_must_be_an_object(client: Client) -> None:
    status = client.save(order(FBillTypeID="XSDD01_SYS"))["ResponseStatus"]
    assert "字典格式" in text_of(status)


def test_a_used_number_is_refused_in_the_words_of_the_server(client: Client) -> None:
    client.save(order(FBillNo="CRM-1"))
    status = client.save(order(FBillNo="CRM-1"))["ResponseStatus"]
    assert text_of(status) == "违反字段唯一性要求：编码唯一。[CRM-1]在当前系统中已经被使用。"
    assert status["Errors"][0]["FieldName"] == "FBillNo"


def test_without_a_number_the_server_numbers_past_what_is_used(client: Client) -> None:
    assert client.save(order())["Number"] == "XSDD000002"


def test_a_server_that_numbers_itself_refuses_ours(company: Any) -> None:
    client = Client(KingdeeGalaxySandbox(company, numbering="erp"))
    status = client.save(order(FBillNo="CRM-1"))["ResponseStatus"]
    assert "不允许手工录入编码" in text_of(status)
    saved = client.save(order(F_CRM_Ref="CRM-1"))
    assert saved["Number"].startswith("XSDD")
    assert update(client, saved["Id"], model={"FNote": "x"})["ResponseStatus"]["IsSuccess"]


def test_the_reference_is_unique_only_where_the_site_made_it_so(
    server: KingdeeGalaxySandbox, client: Client
) -> None:
    assert client.save(order(F_CRM_Ref="r1"))["ResponseStatus"]["IsSuccess"]
    assert client.save(order(F_CRM_Ref="r1"))["ResponseStatus"]["IsSuccess"]
    server.switches["unique_reference"] = True
    status = client.save(order(F_CRM_Ref="r1"))["ResponseStatus"]
    assert status["Errors"][0]["FieldName"] == "F_CRM_Ref"


def test_an_update_deletes_rows_that_were_not_sent_unless_told_otherwise(client: Client) -> None:
    saved = client.save(order(row(), row(FQty=5), FBillNo="CRM-1"))
    (first, _), _ = rows_of(client, "CRM-1")
    change = {"FID": saved["Id"], ENTRY: [{"FEntryID": first, "FQty": 25}]}
    client.save(change, IsDeleteEntry="false")
    assert [quantity for _, quantity in rows_of(client, "CRM-1")] == [25, 5]
    client.save(change)
    assert rows_of(client, "CRM-1") == [[first, 25]]


def test_only_the_listed_keys_are_written_on_an_update(client: Client) -> None:
    saved = client.save(order(FBillNo="CRM-1", FNote="before"))
    (entry, _), *_ = rows_of(client, "CRM-1")
    model = {"FNote": "after", ENTRY: [{"FEntryID": entry, "FQty": 7, "FTaxPrice": 1}]}
    update(client, saved["Id"], model=model, NeedUpDateFields=[ENTRY, "FQty"])
    found = rows_of(client, "CRM-1", "FNote,FQty,FTaxPrice")
    assert found == [["before", 7, Decimal("11.3")]]


def test_an_empty_value_of_a_listed_key_is_a_raw_sql_error(client: Client) -> None:
    saved = client.save(order(FBillNo="CRM-1", FNote="before"))
    status = update(client, saved["Id"], model={"FNote": ""}, NeedUpDateFields=["FNote"])
    assert "Incorrect syntax" in text_of(status["ResponseStatus"])
    update(client, saved["Id"], model={"FNote": ""})
    assert rows_of(client, "CRM-1", "FNote") == [[" "]]


def test_lengths_are_counted_in_bytes_where_declared(client: Client) -> None:
    assert client.save(order(FNote="注" * 85))["ResponseStatus"]["IsSuccess"]
    status = client.save(order(FNote="注" * 86))["ResponseStatus"]
    assert (status["MsgCode"], status["Errors"][0]["FieldName"]) == (11, "FNote")


def test_unknown_keys_vanish_silently_or_are_refused(
    server: KingdeeGalaxySandbox, client: Client
) -> None:
    assert client.save(order(FNoSuch="x"))["ResponseStatus"]["IsSuccess"]
    server.switches["unknown_keys"] = "refuse"
    assert client.save(order(FNoSuch="x"))["ResponseStatus"]["MsgCode"] == 9


def test_bills_of_a_closed_period_are_refused(server: KingdeeGalaxySandbox, client: Client) -> None:
    server.switches["closed_before"] = "2026-03-01"
    status = client.save(order(FDate="2026-02-28"))["ResponseStatus"]
    assert status["Errors"][0]["FieldName"] == "FDate"
    assert client.save(order(FDate="2026-03-01"))["ResponseStatus"]["IsSuccess"]


def test_an_identical_json_is_refused_only_on_request(client: Client) -> None:
    assert client.save(order(), ValidateRepeatJson="true")["ResponseStatus"]["IsSuccess"]
    assert not client.save(order(), ValidateRepeatJson="true")["ResponseStatus"]["IsSuccess"]
    assert client.save(order())["ResponseStatus"]["IsSuccess"]


def test_a_draft_has_no_number_and_needs_nothing(client: Client) -> None:
    drafted = client.call("Draft", "SAL_SaleOrder", Model={"FNote": "x"})["Result"]
    assert drafted["Number"] == ""
    status = client.call("Submit", "SAL_SaleOrder", Ids=str(drafted["Id"]))
    assert not status["Result"]["ResponseStatus"]["IsSuccess"]
    saved = client.save({**order(), "FID": drafted["Id"]})
    assert saved["Number"]
    assert client.query("SAL_SaleOrder", "FDocumentStatus", f"FID = {saved['Id']}") == [["A"]]


def test_a_batch_keeps_its_good_records_and_counts_per_batch(client: Client) -> None:
    models = [customer(number) for number in ("C1", "C0007", "C3", "C0007")]
    answer = client.call("BatchSave", "BD_Customer", Model=models)["Result"]["ResponseStatus"]
    assert not answer["IsSuccess"]
    assert [error["DIndex"] for error in answer["Errors"]] == [1, 3]
    assert [done["DIndex"] for done in answer["SuccessEntitys"]] == [0, 2]
    models = [customer(number) for number in ("C4", "C0007", "C5", "C0007")]
    answer = client.call("BatchSave", "BD_Customer", Model=models, BatchCount=2)
    errors = answer["Result"]["ResponseStatus"]["Errors"]
    assert [error["DIndex"] for error in errors] == [1, 1]


def test_every_kth_record_of_a_batch_can_be_made_to_fail(
    server: KingdeeGalaxySandbox, client: Client
) -> None:
    server.faults.set([{"do": "system", "name": "partial_batch", "args": {"every": 3}}])
    models = [customer(f"C{n}") for n in range(1, 7)]
    status = client.call("BatchSave", "BD_Customer", Model=models)["Result"]["ResponseStatus"]
    assert [error["DIndex"] for error in status["Errors"]] == [2, 5]


def test_the_ledger_tells_the_whole_model_and_then_only_what_changed(
    server: KingdeeGalaxySandbox, client: Client
) -> None:
    saved = client.save(order(row(), row(FQty=5), FBillNo="CRM-1"))
    created = list(server.ledger)[-1]
    assert (created.kind, created.operation, created.by) == ("commit", "create", "api")
    assert created.data["FCustId"] == {"FNumber": "C0007"}
    first, second = (line["FEntryID"] for line in created.data[ENTRY])
    client.save({"FID": saved["Id"], "FNote": "x", ENTRY: [{"FEntryID": first, "FQty": 1}]})
    data = list(server.ledger)[-1].data
    assert data["FNote"] == {"old": None, "new": "x"}
    assert data["rows"][str(first)]["FQty"] == {"old": 20, "new": 1}
    assert data["deleted"] == [second]
