"""HubSpot, simulated."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sandbox.company.model import Company
from sandbox.hubspot import HubSpotSandbox
from tests.pairs.side import Crm, Line, Simulated, Told


class HubSpot(Simulated, Crm):
    adapter = "hubspot"

    def filled(self, company: Company) -> HubSpotSandbox:
        return HubSpotSandbox(company)

    def order(self, customer: str, lines: Sequence[Line]) -> str:
        rows = [
            {"product": one.material, "quantity": one.quantity, "price": one.price} for one in lines
        ]
        return str(self.people("add_order", customer=customer, lines=rows))

    def told(self, key: str) -> Told:
        [deal] = [one for one in self.records("deals") if one["hs_object_id"] == key]
        shipped: Decimal | None = deal.get("erp_shipped")
        return Told(deal.get("erp_number", ""), deal.get("erp_state", ""), shipped)


CRM = HubSpot
