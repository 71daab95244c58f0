"""A small company, an order's model, and a caller who signs and has a token."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from sandbox.company.model import Company, Customer, Material
from sandbox.kingdee_xingchen import XingchenSandbox
from sandbox.kingdee_xingchen.auth import (
    APP_KEY,
    AUTHORISE,
    CLIENT_ID,
    CLIENT_SECRET,
    INSTANCE,
    TOKEN,
    seal,
    signed_text,
)
from sandbox.server import Request, from_json

ORDER = "/jdy/v2/scm/sal_order"
COMPANY = Company(
    name="示例有限公司",
    customers=(Customer(number="A1", name="海湾电器", erp_number="C0007"),),
    materials=tuple(Material(number=f"M-{place:03}", name="轴承") for place in range(12)),
)


def order(server: XingchenSandbox, number: str, **head: Any) -> dict[str, Any]:
    """An order of one row, as a save takes it."""
    unit = server.books.named("bd/measure_unit", "Pcs").key
    row = {"material_number": "M-001", "unit_id": unit, "qty": 10, "tax_price": 11.3, "cess": "13"}
    return {"bill_no": number, "bill_date": "2026-03-05", "customer_number": "C0007",
            "material_entity": [row], **head}  # fmt: skip


@dataclass
class Caller:
    """Somebody with the application's secret, and a token once it was asked for."""

    server: XingchenSandbox
    secret: str = CLIENT_SECRET
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, method: str, path: str, body: Any = None, late: int = 0, **query: str
    ) -> dict[str, Any]:
        """What a signed call is answered; `late`: milliseconds by which its time is off."""
        pairs = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
        target = f"{path}?{pairs}" if pairs else path
        stamp = str(self.server.clock.millis() - late)
        signed = {
            "x-api-clientid": CLIENT_ID, "x-api-nonce": "7", "x-api-timestamp": stamp,
            "x-api-signature": seal(self.secret, signed_text(method, target, "7", stamp)),
        }  # fmt: skip
        data = b"" if body is None else json.dumps(body).encode()
        request = Request(method, target, {**signed, **self.headers}, data)
        answer: dict[str, Any] = from_json(self.server.handle(request).body)
        return answer

    def log_in(self) -> int:
        """Take the three steps; the code of the last one that failed, or 0."""
        (account,) = self("POST", AUTHORISE, outerInstanceId=INSTANCE)["data"]
        return self.token(seal(account["appSecret"], APP_KEY))

    def token(self, signature: str) -> int:
        told = self("GET", TOKEN, app_key=APP_KEY, app_signature=signature)
        if told["errcode"] == 0:
            self.headers = {"app-token": told["data"]["app-token"]}
        return int(told["errcode"])

    def save(self, number: str, **head: Any) -> dict[str, Any]:
        return self("POST", ORDER, order(self.server, number, **head))

    def operate(self, verb: str, *keys: str) -> dict[str, Any]:
        body = {"entity_number": "sal_bill_order", "operate_type": verb, "ids": list(keys)}
        return self("POST", "/jdy/v2/sys/common_operate", body)
