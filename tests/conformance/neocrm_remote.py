"""Neocrm as people and the network make it: accounts, orders with lines, a custom object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from adapters.neocrm import Neocrm
from connector.contract import Shape, Table, Write
from connector.testing import Sample
from sandbox.company import Company
from sandbox.company.model import Customer, Material
from sandbox.neocrm import NeocrmSandbox
from tests.conformance.sandboxed import SandboxRemote

ORDER, LINE, ACCOUNT, STOCK = "order", "orderProduct", "account", "erpStock__c"
MOVING = ("updatedAt",)
COMPANY = Company(
    name="测试公司",
    customers=(Customer(number="C1", name="甲公司"),),
    materials=(Material(number="P1", name="减速机"),),
)


def account(tag: str) -> Write:
    return Write(
        form=ACCOUNT,
        key="",
        fields={"accountCode__c": tag, "accountName": f"客户{tag}"},
        reference=("erpReference__c", f"erp:{tag}"),
        number="accountCode__c",
        show=ACCOUNTS.shape,
    )


def long_named(tag: str) -> Write:
    return replace(account(tag), fields={"accountCode__c": tag, "accountName": "长" * 201})


def stock(tag: str) -> Write:
    return Write(
        form=STOCK,
        key="",
        fields={"name": tag, "onHand__c": Decimal("7.5")},
        reference=("reference__c", f"erp:{tag}"),
        number="name",
        show=STOCKS.shape,
    )


ACCOUNTS = Sample(
    shape=Shape(ACCOUNT, ("id",), ("accountName", "comment"), "accountCode__c"),
    text="comment",
    reference="erpReference__c",
    new=account,
    refused=long_named,
    refusal="accountName：长度超出限制",
    unique_number=True,
)
STOCKS = Sample(
    shape=Shape(STOCK, ("id",), ("warehouse__c", "onHand__c"), "name"),
    text="warehouse__c",
    reference="reference__c",
    new=stock,
    amount="onHand__c",
)
LINES = Table("id", ("quantity", "unitPrice"), LINE, "orderId")
ORDERS = Sample(
    shape=Shape(ORDER, ("id",), ("comment",), "po", {LINE: LINES}),
    text="comment",
    amount=f"{LINE}/quantity",
    coded="poStatus",
)


class NeocrmRemote(SandboxRemote):
    kind = Neocrm
    creating = ("create", "update")
    session_lost = "token_expired"
    secret = "security_token"

    def __init__(self, sample: Sample) -> None:
        super().__init__(NeocrmSandbox(COMPANY), sample.shape.form)
        self._sample = sample

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.server.lock:
            lines = self.server.records(LINE)
            rows = self.server.records(self.form)
        held: dict[str, dict[str, Any]] = {}
        for row in rows:
            fields = {name: value for name, value in row.items() if name not in MOVING}
            fields.setdefault(self._sample.text, None)
            fields[LINE] = [dict(line) for line in lines if line["orderId"] == row["id"]]
            held[row["id"]] = fields
        return held

    def edit(self, key: str, field: str, value: Any) -> None:
        self._edit(key, field, value)

    def edit_late(self, key: str, field: str, value: Any, seconds: float) -> None:
        self._edit(key, field, value, stamp=self.ago(seconds).isoformat())

    def _edit(self, key: str, field: str, value: Any, **more: Any) -> None:
        table, _, name = field.rpartition("/")
        its = self.held()[key][LINE][0]["id"] if table else key
        self.people("edit", form=table or self.form, key=its, fields={name: value}, **more)

    def delete(self, key: str) -> None:
        self.people("delete", form=self.form, key=key)

    def add_together(self, count: int) -> Sequence[str]:
        keys = [self.add() for _ in range(count)]
        stamp = self.ago(0).isoformat()
        for key in keys:
            self.people(
                "edit", form=self.form, key=key, fields={self._sample.text: "1"}, stamp=stamp
            )
        return keys

    def _numbered(self, number: str) -> str:
        field = self._sample.shape.number
        return next(k for k, held in self.held().items() if held.get(field) == number)


class Accounts(NeocrmRemote):
    def add(self, number: str = "") -> str:
        return self._numbered(self.people("add_customer", name="乙公司", number=number))


class Orders(NeocrmRemote):
    small: ClassVar[Mapping[str, Any]] = {"page": 3}

    def add(self, number: str = "") -> str:
        lines = [{"product": "P1", "quantity": place, "price": 3} for place in (1, 2)]
        return self._numbered(self.people("add_order", customer="C1", lines=lines, number=number))


class OrdersAskedPlainly(Orders):
    """By the older interface: 100 records a page, whatever is asked for."""

    small: ClassVar[Mapping[str, Any]] = {"page": 3, "query": "plain"}

    def connect(self, **settings: Any) -> Any:
        return super().connect(**{"query": "plain", **settings})


class Stocks(NeocrmRemote):
    def add(self, number: str = "") -> str:
        key: str = self.people("add", form=STOCK, fields={"name": number or "手工", "onHand__c": 1})
        return key
