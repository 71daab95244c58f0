"""HubSpot as people and the network make it: deals with lines, companies, a custom object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from adapters.hubspot import HubSpot
from connector.contract import Shape, Table, Write
from connector.testing import Remote, Sample
from sandbox.company import Company
from sandbox.company.model import Customer, Material, Person
from sandbox.hubspot import HubSpotSandbox
from tests.conformance.sandboxed import SandboxRemote

DEAL, LINE, COMPANY_FORM, STOCK, OWNERS = (
    "deals", "line_items", "companies", "p_erp_stock", "owners",
)  # fmt: skip
KEY, MARK = "hs_object_id", "erp_reference"
BY = "associations.deals"
FIRM = Company(
    name="测试公司",
    people=(Person(crm_id="1001", name="张三", erp_number="YW001"),),
    customers=(Customer(number="C1", name="甲公司"),),
    materials=(Material(number="P1", name="减速机"),),
)


def company(tag: str) -> Write:
    return Write(
        form=COMPANY_FORM,
        key="",
        fields={
            "customer_number": tag,
            "name": f"客户{tag}",
            "erp_credit_limit": Decimal("7.5"),
        },
        reference=(MARK, f"erp:{tag}"),
        number="customer_number",
        show=COMPANIES.shape,
    )


def blocked_perhaps(tag: str) -> Write:
    return replace(company(tag), fields={"name": "甲", "erp_blocked": "perhaps"})


def stock(tag: str) -> Write:
    return Write(
        form=STOCK,
        key="",
        fields={"name": tag, "on_hand": Decimal("7.5")},
        reference=("warehouse", f"erp:{tag}"),
        number="name",
        show=STOCKS.shape,
    )


COMPANIES = Sample(
    shape=Shape(COMPANY_FORM, (KEY,), ("name", "address", "erp_credit_limit"), "customer_number"),
    text="address",
    reference=MARK,
    new=company,
    refused=blocked_perhaps,
    refusal="was not a valid bool",
    unique_number=True,
    amount="erp_credit_limit",
)
STOCKS = Sample(
    shape=Shape(STOCK, (KEY,), ("unit", "on_hand", "warehouse"), "name"),
    text="unit",
    reference="warehouse",
    new=stock,
    amount="on_hand",
)
"""Its reference is no unique property: found by searches, and made one by one."""
DEALS = Sample(
    shape=Shape(DEAL, (KEY,), ("description", "associations.companies"), KEY,
                {LINE: Table(KEY, ("quantity", "price"), LINE, BY)}),
    text="description",
    amount=f"{LINE}/quantity",
    coded="order_kind",
)  # fmt: skip
USERS = Sample(shape=Shape(OWNERS, ("id",), ("email", "firstName"), "login"))


class HubSpotRemote(SandboxRemote):
    kind = HubSpot
    creating = ("create", "update")
    secret = "token"
    end_session = Remote.end_session  # there are none: a key is asked for with every call

    def __init__(self, sample: Sample) -> None:
        super().__init__(HubSpotSandbox(FIRM), sample.shape.form)
        self._sample, self._number = sample, sample.shape.number

    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.server.lock:
            rows, lines = self.server.records(self.form), self.server.records(LINE)
        held: dict[str, dict[str, Any]] = {}
        for row in rows:
            row = {**dict.fromkeys(self._sample.shape.fields), self._number: "", **row}
            row[LINE] = [dict(one) for one in lines if row[KEY] in one.get(BY, ())]
            held[row[KEY]] = row
        return held

    def edit(self, key: str, field: str, value: Any) -> None:
        self._edit(key, field, value)

    def edit_late(self, key: str, field: str, value: Any, seconds: float) -> None:
        self._edit(key, field, value, stamp=self.ago(seconds).isoformat())

    def _edit(self, key: str, field: str, value: Any, **more: Any) -> None:
        table, _, name = field.rpartition("/")
        form, key = (LINE, self.held()[key][LINE][0][KEY]) if table else (self.form, key)
        self.people("edit", form=form, key=key, fields={name: str(value)}, **more)

    def delete(self, key: str) -> None:
        self.people("delete", form=self.form, key=key)

    def add_together(self, count: int) -> Sequence[str]:
        keys, stamp = [self.add() for _ in range(count)], self.ago(0).isoformat()
        for key in keys:
            self._edit(key, self._sample.text, "1", stamp=stamp)
        return keys


class Companies(HubSpotRemote):
    small: ClassVar[Mapping[str, Any]] = {"page": 2}

    def add(self, number: str = "") -> str:
        fields = {"name": "乙公司", "customer_number": number}
        return str(self.people("add", form=COMPANY_FORM, fields=fields))


class Deals(HubSpotRemote):
    def add(self, number: str = "") -> str:
        lines = [{"product": "P1", "quantity": place, "price": 3} for place in (1, 2)]
        return str(self.people("add_order", customer="C1", lines=lines, number=number))


class Stocks(HubSpotRemote):
    def add(self, number: str = "") -> str:
        fields = {"name": number or "手工", "on_hand": "1"}
        return str(self.people("add", form=STOCK, fields=fields))


class Users(HubSpotRemote):
    def held(self) -> Mapping[str, Mapping[str, Any]]:
        with self.server.lock:
            rows = self.server.records(OWNERS)
        return {row[KEY]: {**row, "login": row["email"].partition("@")[0]} for row in rows}

    def add(self, number: str = "") -> str:
        return str(self.people("add", form=OWNERS, fields={"email": f"{number}@example.com"}))
