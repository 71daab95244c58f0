"""Kingdee Cloud Galaxy, simulated."""

from __future__ import annotations

from typing import Any

from sandbox.company.model import Company
from sandbox.kingdee_galaxy import KingdeeGalaxySandbox
from tests.pairs.side import Booked, Erp, Simulated


class KingdeeGalaxy(Simulated, Erp):
    adapter = "kingdee_galaxy"

    def filled(self, company: Company) -> KingdeeGalaxySandbox:
        return KingdeeGalaxySandbox(company)

    def booked(self) -> list[Booked]:
        bills = self.records("SAL_SaleOrder")
        return [_booked(one) for one in bills if one.get("F_CRM_Ref") and _lives(one)]

    def made(self) -> list[str]:
        return self.created("SAL_SaleOrder", "F_CRM_Ref")

    def ship(self, number: str) -> None:
        self.people("ship", order_number=number)


def _lives(bill: dict[str, Any]) -> bool:
    return bool(bill.get("FCancelStatus") != "B")


def _booked(bill: dict[str, Any]) -> Booked:
    rows = [
        (row["FMaterialId"]["FNumber"], row["FQty"], row["FAllAmount"])
        for row in bill["FSaleOrderEntry"]
    ]
    return Booked(bill["F_CRM_Ref"].strip(), bill["FBillNo"], tuple(sorted(rows)))


ERP = KingdeeGalaxy
