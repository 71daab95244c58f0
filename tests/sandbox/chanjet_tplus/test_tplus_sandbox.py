"""Tickets and tokens, two styles of answers, what an update leaves out, lists that show little."""

from __future__ import annotations

from typing import Any

import pytest
from tplus_world import Caller, order

ROWS = "SaleOrderDetails"


def made(caller: Caller, code: str = "SO-1", **head: Any) -> dict[str, Any]:
    """An order, as it is shown."""
    assert caller.ask("saleOrder/Create", {"dto": order(code, **head)}) is None
    asked = {"param": {"externalCode": f"crm:{code}"}}
    shown: dict[str, Any] = caller.ask("SaleOrderOpenApi/GetVoucherDTO", asked)["data"]
    return shown


def listed(caller: Caller, index: int, size: int) -> dict[str, Any]:
    body = {"pageIndex": index, "pageSize": size, "selectFields": [], "paramDic": {}}
    data: dict[str, Any] = caller.ask("SaleOrderOpenApi/FindVoucherList", body)["data"]
    return data


# -- the door ----------------------------------------------------------------------------------


def test_a_ticket_lives_for_half_an_hour_and_another_one_comes_every_ten_minutes(
    caller: Caller,
) -> None:
    first = caller.server.auth.file.read_text("utf-8")
    caller.server.clock.advance(601)
    caller.ask("warehouse/Query", {"param": {}})
    assert caller.server.auth.file.read_text("utf-8") != first
    caller.server.switches["messages"] = False
    caller.server.clock.advance(1801)
    assert caller.log_in()["result"] is False


def test_a_new_token_ends_the_old_one(caller: Caller) -> None:
    old = caller.token
    caller.log_in()
    answer = caller.send("/tplus/api/v2/warehouse/Query", {"param": {}}, opentoken=old)
    assert (answer.status, b"50107" in answer.body) == (403, True)


def test_what_renews_a_grant_is_good_for_once(caller: Caller) -> None:
    path = f"/auth/v2/refreshToken?refreshToken={caller.server.auth.grant()['refresh_token']}"
    assert b'"200"' in caller.send(path, None).body
    assert b'"200"' not in caller.send(path, None).body


# -- two styles --------------------------------------------------------------------------------


@pytest.mark.parametrize("service", ["SaleOrderOpenApi", "saleorderopenapi"])
def test_new_interfaces_have_an_envelope_whatever_the_letters(caller: Caller, service: str) -> None:
    said = caller.ask(f"{service}/Create", {"dto": order("SO-1")})
    assert (said["code"], said["data"]["Code"]) == ("0", "SO-1")


def test_old_ones_answer_as_it_is_and_refuse_by_a_code(caller: Caller) -> None:
    assert caller.ask("warehouse/Query", {"param": {}})[0]["Code"] == "CK01"
    assert caller.ask("warehouse/Query", {"param": None})["code"] == "EXERROR0001"
    key = caller.ask("partner/Create", {"dto": {"Code": "C9", "Name": "新"}})
    assert key.isdigit()
    assert caller.ask("partner/Create", {"dto": {"Code": "C9", "Name": "新"}})["code"] == "999"


# -- orders ------------------------------------------------------------------------------------


def test_a_foreign_number_is_taken_once_and_demanded(caller: Caller) -> None:
    made(caller)
    again = caller.ask("saleOrder/Create", {"dto": order("SO-2", ExternalCode="crm:SO-1")})
    without = caller.ask("saleOrder/Create", {"dto": order("SO-2", ExternalCode="")})
    assert (again["code"], without["code"]) == ("999", "999")


def test_an_amount_follows_from_price_and_quantity(caller: Caller) -> None:
    assert made(caller)[ROWS][0]["OrigTaxAmount"] == "100.01"


def test_what_an_update_leaves_out_is_emptied(caller: Caller) -> None:
    shown = made(caller, Memo="急")
    dto = {"ID": shown["ID"], "Code": "SO-1", "Customer": {"Code": "C0007"}, "LinkMan": "王五",
           ROWS: [{"Inventory": {"Code": "M-002"}, "Quantity": 1}]}  # fmt: skip
    assert caller.ask("SaleOrderOpenApi/Update", {"dto": dto})["code"] == "0"
    (after,) = caller.server.records("SaleOrder")
    assert ("Memo" in after, after["LinkMan"], len(after[ROWS])) == (False, "王五", 1)


def test_an_audit_that_begins_a_flow_is_answered_like_any_other(caller: Caller) -> None:
    caller.server.switches["workflow"] = ["SaleOrder"]
    key = str(made(caller)["ID"])
    said = caller.ask("SaleOrderOpenApi/Audit", {"param": {"voucherID": key}})
    (after,) = caller.server.records("SaleOrder")
    assert (said["code"], after["VoucherState"]["Name"]) == ("0", "审批中")


# -- lists -------------------------------------------------------------------------------------


def test_lists_show_four_columns_the_newest_first_in_pages_from_zero(caller: Caller) -> None:
    for n in range(5):
        made(caller, f"SO-{n}")
    first = listed(caller, 0, 2)
    assert first["Columns"] == ["id", "code", "externalcode", "ts"]
    assert [row[1] for row in first["Rows"]] == ["SO-4", "SO-3"]
    assert (first["TotalPageNum"], len(listed(caller, 2, 2)["Rows"])) == (3, 1)


def test_archives_come_twenty_at_a_time_and_do_not_say_what_is_disabled(caller: Caller) -> None:
    rows = caller.ask("inventory/QueryPage", {"param": {"SelectFields": "Code,Disabled,Ts"}})
    assert (len(rows), rows[0]["Disabled"]) == (20, None)
    assert caller.ask("inventory/QueryPage", {"param": {"Disabled": "1"}}) == []
