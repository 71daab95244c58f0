"""Salesforce as people and the network make it: accounts, orders with lines, stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from adapters.salesforce import Salesforce
from connector.contract import Shape, Table, Write
from connector.testing import Sample
from sandbox.company import Company
from sandbox.company.model import Customer, Material
from sandbox.salesforce import SalesforceSandbox
from tests.conformance.sandboxed import SandboxRemote

ORDER, LINE, ACCOUNT, STOCK = "Order", "OrderItem", "Account", "Erp_Stock__c"
MOVING = ("LastModifiedDate", "SystemModstamp")
COMPANY = Company(
    name="测试公司",
    customers=(Customer(number="C1", name="甲公司"),),
    materials=(Material(number="P1", name="减速机"),),
)


def account(tag: str) -> Write:
    return Write(
        form=ACCOUNT,
        key="",
        fields={"AccountNumber": tag, "Name": f"客户{tag}"},
        reference=("Erp_Reference__c", f"erp:{tag}"),
        number="AccountNumber",
        show=ACCOUNTS.shape,
    )


def long_named(tag: str) -> Write:
    return replace(account(tag), fields={"AccountNumber": tag, "Name": "长" * 256})


def stock(tag: str) -> Write:
    return Write(
        form=STOCK,
        key="",
        fields={"Name": tag, "On_Hand__c": Decimal("7.5")},
        reference=("Reference__c", f"erp:{tag}"),
        number="Name",
        show=STOCKS.shape,
    )


ACCOUNTS = Sample(
    shape=Shape(ACCOUNT, ("Id",), ("Name", "Description"), "AccountNumber"),
    text="Description",
    reference="Erp_Reference__c",
    new=account,
    refused=long_named,
    refusal="data value too large",
)
STOCKS = Sample(
    shape=Shape(STOCK, ("Id",), ("Warehouse__c", "On_Hand__c"), "Name"),
    text="Warehouse__c",
    reference="Reference__c",
    new=stock,
    amount="On_Hand__c",
)
LINES = Table("Id", ("Quantity", "UnitPrice"), LINE, "OrderId")
ORDERS = Sample(
    shape=Shape(ORDER, ("Id",), ("Description",), "OrderNumber", {LINE: LINES}),
    text="Description",
    amount=f"{LINE}/Quantity",
    amounts=(Decimal("0.1"), Decimal("2.67"), Decimal("1234567.89"), Decimal("100")),
    coded="Status",
)


class SalesforceRemote(SandboxRemote):
    kind = Salesforce
    creating = ("create", "update")
    session_lost = "session_lost"
    secret = "consumer_secret"

    def __init__(self, sample: Sample) -> None:
        super().__init__(SalesforceSandbox(COMPANY), sample.shape.form)
        self._sample = sample

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.server.lock:
            lines, rows = self.server.records(LINE), self.server.records(self.form)
        held: dict[str, dict[str, Any]] = {}
        for row in rows:
            fields = {name: value for name, value in row.items() if name not in MOVING}
            fields[LINE] = [dict(line) for line in lines if line["OrderId"] == row["Id"]]
            held[row["Id"]] = fields
        return held

    def edit(self, key: str, field: str, value: Any) -> None:
        self._edit(key, field, value)

    def edit_late(self, key: str, field: str, value: Any, seconds: float) -> None:
        self._edit(key, field, value, stamp=self.ago(seconds).isoformat())

    def _edit(self, key: str, field: str, value: Any, **more: Any) -> None:
        table, _, name = field.rpartition("/")
        its = self.held()[key][LINE][0]["Id"] if table else key
        self.people("edit", form=table or self.form, key=its, fields={name: value}, **more)

    def delete(self, key: str) -> None:
        self.people("delete", form=self.form, key=key)

    def add_together(self, count: int) -> Sequence[str]:
        keys = [self.add() for _ in range(count)]
        stamp, text = self.ago(0).isoformat(), {self._sample.text: "1"}
        for key in keys:
            self.people("edit", form=self.form, key=key, fields=text, stamp=stamp)
        return keys

    def _numbered(self, number: str) -> str:
        field = self._sample.shape.number
        return next(k for k, held in self.held().items() if held[field] == number)


class Accounts(SalesforceRemote):
    def add(self, number: str = "") -> str:
        return self._numbered(self.people("add_customer", name="乙公司", number=number))


class Orders(SalesforceRemote):
    """Answers hold three rows at most, so that queries go on by their locators."""

    small: ClassVar[Mapping[str, Any]] = {"page": 5}

    def __init__(self, sample: Sample) -> None:
        super().__init__(sample)
        self.server.switches["batch"] = 3

    def add(self, number: str = "") -> str:
        lines = [{"product": "P1", "quantity": place, "price": 3} for place in (1, 2)]
        return self._numbered(self.people("add_order", customer="C1", lines=lines, number=number))


class Stocks(SalesforceRemote):
    def add(self, number: str = "") -> str:
        fields = {"Name": number or "手工", "On_Hand__c": 1}
        key: str = self.people("add", form=STOCK, fields=fields)
        return key
