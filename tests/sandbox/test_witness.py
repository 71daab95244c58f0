"""The witness: it must see whatever is not as it should be, or its word is worth nothing."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from sandbox import witness
from sandbox.clock import CHINA

TODAY = int(datetime(2026, 11, 21, tzinfo=CHINA).timestamp() * 1000)


def order(**fields: Any) -> dict[str, Any]:
    return {
        "_id": "o1",
        "name": "SO-1",
        "life_status": "normal",
        "order_time": TODAY,
        "order_amount": "22.60",
        "erp_state__c": "已进ERP",
        "erp_number__c": "SO-1",
        "erp_produced__c": "2.0000",
        "erp_shipped__c": "0.0000",
        **fields,
    }


def bill(**fields: Any) -> dict[str, Any]:
    row = {"FQty": 2, "FAllAmount": Decimal("22.60")}
    return {
        "F_CRM_Ref": "crm:o1",
        "FBillNo": "SO-1",
        "FBillAllAmount": Decimal("22.60"),
        "FSaleOrderEntry": [row],
        **fields,
    }


def production(quantity: int = 2, **fields: Any) -> dict[str, Any]:
    row = {"FSaleOrderNo": "SO-1", "FStockInQuaQty": quantity}
    return {"FDocumentStatus": "C", "FTreeEntity": [row], **fields}


def created(key: int, n: int) -> dict[str, Any]:
    entry = {"kind": "commit", "form": "SAL_SaleOrder", "operation": "create"}
    return {**entry, "key": key, "n": n, "data": {"F_CRM_Ref": "crm:o1"}}


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The verdict on records as they are given; what is not given is right."""

    def judge(**changed: Any) -> witness.Verdict:
        records = {
            "SalesOrderObj": [order()],
            "SalesOrderProductObj": [{"order_id": "o1", "quantity": "2"}],
            "SAL_SaleOrder": [bill()],
            "PRD_MO": [production()],
            "SAL_OUTSTOCK": [],
            **changed,
        }
        ledger = changed.get("ledger", [created(1, 1)])

        def get(url: str) -> Any:
            if "/ledger" in url:
                return {"entries": ledger if "after=0" in url else [], "last": len(ledger)}
            return {"records": records[url.rpartition("/")[2]]}

        monkeypatch.setattr(witness, "_get", get)
        return witness.judge("crm", "erp")

    return judge


def test_two_systems_that_agree_are_right(judged: Any) -> None:
    verdict = judged()
    assert verdict.ok
    assert (verdict.arrived, verdict.told, verdict.made, verdict.lines) == (1, 1, 1, 1)


def test_an_order_that_waits_and_says_so_is_explained(judged: Any) -> None:
    waiting = order(erp_state__c="等待中", erp_number__c="")
    verdict = judged(SalesOrderObj=[waiting], SAL_SaleOrder=[], PRD_MO=[])
    assert (verdict.ok, verdict.explained) == (True, 1)


WRONG = {
    "lost": {"SAL_SaleOrder": []},
    "doubled": {"SAL_SaleOrder": [bill(), bill(FBillNo="SO-1-2")]},
    "different": {"SAL_SaleOrder": [bill(FBillAllAmount=Decimal("22.61"))]},
    "unexpected": {"SAL_SaleOrder": [bill(), bill(F_CRM_Ref="crm:nobody")]},
    "untold": {"SalesOrderObj": [order(erp_number__c="")]},
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_is_wrong_is_found_and_named(judged: Any, fault: str) -> None:
    verdict = judged(**WRONG[fault])
    assert not verdict.ok
    assert getattr(verdict, fault)


@pytest.mark.parametrize(
    "changed",
    [
        {"PRD_MO": [production(3)]},
        {"SalesOrderObj": [order(erp_shipped__c="1")]},
        {"SalesOrderObj": [order(erp_produced__c=None)]},
    ],
)
def test_quantities_that_the_crm_tells_otherwise_are_found(judged: Any, changed: Any) -> None:
    assert not judged(**changed).ok


def test_a_document_that_does_not_count_is_not_counted(judged: Any) -> None:
    assert judged(PRD_MO=[production(), production(9, FCancelStatus="B")]).ok
    assert judged(PRD_MO=[production(), production(9, FDocumentStatus="A")]).ok


def test_two_bills_at_one_moment_are_found_though_one_is_gone_now(judged: Any) -> None:
    deleted = {**created(2, 3), "operation": "delete"}
    verdict = judged(ledger=[created(1, 1), created(2, 2), deleted])
    assert (verdict.ok, len(verdict.doubled)) == (False, 1)
