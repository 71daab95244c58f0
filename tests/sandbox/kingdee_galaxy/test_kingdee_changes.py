"""Change bills: what makes one, what it may not say, and what it does to its order."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from kingdee_world import Client, order, row

from sandbox.kingdee_galaxy import KingdeeGalaxySandbox
from sandbox.server import from_json

SERVICE = "Kingdee.K3.SCM.WebApi.ServicesStub.SaveXSaleOrderWebApi"
CHANGE, ENTRY = "SAL_XORDER", "FSaleOrderEntry"
People = Callable[..., Any]


@pytest.fixture
def number(client: Client) -> str:
    """An audited order of two rows."""
    return client.audited(order(row(), row(FQty=5), FBillNo="N1"))


def asked(client: Client, number: str, **more: Any) -> dict[str, Any]:
    ((key,),) = client.query("SAL_SaleOrder", "FID", f"FBillNo = '{number}'")
    return {"SaleOrderBillNo": number, "SaleOrderBillId": key, **more}


def change(client: Client, arguments: Any) -> Any:
    return from_json(client.post("SaveXSaleOrder", arguments, SERVICE).body)


def made(client: Client, number: str) -> tuple[int, list[int]]:
    """The key of a new change bill, and those of its rows."""
    answer = change(client, {"saveXSaleOrderArgs": asked(client, number)})
    (data,) = answer["Datas"]
    return data["FID"], [item["FEntryID"] for item in data["SaleOrderEntry"]]


def quantities(server: KingdeeGalaxySandbox) -> list[Decimal]:
    (bill,) = [b for b in server.records("SAL_SaleOrder") if b["FBillNo"] == "N1"]
    return [r["FQty"] for r in bill[ENTRY]]


def take(client: Client, key: int, *rows: dict[str, Any]) -> None:
    """Change, drop or add rows of a change bill, and audit it."""
    saved = client.save({"FID": key, ENTRY: list(rows)}, CHANGE, IsDeleteEntry="false")
    assert saved["ResponseStatus"]["IsSuccess"], saved
    for step in ("Submit", "Audit"):
        assert client.do(step, str(saved["Number"]), form=CHANGE)["IsSuccess"]


@pytest.mark.parametrize("envelope", ["named", "wrapped", "positional"])
def test_every_call_makes_another(
    client: Client, server: KingdeeGalaxySandbox, number: str, envelope: str
) -> None:
    arguments = asked(client, number)
    body = {
        "named": arguments,
        "wrapped": {"saveXSaleOrderArgs": arguments},
        "positional": {"parameters": [str(arguments).replace("'", '"')]},
    }[envelope]
    assert [change(client, body)["IsSuccess"] for _ in range(2)] == [True, True]
    assert len(server.records(CHANGE)) == 2


def test_rows_may_be_chosen(client: Client, server: KingdeeGalaxySandbox, number: str) -> None:
    (bill,) = [b for b in server.records("SAL_SaleOrder") if b["FBillNo"] == "N1"]
    second = bill[ENTRY][1]["FEntryID"]
    change(client, asked(client, number, SOEntryIds=[second]))
    (made,) = server.records(CHANGE)
    assert [r["FEntryPKIDX"] for r in made[ENTRY]] == [second]


def test_an_order_that_is_not_audited_has_none(client: Client, people: People, number: str) -> None:
    people("unaudit", number=number)
    answer = change(client, asked(client, number))
    assert (answer["IsSuccess"], "未审核" in answer["Message"]) == (False, True)


def test_an_audit_changes_drops_and_adds_rows(
    client: Client, server: KingdeeGalaxySandbox, number: str
) -> None:
    key, (first, second) = made(client, number)
    take(
        client, key,
        {"FEntryID": first, "FChangeType": "B", "FQty": 25},
        {"FEntryID": second, "FChangeType": "D"},
        row(FQty=7, FChangeType="A"),
    )  # fmt: skip
    assert quantities(server) == [25, 7]
    (bill,) = [b for b in server.records("SAL_SaleOrder") if b["FBillNo"] == "N1"]
    assert bill["FBillAllAmount"] == Decimal("361.6")
    assert (bill["FDocumentStatus"], bill["FVersionNo"]) == ("C", "001")


def test_a_row_without_its_letter_is_left_alone(
    client: Client, server: KingdeeGalaxySandbox, number: str
) -> None:
    key, (first, _) = made(client, number)
    take(client, key, {"FEntryID": first, "FQty": 25})
    assert quantities(server) == [20, 5]


def test_the_effect_may_be_a_persons_to_give(
    client: Client, server: KingdeeGalaxySandbox, people: People, number: str
) -> None:
    server.switches["change_effect"] = "person"
    key, (first, _) = made(client, number)
    take(client, key, {"FEntryID": first, "FChangeType": "B", "FQty": 25})
    assert quantities(server) == [20, 5]
    people("put_into_effect", number="XBG000001")
    assert quantities(server) == [25, 5]
    with pytest.raises(ValueError, match="不允许生效"):
        people("put_into_effect", number="XBG000001")


def test_what_has_left_stays_ordered(client: Client, people: People, number: str) -> None:
    people("ship", order_number=number, quantity=12)
    key, (first, _) = made(client, number)
    rows = [{"FEntryID": first, "FQty": 10}]
    saved = client.save({"FID": key, ENTRY: rows}, CHANGE, IsDeleteEntry="false")
    assert "不能小于累计出库数量" in saved["ResponseStatus"]["Errors"][0]["Message"]


def test_a_row_that_something_hangs_on_is_not_dropped(
    client: Client, people: People, number: str
) -> None:
    people("make_production_order", material="M-100", quantity=20, order_number=number)
    key, (first, _) = made(client, number)
    rows = [{"FEntryID": first, "FChangeType": "D"}]
    client.save({"FID": key, ENTRY: rows}, CHANGE, IsDeleteEntry="false")
    client.do("Submit", "XBG000001", form=CHANGE)
    answer = client.do("Audit", "XBG000001", form=CHANGE)
    assert "下游单据" in answer["Errors"][0]["Message"]
