"""Fxiaoke, simulated."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sandbox.company.model import Company
from sandbox.fxiaoke import FxiaokeSandbox
from tests.pairs.side import Crm, Line, Simulated, Told


class Fxiaoke(Simulated, Crm):
    adapter = "fxiaoke"

    def filled(self, company: Company) -> FxiaokeSandbox:
        return FxiaokeSandbox(company)

    def order(self, customer: str, lines: Sequence[Line]) -> str:
        rows = [
            {"product": one.material, "quantity": str(one.quantity), "price": str(one.price)}
            for one in lines
        ]
        number = self.people("add_order", customer=customer, lines=rows)
        return next(one["_id"] for one in self.records("SalesOrderObj") if one["name"] == number)

    def told(self, key: str) -> Told:
        order = next(one for one in self.records("SalesOrderObj") if one["_id"] == key)
        shipped = order.get("erp_shipped__c")
        return Told(
            order.get("erp_number__c", ""),
            order.get("erp_state__c", ""),
            None if shipped is None else Decimal(shipped),
        )


CRM = Fxiaoke
