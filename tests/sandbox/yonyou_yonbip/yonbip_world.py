"""A small company, an order's model, and a caller with a token."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sandbox.company.model import Company, Customer, Material
from sandbox.server import Request, from_json
from sandbox.yonyou_yonbip import YonBipSandbox

ORDER = "sd/voucherorder"
PRICES = {
    "oriUnitPrice": 10, "oriMoney": 100, "oriTax": 13, "natUnitPrice": 10, "natTaxUnitPrice": 11.3,
    "natMoney": 100, "natSum": 113, "natTax": 13,
}  # fmt: skip
COMPANY = Company(
    name="示例有限公司",
    customers=(Customer(number="A1", name="海湾电器", erp_number="C0007"),),
    materials=tuple(Material(number=f"M-{place:03}", name="轴承") for place in range(12)),
)


def order(code: str, **head: Any) -> dict[str, Any]:
    """An order of one row, as `singleSave` takes it."""
    row = {
        "productId": "M-001", "stockOrgId": "100", "settlementOrgId": "100", "taxId": "VAT13",
        **dict.fromkeys(("masterUnitId", "iProductAuxUnitId", "iProductUnitId"), "Pcs"),
        **dict.fromkeys(("qty", "subQty", "priceQty"), 10),
        **dict.fromkeys(("invExchRate", "invPriceExchRate"), 1),
        **dict.fromkeys(("unitExchangeType", "unitExchangeTypePrice"), 0),
        "orderProductType": "SALE", "oriTaxUnitPrice": 11.3, "oriSum": 113,
        **{f"orderDetailPrices!{name}": value for name, value in PRICES.items()},
    }  # fmt: skip
    return {
        "_status": "Insert", "code": code, "salesOrgId": "100", "settlementOrgId": "100",
        "transactionTypeId": "SO-STD", "vouchdate": "2026-03-05", "agentId": "C0007",
        "invoiceAgentId": "C0007", "payMoney": 113, "orderPrices!currency": "CNY",
        "orderPrices!natCurrency": "CNY", "orderPrices!exchRate": 1,
        "orderPrices!exchangeRateType": "01", "orderPrices!taxInclusive": True,
        "orderDetails": [row], **head,
    }  # fmt: skip


def ask(server: YonBipSandbox, path: str, body: Any = None, **query: str) -> dict[str, Any]:
    """What a call is answered."""
    data = b"" if body is None else json.dumps(body, default=float).encode()
    request = Request("POST", f"{path}?{urlencode(query)}", {"host": "127.0.0.1"}, data)
    answer: dict[str, Any] = from_json(server.handle(request).body)
    return answer


@dataclass
class Caller:
    """Somebody with a token."""

    server: YonBipSandbox
    token: str

    def __call__(self, path: str, body: Any) -> dict[str, Any]:
        place = f"/iuap-api-gateway/yonbip/{path}"
        return ask(self.server, place, body, access_token=self.token)

    def save(self, code: str, key: str = "", **head: Any) -> dict[str, Any]:
        given = {"resubmitCheckKey": key} if key else {}
        return self(f"{ORDER}/singleSave", {"data": {**given, **order(code, **head)}})

    def codes(self, form: str, **body: Any) -> list[str]:
        page = self(f"{form}/list", {"pageIndex": 1, "pageSize": 500, **body})["data"]
        return [row["code"] for row in page["recordList"]]
