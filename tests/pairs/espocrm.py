"""EspoCRM, simulated."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sandbox.company.model import Company
from sandbox.espocrm import EspoCrmSandbox
from tests.pairs.side import Crm, Line, Simulated, Told


class EspoCrm(Simulated, Crm):
    adapter = "espocrm"

    def filled(self, company: Company) -> EspoCrmSandbox:
        return EspoCrmSandbox(company)

    def order(self, customer: str, lines: Sequence[Line]) -> str:
        rows = [
            {"product": one.material, "quantity": one.quantity, "price": one.price} for one in lines
        ]
        number = self.people("add_order", customer=customer, lines=rows)
        return next(one["id"] for one in self.records("SalesOrder") if one["number"] == number)

    def told(self, key: str) -> Told:
        order = next(one for one in self.records("SalesOrder") if one["id"] == key)
        shipped = order["cErpShipped"]
        return Told(
            order["cErpNumber"] or "",
            order["cErpState"] or "",
            None if shipped is None else Decimal(shipped),
        )


CRM = EspoCrm
