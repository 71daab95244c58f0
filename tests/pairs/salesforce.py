"""Salesforce, simulated."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.company.model import Company
from sandbox.salesforce import SalesforceSandbox
from tests.pairs.side import Crm, Line, Simulated, Told


class Salesforce(Simulated, Crm):
    adapter = "salesforce"

    def filled(self, company: Company) -> SalesforceSandbox:
        return SalesforceSandbox(company)

    def order(self, customer: str, lines: Sequence[Line]) -> str:
        rows = [
            {"product": one.material, "quantity": one.quantity, "price": one.price} for one in lines
        ]
        number = self.people("add_order", customer=customer, lines=rows)
        return next(one["Id"] for one in self.records("Order") if one["OrderNumber"] == number)

    def told(self, key: str) -> Told:
        [order] = [one for one in self.records("Order") if one["Id"] == key]
        number, state = (order[f"Erp_{name}__c"] or "" for name in ("Number", "State"))
        return Told(number, state, order["Erp_Shipped__c"])


CRM = Salesforce
