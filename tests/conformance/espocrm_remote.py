"""EspoCRM as people and the network make it: accounts, orders with lines, opportunities, stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from adapters.espocrm import EspoCrm
from connector.contract import Shape, Table, Write
from connector.testing import Remote, Sample
from sandbox.company import Company
from sandbox.company.model import Customer, Material
from sandbox.espocrm import EspoCrmSandbox
from tests.conformance.sandboxed import SandboxRemote

ORDER, LINE, ACCOUNT, STOCK = "SalesOrder", "SalesOrderItem", "Account", "CErpStock"
OPPORTUNITY = "Opportunity"
MOVING = ("modifiedAt", "modifiedById", "modifiedByName", "versionNumber")
COMPANY = Company(
    name="测试公司",
    customers=(Customer(number="C1", name="甲公司"),),
    materials=(Material(number="P1", name="减速机"),),
)


def account(tag: str) -> Write:
    return Write(
        form=ACCOUNT,
        key="",
        fields={"cNumber": tag, "name": f"客户{tag}"},
        reference=("cErpReference", f"erp:{tag}"),
        number="cNumber",
        show=ACCOUNTS.shape,
    )


def long_named(tag: str) -> Write:
    return replace(account(tag), fields={"cNumber": tag, "name": "长" * 250})


def stock(tag: str) -> Write:
    return Write(
        form=STOCK,
        key="",
        fields={"name": tag, "onHand": Decimal("7.5")},
        reference=("reference", f"erp:{tag}"),
        number="name",
        show=STOCKS.shape,
    )


ACCOUNTS = Sample(
    shape=Shape(ACCOUNT, ("id",), ("name", "description"), "cNumber"),
    text="description",
    reference="cErpReference",
    new=account,
    refused=long_named,
    refusal="validationFailure name maxLength [400]",
)
STOCKS = Sample(
    shape=Shape(STOCK, ("id",), ("warehouse", "onHand"), "name"),
    text="warehouse",
    reference="reference",
    new=stock,
    amount="onHand",
)
LINES = Table("id", ("quantity", "cPriceWithTax"), LINE, "salesOrderId")
ORDERS = Sample(
    shape=Shape(ORDER, ("id",), ("description",), "number", {LINE: LINES}),
    text="description",
    amount=f"{LINE}/quantity",
    coded="status",
)
DEALS = Sample(
    shape=Shape(OPPORTUNITY, ("id",), ("cErpReason", "stage"), "name"), text="cErpReason"
)


class EspoCrmRemote(SandboxRemote):
    kind = EspoCrm
    creating = ("create", "update")
    secret = "api_key"
    end_session = Remote.end_session
    """A key is no session."""

    def __init__(self, sample: Sample) -> None:
        super().__init__(EspoCrmSandbox(COMPANY), sample.shape.form)
        self._sample = sample

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.server.lock:
            lines = sorted(self.server.records(LINE), key=lambda line: line["id"])
            rows = self.server.records(self.form)
        held: dict[str, dict[str, Any]] = {}
        for row in rows:
            fields = {name: value for name, value in row.items() if name not in MOVING}
            fields[LINE] = [dict(line) for line in lines if line["salesOrderId"] == row["id"]]
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
        return next(k for k, held in self.held().items() if held[field] == number)


class Accounts(EspoCrmRemote):
    def add(self, number: str = "") -> str:
        return self._numbered(self.people("add_customer", name="乙公司", number=number))


class Orders(EspoCrmRemote):
    small: ClassVar[Mapping[str, Any]] = {"page": 3}

    def add(self, number: str = "") -> str:
        lines = [{"product": "P1", "quantity": place, "price": 3} for place in (1, 2)]
        return self._numbered(self.people("add_order", customer="C1", lines=lines, number=number))


class Deals(EspoCrmRemote):
    def add(self, number: str = "") -> str:
        fields = {
            "name": number or "商机",
            "amount": 5000,
            "probability": 50,
            "stage": "Negotiation",
        }
        key: str = self.people("add", form=OPPORTUNITY, fields=fields)
        return key


class Stocks(EspoCrmRemote):
    def add(self, number: str = "") -> str:
        key: str = self.people("add", form=STOCK, fields={"name": number or "手工", "onHand": 1})
        return key
