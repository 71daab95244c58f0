"""A small company in a HubSpot sandbox, and a client that needs no socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.company.model import Company, Customer, Material, Person
from sandbox.hubspot import HubSpotSandbox
from sandbox.hubspot.application import TOKEN
from sandbox.server import Request, from_json, to_json

COMPANY = Company(
    name="示例有限公司",
    people=(Person(crm_id="1001", name="张三", erp_number="YW001"),),
    customers=(
        Customer(number="C1", name="海湾电器", salesperson="1001"),
        Customer(number="C2", name="江南机械"),
    ),
    materials=(Material(number="M1", name="齿轮箱"), Material(number="M2", name="轴承")),
)
LINES = [
    {"product": "M1", "quantity": 2, "price": "11.30"},
    {"product": "M2", "quantity": 3, "price": 5},
]


class Client:
    """Speaks HubSpot's protocol with a sandbox in this process."""

    def __init__(self, sandbox: HubSpotSandbox) -> None:
        self.sandbox = sandbox
        self.version = "2026-09"

    def call(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        headers = {"authorization": f"Bearer {TOKEN}"}
        sent = to_json(body) if body is not None else b""
        response = self.sandbox.handle(Request(method, path, headers, sent))
        assert response.status == status, response.body
        return from_json(response.body) if response.body else None

    def post(self, form: str, action: str, body: Any, status: int = 200) -> Any:
        return self.call("POST", f"/crm/objects/{self.version}/{form}/{action}", body, status)

    def batch(self, form: str, action: str, *inputs: Any, status: int = 200, **more: Any) -> Any:
        return self.post(form, f"batch/{action}", {"inputs": list(inputs), **more}, status)

    def search(
        self, form: str, *filters: tuple[str, str, Any], status: int = 200, **more: Any
    ) -> Any:
        listed = [{"propertyName": n, "operator": o, "value": str(v)} for n, o, v in filters]
        groups = {"filterGroups": [{"filters": listed}]} if listed else {}
        return self.post(form, "search", {**groups, **more}, status)

    def people(self, name: str, /, **arguments: Any) -> Any:
        return self.sandbox.people()[name](**arguments)

    def order(self, customer: str = "C1", lines: Any = LINES, **fields: Any) -> str:
        return str(self.people("add_order", customer=customer, lines=lines, **fields))

    def record(self, form: str, key: str) -> dict[str, Any]:
        return next(one for one in self.sandbox.records(form) if one["hs_object_id"] == key)


@pytest.fixture
def build() -> Callable[..., Client]:
    """Clients of sandboxes of the test's own liking."""
    return lambda **options: Client(HubSpotSandbox(COMPANY, **options))


@pytest.fixture
def client(build: Callable[..., Client]) -> Client:
    return build()
