"""Fxiaoke as people and the network make it: accounts, orders with lines, a custom object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from adapters.fxiaoke import Fxiaoke
from connector.contract import Shape, Table, Write
from connector.testing import Sample
from sandbox.company import Company
from sandbox.company.model import Customer, Material
from sandbox.fxiaoke import FxiaokeSandbox
from tests.conformance.sandboxed import SandboxRemote

ORDER, LINE, ACCOUNT, STOCK = "SalesOrderObj", "SalesOrderProductObj", "AccountObj", "erp_stock__c"
MOVING = ("last_modified_time", "version")
COMPANY = Company(
    name="测试公司",
    customers=(Customer(number="C1", name="甲公司"),),
    materials=(Material(number="P1", name="减速机"),),
)


def account(tag: str) -> Write:
    return Write(
        form=ACCOUNT,
        key="",
        fields={"account_no": tag, "name": f"客户{tag}"},
        reference=("erp_reference__c", f"erp:{tag}"),
        number="account_no",
        show=ACCOUNTS.shape,
    )


def long_named(tag: str) -> Write:
    return replace(account(tag), fields={"account_no": tag, "name": "长" * 201})


def stock(tag: str) -> Write:
    return Write(
        form=STOCK,
        key="",
        fields={"name": tag, "on_hand__c": Decimal("7.5")},
        reference=("reference__c", f"erp:{tag}"),
        number="name",
        show=STOCKS.shape,
    )


ACCOUNTS = Sample(
    shape=Shape(ACCOUNT, ("_id",), ("name", "address"), "account_no"),
    text="address",
    reference="erp_reference__c",
    new=account,
    refused=long_named,
    refusal="长度不能超过200个字符",
    unique_number=True,
)
STOCKS = Sample(
    shape=Shape(STOCK, ("_id",), ("warehouse__c", "on_hand__c"), "name"),
    text="warehouse__c",
    reference="reference__c",
    new=stock,
    amount="on_hand__c",
)
LINES = Table("_id", ("quantity", "sales_price"), LINE, "order_id")
ORDERS = Sample(
    shape=Shape(ORDER, ("_id",), ("remark",), "name", {LINE: LINES}),
    text="remark",
    amount=f"{LINE}/quantity",
    coded="mc_currency",
)


class FxiaokeRemote(SandboxRemote):
    kind = Fxiaoke
    creating = ("create", "update")
    session_lost = "token_expired"
    secret = "app_secret"

    def __init__(self, sample: Sample) -> None:
        super().__init__(FxiaokeSandbox(COMPANY), sample.shape.form)
        self._sample = sample

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.server.lock:
            lines = self.server.records(LINE)
            rows = self.server.records(self.form)
        held: dict[str, dict[str, Any]] = {}
        for row in rows:
            fields = {name: value for name, value in row.items() if name not in MOVING}
            fields.setdefault(self._sample.text, None)
            fields[LINE] = [dict(line) for line in lines if line.get("order_id") == row["_id"]]
            held[row["_id"]] = fields
        return held

    def edit(self, key: str, field: str, value: Any) -> None:
        self._edit(key, field, value)

    def edit_late(self, key: str, field: str, value: Any, seconds: float) -> None:
        self._edit(key, field, value, stamp=int(self.ago(seconds).timestamp() * 1000))

    def _edit(self, key: str, field: str, value: Any, **more: Any) -> None:
        table, _, name = field.rpartition("/")
        if table:
            line = self.held()[key][LINE][0]["_id"]
            self.people("edit_line", key=line, fields={name: value}, **more)
        else:
            self.people("edit", form=self.form, key=key, fields={name: value}, **more)

    def delete(self, key: str) -> None:
        self.people("delete", form=self.form, key=key)

    def is_cancelled(self, key: str) -> bool:
        return self.held()[key]["life_status"] == "invalid"

    def add_together(self, count: int) -> Sequence[str]:
        keys = [self.add() for _ in range(count)]
        stamp = int(self.ago(0).timestamp() * 1000)
        for key in keys:
            self.people(
                "edit", form=self.form, key=key, fields={self._sample.text: "1"}, stamp=stamp
            )
        return keys


class Accounts(FxiaokeRemote):
    small: ClassVar[Mapping[str, Any]] = {"page": 2}

    def add(self, number: str = "") -> str:
        number = self.people("add_customer", name="乙公司", number=number)
        return next(k for k, held in self.held().items() if held.get("account_no") == number)


class Orders(FxiaokeRemote):
    def add(self, number: str = "") -> str:
        lines = [{"product": "P1", "quantity": place, "price": 3} for place in (1, 2)]
        number = self.people("add_order", customer="C1", lines=lines, number=number)
        return next(k for k, held in self.held().items() if held.get("name") == number)


class Stocks(FxiaokeRemote):
    """A custom object: people have no page for it here, so what they add goes in directly."""

    def add(self, number: str = "") -> str:
        people = self.server._people
        with self.server.lock:
            values = {"name": number or "手工", "on_hand__c": Decimal(1)}
            key: str = people.create(STOCK, values, ["1000"], "person:sales")
        return key
