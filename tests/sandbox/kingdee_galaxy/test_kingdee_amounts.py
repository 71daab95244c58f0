"""The server recomputes a row as its fields arrive; what comes last decides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from kingdee_world import Client, numbered, order, row, text_of

from sandbox.kingdee_galaxy import KingdeeGalaxySandbox

KEYS = ("FTaxPrice", "FPrice", "FAllAmount", "FAmount", "FTaxAmount")


def amounts(client: Client, *rows: dict[str, Any]) -> list[dict[str, Decimal]]:
    fields = [f"FSaleOrderEntry.{key}" for key in KEYS]
    saved = client.save(order(*rows), NeedReturnFields=fields)
    assert saved["ResponseStatus"]["IsSuccess"], saved
    return list(saved["NeedReturnData"][0]["FSaleOrderEntry"])


def test_a_tax_price_gives_all_amounts(client: Client) -> None:
    (found,) = amounts(client, row(FQty=3, FTaxPrice=Decimal("33.33")))
    assert found == {
        "FTaxPrice": Decimal("33.33"),
        "FPrice": Decimal("29.495575"),
        "FAllAmount": Decimal("99.99"),
        "FAmount": Decimal("88.49"),
        "FTaxAmount": Decimal("11.5"),
    }


def test_a_tax_exclusive_price_misses_the_contract_by_a_cent(client: Client) -> None:
    (found,) = amounts(client, row(FQty=1000, FTaxPrice=0, FPrice=Decimal("9.6")))
    assert found["FAllAmount"] == 10848
    (found,) = amounts(client, row(FQty=1000, FTaxPrice=0, FPrice=Decimal("9.5991")))
    assert found["FAllAmount"] == Decimal("10846.98")


def test_an_amount_typed_last_stands_and_moves_the_price(client: Client) -> None:
    (found,) = amounts(client, row(FQty=3, FTaxPrice=33, FAllAmount=Decimal("100.01")))
    assert found["FAllAmount"] == Decimal("100.01")
    assert found["FTaxPrice"] == Decimal("33.336667")


def test_an_amount_typed_before_the_quantity_is_recomputed_away(client: Client) -> None:
    line = {"FAllAmount": Decimal("100.01"), **row(FQty=3, FTaxPrice=33)}
    (found,) = amounts(client, line)
    assert found["FAllAmount"] == 99


def test_a_discount_rate_lowers_the_amount(client: Client) -> None:
    (found,) = amounts(client, row(FQty=3, FTaxPrice=Decimal("33.33"), FDiscountRate=10))
    assert found["FAllAmount"] == Decimal("89.99")


def test_half_cents_round_up(client: Client) -> None:
    (found,) = amounts(client, row(FQty=1, FTaxPrice=Decimal("0.125")))
    assert found["FAllAmount"] == Decimal("0.13")


def test_yen_have_no_cents(client: Client) -> None:
    model = order(row(FQty=1, FTaxPrice=Decimal("10.6")))
    model["FSaleOrderFinance"] = {"FSettleCurrId": numbered("PRE004")}
    saved = client.save(model, NeedReturnFields=["FBillAllAmount"])
    assert saved["NeedReturnData"][0]["FBillAllAmount"] == 11


def test_a_row_that_is_not_free_needs_a_price(client: Client) -> None:
    status = client.save(order(row(), row(FTaxPrice=0)))["ResponseStatus"]
    assert text_of(status) == "第2行分录，未免费的物料，含税单价不能小于等于0"
    assert client.save(order(row(FTaxPrice=0, FIsFree=True)))["ResponseStatus"]["IsSuccess"]


def test_finance_after_the_rows_sets_prices_to_zero(
    server: KingdeeGalaxySandbox, client: Client
) -> None:
    model = order()
    model["FSaleOrderFinance"] = model.pop("FSaleOrderFinance")
    status = client.save(model)["ResponseStatus"]
    assert "含税单价不能小于等于0" in text_of(status)
    assert client.save(model, IsAutoAdjustField="true")["ResponseStatus"]["IsSuccess"]
    server.switches["field_order"] = False
    assert client.save(model)["ResponseStatus"]["IsSuccess"]


@pytest.mark.parametrize(
    ("switch", "limits", "flag"),
    [
        ("credit_limits", {"C0007": 200}, "CRE_CREDITCHECK"),
        ("limit_prices", {"M-100": "11.31"}, "SAL_DOWNPRICECHECK"),
    ],
)
def test_prompts_are_answered_silently_by_default(
    server: KingdeeGalaxySandbox, client: Client, switch: str, limits: Any, flag: str
) -> None:
    server.switches[switch] = limits
    asked = client.save(order(), IgnoreInterationFlag="false")["ResponseStatus"]
    assert "是否继续" in text_of(asked)
    named = client.save(order(), IgnoreInterationFlag="false", InterationFlags=f"x;{flag}")
    assert named["ResponseStatus"]["IsSuccess"]
    assert client.audited(order())


def test_a_limit_that_was_lowered_after_the_save_is_asked_for_at_the_audit(
    client: Client, people: Any
) -> None:
    number = client.save(order())["Number"]
    client.do("Submit", number)
    people("set_credit_limit", customer="C0007", limit=100)
    assert "信用额度不足" in text_of(client.do("Audit", number))
    assert client.do("Audit", number, InterationFlags="CRE_CREDITCHECK")["IsSuccess"]
