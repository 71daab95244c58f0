"""A small company, an order, and a caller with a token."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sandbox.chanjet_tplus import TPlusSandbox
from sandbox.chanjet_tplus.auth import APP_KEY, APP_SECRET, CERTIFICATE
from sandbox.company.model import Company, Customer, Material
from sandbox.server import Request, Response, from_json

GENERATE = "/v1/common/auth/selfBuiltApp/generateToken"
COMPANY = Company(
    name="示例有限公司",
    customers=(Customer(number="A1", name="海湾电器", erp_number="C0007"),),
    materials=tuple(Material(number=f"M-{place:03}", name="轴承") for place in range(30)),
)
NAMED = {"appkey": APP_KEY, "appsecret": APP_SECRET}


def order(code: str, **head: Any) -> dict[str, Any]:
    row = {"Inventory": {"Code": "M-001"}, "Unit": {"Name": "Pcs"}, "Quantity": 3,
           "OrigTaxPrice": 33.335}  # fmt: skip
    return {"ExternalCode": f"crm:{code}", "Code": code, "Customer": {"Code": "C0007"},
            "VoucherDate": "2026-03-05", "SaleOrderDetails": [row], **head}  # fmt: skip


@dataclass
class Caller:
    """Somebody who may call."""

    server: TPlusSandbox
    token: str = ""

    def send(self, path: str, body: Any, **headers: str) -> Response:
        data = json.dumps(body).encode()
        return self.server.handle(Request("POST", path, {**NAMED, **headers}, data))

    def log_in(self) -> Any:
        ticket = self.server.auth.file.read_text("utf-8")
        body = {"appTicket": ticket, "certificate": CERTIFICATE}
        said = from_json(self.send(GENERATE, body).body)
        self.token = (said["value"] or {}).get("accessToken", "")
        return said

    def ask(self, path: str, body: Any) -> Any:
        answer = self.send(f"/tplus/api/v2/{path}", body, opentoken=self.token)
        return from_json(answer.body)
