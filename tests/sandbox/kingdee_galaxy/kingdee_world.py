"""A small company, complete order models, and a caller with a session."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.company.model import (
    BomLine,
    Company,
    Customer,
    Material,
    Order,
    OrderLine,
    Person,
    Stock,
    Supplier,
    WorkOrder,
)
from sandbox.kingdee_galaxy import KingdeeGalaxySandbox
from sandbox.server import Request, Response, from_json

FORM_SERVICE = "Kingdee.BOS.WebApi.ServicesStub.DynamicFormService"

COMPANY = Company(
    name="示例有限公司",
    organisations=(("100", "总公司"), ("101", "分公司")),
    people=(
        Person(crm_id="p1", name="张三", department="销售一部", erp_number="S001"),
        Person(crm_id="p2", name="李四", department="销售一部"),
    ),
    customers=(
        Customer(number="A1", name="海湾电器", salesperson="p1", erp_number="C0007"),
        Customer(number="A2", name="晨光五金", salesperson="p1"),
    ),
    materials=(
        Material(number="M-100", name="齿轮箱", make_or_buy="make", list_price=Decimal("11.3")),
        Material(number="M-200", name="轴承", unit="kg"),
    ),
    suppliers=(Supplier(number="VEN001", name="远山轴承"),),
    bom=(BomLine(parent="M-100", component="M-200", quantity=Decimal("0.5"), unit="kg"),),
    stock=(Stock(material="M-100", warehouse="CK01", quantity=Decimal(340)),),
    orders=(
        Order(
            number="CRM-OLD-1",
            customer="A1",
            order_date=date(2026, 2, 3),
            lines=(
                OrderLine(
                    line_no=1,
                    material="M-100",
                    quantity=Decimal(3),
                    price=Decimal("10"),
                    amount=Decimal("30"),
                    tax_rate=Decimal("0.13"),
                ),
            ),
            amount=Decimal("29.5"),
            discount=Decimal("0.5"),
            erp_number="XSDD000001",
        ),
    ),
    work_orders=(
        WorkOrder(
            number="MO-1",
            material="M-100",
            ordered=Decimal(10),
            start=date(2026, 2, 4),
            due=date(2026, 2, 20),
            order_number="CRM-OLD-1",
        ),
    ),
)


def numbered(number: str) -> dict[str, str]:
    return {"FNumber": number}


def row(**fields: Any) -> dict[str, Any]:
    """A complete order row; `fields` come last, as typed last."""
    return {
        "FMaterialId": numbered("M-100"),
        "FUnitID": numbered("Pcs"),
        "FPriceUnitId": numbered("Pcs"),
        "FStockUnitID": numbered("Pcs"),
        "FSettleOrgIds": numbered("100"),
        "FReserveType": "1",
        "FOUTLMTUNIT": "SAL",
        "FDeliveryDate": "2026-03-20",
        "FQty": 20,
        "FEntryTaxRate": 13,
        "FTaxPrice": Decimal("11.3"),
        **fields,
    }


def order(*rows: dict[str, Any], **head: Any) -> dict[str, Any]:
    """A complete order model: head, finance, rows."""
    return {
        "FID": 0,
        "FBillTypeID": {"FNUMBER": "XSDD01_SYS"},
        "FDate": "2026-03-05",
        "FSaleOrgId": numbered("100"),
        "FCustId": numbered("C0007"),
        "FSalerId": numbered("S001"),
        **head,
        "FSaleOrderFinance": {"FSettleCurrId": numbered("PRE001")},
        "FSaleOrderEntry": list(rows) or [row()],
    }


class Client:
    """Calls a server in this process with a session of its own."""

    def __init__(self, server: KingdeeGalaxySandbox) -> None:
        self.server = server
        session = server.sessions.start(server.clock.now().timestamp())
        self.headers = {"kdservice-sessionid": session.id, "content-type": "application/json"}

    def post(self, method: str, body: Any, service: str = FORM_SERVICE) -> Response:
        text = body if isinstance(body, str) else json.dumps(body, default=str)
        path = f"/k3cloud/{service}.{method}.common.kdsvc"
        return self.server.handle(Request("POST", path, self.headers, text.encode()))

    def call(self, method: str, form: str, **data: Any) -> Any:
        body = {"formid": form, "data": data}
        return from_json(self.post(method, body).body)

    def save(self, model: dict[str, Any], form: str = "SAL_SaleOrder", **options: Any) -> Any:
        return self.call("Save", form, Model=model, **options)["Result"]

    def do(self, method: str, *numbers: str, form: str = "SAL_SaleOrder", **data: Any) -> Any:
        answer = self.call(method, form, Numbers=list(numbers), **data)
        return answer["Result"]["ResponseStatus"]

    def query(self, form: str, keys: str, where: Any = "", order: str = "", **more: Any) -> Any:
        data = {"FormId": form, "FieldKeys": keys, "FilterString": where, "OrderString": order}
        return from_json(self.post("ExecuteBillQuery", {"data": {**data, **more}}).body)

    def audited(self, model: dict[str, Any]) -> str:
        """Save, submit and audit an order; its number."""
        saved = self.save(model)
        assert saved["ResponseStatus"]["IsSuccess"], saved
        number = str(saved["Number"])
        assert self.do("Submit", number)["IsSuccess"]
        assert self.do("Audit", number)["IsSuccess"]
        return number


def text_of(status: dict[str, Any]) -> str:
    """The messages of a ResponseStatus in one text."""
    return " | ".join(error["Message"] for error in status["Errors"])
