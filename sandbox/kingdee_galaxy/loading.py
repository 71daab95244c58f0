"""How a company's records get into an account set: stamped in the past, not in the ledger."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.company.model import Company

from .account_set import AccountSet
from .records import Bill, Row
from .registry import rules_of

IMPORTED = "2020-01-02T08:00:00"
CURRENCIES = {
    "CNY": ("PRE001", "人民币", 2), "HKD": ("PRE002", "香港元", 2), "EUR": ("PRE003", "欧元", 2),
    "JPY": ("PRE004", "日本日圆", 0), "GBP": ("PRE006", "英镑", 2), "USD": ("PRE007", "美元", 2),
}  # fmt: skip


class Loading:
    """An account set that is being filled."""

    def __init__(self, books: AccountSet, company: Company) -> None:
        self.books, self.company = books, company
        self.orgs: dict[str, int] = {}
        self.customers: dict[str, str] = {}
        """CRM number → ERP number."""
        self.salesmen: dict[str, int] = {}
        """A person's CRM id → salesman."""

    def put(self, form_id: str, values: dict[str, Any], stamp: str, **rows: list[Row]) -> Bill:
        form = self.books.tables[form_id].form
        bill = self.books.new_bill(form)
        bill.id = self.books.next_id(form)
        user = self.books.tables["SEC_User"].lookup("FNumber", "demo")
        bill.values |= {
            "FDocumentStatus": "C", "FCreateDate": stamp, "FModifyDate": stamp,
            "FApproveDate": stamp, "FCreatorId": user[0] if user else None, **values,
        }  # fmt: skip
        if not form.is_bill:
            bill.values.setdefault("FMasterId", bill.id)
        for entity, made in rows.items():
            for seq, row in enumerate(made, 1):
                row.values["FSeq"] = seq
            bill.rows[entity] = made
        rules_of(form).finish(self.books, bill)
        self.books.tables[form_id].put(bill)
        return bill

    def row(self, form_id: str, entity: str, values: dict[str, Any]) -> Row:
        row = self.books.new_row(self.books.tables[form_id].form, entity)
        row.values |= values
        return row

    def base(self, form_id: str, number: str, name: str, **values: Any) -> Bill:
        return self.put(form_id, {"FNumber": number, "FName": name, **values}, IMPORTED)

    def everywhere(self, form_id: str, values: dict[str, Any]) -> None:
        """Base data and its copies for all other organisations."""
        master = self.put(form_id, values, IMPORTED)
        for org in self.orgs.values():
            if org != values["FCreateOrgId"]:
                self.put(form_id, {**values, "FUseOrgId": org, "FMasterId": master.id}, IMPORTED)

    def owner(self, organisation: str = "") -> dict[str, int]:
        org = self.orgs.get(organisation) or self.seller
        return {"FCreateOrgId": org, "FUseOrgId": org}

    @property
    def seller(self) -> int:
        return next(iter(self.orgs.values()))

    def material(self, number: str, org: int) -> Bill | None:
        return self.books.find("BD_MATERIAL", number, org)

    def supplier(self, number: str) -> Any:
        found = self.books.find("BD_Supplier", number, self.seller) if number else None
        return found.id if found else None

    def currency(self, code: str) -> Any:
        number = CURRENCIES[code][0] if code in CURRENCIES else code
        return self.books.require("BD_Currency", number).id


def midnight(day: date) -> str:
    return f"{day}T00:00:00"


def evening(day: date) -> str:
    return f"{day}T17:45:12.407"
