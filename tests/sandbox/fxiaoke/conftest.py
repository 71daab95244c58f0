"""A small company in a Fxiaoke sandbox, and a client that needs no socket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from sandbox.company.model import Company, Customer, Material, Order, OrderLine, Person
from sandbox.fxiaoke import FxiaokeSandbox
from sandbox.server import Request, from_json, to_json

APP = {
    "appId": "FSAID_sandbox",
    "appSecret": "sandbox-app-secret",
    "permanentCode": "sandbox-permanent-code",
}
QUIET = {"triggerWorkFlow": False, "triggerApprovalFlow": False}


class Client:
    """Speaks Fxiaoke's protocol with a sandbox in this process."""

    def __init__(self, sandbox: FxiaokeSandbox) -> None:
        self.sandbox = sandbox
        self.headers: dict[str, str] = {}

    def post(self, path: str, body: dict[str, Any], trace: bool = True) -> dict[str, Any]:
        query = f"?thirdTraceId={uuid4()}" if trace else ""
        request = Request("POST", path + query, self.headers, to_json(body))
        response = self.sandbox.handle(request)
        assert response.status == 200
        return dict(from_json(response.body))

    def log_in(self, user: str = "1000") -> Client:
        answer = self.post("/oauth2.0/token", {**APP, "grantType": "app_secret"})
        self.headers = {
            "authorization": f"Bearer {answer['accessToken']}",
            "x-fs-ea": answer["ea"],
            "x-fs-userid": user,
        }
        return self

    def query(self, form: str, *filters: tuple[str, str, list[str]], **info: Any) -> dict[str, Any]:
        prefix = "/cgi/crm/custom/v2" if form.endswith("__c") else "/cgi/crm/v2"
        search = {
            "limit": 100,
            "offset": 0,
            "filters": [
                {"field_name": name, "operator": operator, "field_values": values}
                for name, operator, values in filters
            ],
            "orders": [{"fieldName": "_id", "isAsc": True}],
            **info,
        }
        data = {"dataObjectApiName": form, "search_query_info": search}
        return self.post(f"{prefix}/data/query", {"data": data})

    def rows(self, form: str, *filters: tuple[str, str, list[str]], **info: Any) -> list[Any]:
        return list(self.query(form, *filters, **info)["data"]["dataList"])

    def one(self, form: str, name: str) -> dict[str, Any]:
        return dict(self.rows(form, ("name", "EQ", [name]))[0])

    def update(self, form: str, key: str, fields: dict[str, Any], **top: Any) -> dict[str, Any]:
        sent = {"_id": key, "dataObjectApiName": form, **fields}
        return self.post("/cgi/crm/v2/data/update", {**QUIET, **top, "data": {"object_data": sent}})

    def create(self, form: str, fields: dict[str, Any], **top: Any) -> dict[str, Any]:
        prefix = "/cgi/crm/custom/v2" if form.endswith("__c") else "/cgi/crm/v2"
        sent = {"dataObjectApiName": form, **fields}
        return self.post(f"{prefix}/data/create", {**QUIET, **top, "data": {"object_data": sent}})

    def commits(self) -> list[tuple[str, str, str]]:
        return [(e.operation, e.form, e.by) for e in self.sandbox.ledger if e.kind == "commit"]


def small_company() -> Company:
    """Two customers, two products, three orders of October and November."""

    def line(place: int, material: str, quantity: int, price: str) -> OrderLine:
        return OrderLine(
            line_no=place,
            material=material,
            quantity=Decimal(quantity),
            price=Decimal(price),
            amount=quantity * Decimal(price),
            tax_rate=Decimal("0.13"),
            wanted_date=date(2026, 12, 1),
        )

    def order(number: str, customer: str, day: date, *lines: OrderLine, **rest: Any) -> Order:
        amount = sum((each.amount for each in lines), Decimal(0))
        amount -= rest.get("discount", 0)
        return Order(
            number=number,
            customer=customer,
            order_date=day,
            lines=lines,
            amount=amount,
            salesperson="1001",
            **rest,
        )

    return Company(
        name="测试公司",
        people=(Person(crm_id="1001", name="张三", mobile="10000000001", erp_number="YW001"),),
        customers=(
            Customer(number="C1", name="甲公司", salesperson="1001"),
            Customer(number="C2", name="乙公司", salesperson="1001"),
        ),
        materials=(
            Material(number="P1", name="减速机", list_price=Decimal("100")),
            Material(number="P2", name="电机", list_price=Decimal("50")),
            Material(number="R1", name="毛坯", saleable=False),
        ),
        orders=(
            order(
                "SO-1",
                "C1",
                date(2026, 10, 1),
                line(1, "P1", 3, "99.99"),
                line(2, "P2", 1, "50.00"),
            ),
            order("SO-2", "C2", date(2026, 11, 1), line(1, "P2", 2, "50.00"), discount=Decimal(5)),
            order("SO-3", "C1", date(2026, 11, 1), line(1, "P1", 1, "100.00"), locked=True),
        ),
    )


@pytest.fixture
def sandbox() -> FxiaokeSandbox:
    return FxiaokeSandbox(small_company())


@pytest.fixture
def crm(sandbox: FxiaokeSandbox) -> Client:
    return Client(sandbox).log_in()


@pytest.fixture
def connect() -> Callable[..., Client]:
    """A client of a sandbox built as the test likes it."""

    def build(**options: Any) -> Client:
        return Client(FxiaokeSandbox(small_company(), **options)).log_in()

    return build
