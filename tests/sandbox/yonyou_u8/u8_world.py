"""A small company, an order's model, and a caller with a token."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from sandbox.company.model import Company, Customer, Material
from sandbox.server import Request, from_json
from sandbox.yonyou_u8 import U8Sandbox
from sandbox.yonyou_u8.auth import APP_KEY, APP_SECRET, CALLER, ENTERPRISE

COMPANY = Company(
    name="示例有限公司",
    customers=(Customer(number="A1", name="海湾电器", erp_number="C0007"),),
    materials=tuple(Material(number=f"M-{place:03}", name="轴承") for place in range(25)),
)


def order(code: str, **head: Any) -> dict[str, Any]:
    """An order of one row, as `add` takes it."""
    row = {"inventorycode": "M-001", "quantity": 3, "taxunitprice": 98.436667, "bgift": 0,
           "rowno": 1, "taxrate": 13}  # fmt: skip
    return {
        "code": code, "businesstype": "普通销售", "typecode": "01", "custcode": "C0007",
        "deptcode": "02", "date": "2026-03-05", "entry": [row], **head,
    }  # fmt: skip


@dataclass
class Caller:
    """Somebody with a token."""

    server: U8Sandbox
    token: str = ""

    def __call__(self, path: str, body: Any = None, **query: Any) -> dict[str, Any]:
        named = {"from_account": CALLER, "to_account": ENTERPRISE, "app_key": APP_KEY,
                 "token": self.token, **query}  # fmt: skip
        return self.ask(f"{path}?{urlencode(named)}", body)

    def ask(self, path: str, body: Any = None) -> dict[str, Any]:
        data = b"" if body is None else json.dumps(body).encode()
        method = "GET" if body is None else "POST"
        request = Request(method, path, {"host": "127.0.0.1"}, data)
        answer: dict[str, Any] = from_json(self.server.handle(request).body)
        return answer

    def log_in(self) -> None:
        self.token = self("/system/token", app_secret=APP_SECRET)["token"]["id"]

    def add(self, code: str, own: str, **head: Any) -> dict[str, Any]:
        """A new order; the relay's first answer."""
        body = {"saleorder": order(code, **head)}
        return self("/api/saleorder/add", body, biz_id=own)

    def done(self, code: str, own: str, **head: Any) -> dict[str, Any]:
        """A new order; what became of it."""
        return self.outcome(self.add(code, own, **head))

    def outcome(self, accepted: dict[str, Any]) -> dict[str, Any]:
        where = urlsplit(accepted["url"])
        while (told := self.ask(f"{where.path}?{where.query}"))["errcode"] == "30025":
            pass
        return told

    def codes(self, resource: str = "saleorderlist", **query: Any) -> list[str]:
        told = self(f"/api/{resource}/batch_get", **query)
        return [row["code"] for row in told.get(resource, ())]
