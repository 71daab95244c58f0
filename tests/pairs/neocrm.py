"""Neocrm, simulated."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sandbox.company.model import Company
from sandbox.neocrm import NeocrmSandbox
from tests.pairs.side import Crm, Line, Simulated, Told


class Neocrm(Simulated, Crm):
    adapter = "neocrm"

    def filled(self, company: Company) -> NeocrmSandbox:
        return NeocrmSandbox(company)

    def order(self, customer: str, lines: Sequence[Line]) -> str:
        rows = [
            {"product": one.material, "quantity": one.quantity, "price": one.price} for one in lines
        ]
        number = self.people("add_order", customer=customer, lines=rows)
        return next(str(one["id"]) for one in self.records("order") if one["po"] == number)

    def told(self, key: str) -> Told:
        order = next(one for one in self.records("order") if str(one["id"]) == key)
        shipped = order.get("erpShipped__c")
        return Told(
            order.get("erpNumber__c", ""),
            order.get("erpState__c", ""),
            None if shipped is None else Decimal(shipped),
        )


CRM = Neocrm
