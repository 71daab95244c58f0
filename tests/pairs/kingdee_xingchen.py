"""Kingdee Xingchen, simulated."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.company.model import Company
from sandbox.kingdee_xingchen import XingchenSandbox
from tests.pairs.side import Booked, Erp, Simulated

ORDER, MARK = "scm/sal_order", "bill_no"


class KingdeeXingchen(Simulated, Erp):
    adapter = "kingdee_xingchen"

    def filled(self, company: Company) -> XingchenSandbox:
        return XingchenSandbox(company)

    def booked(self) -> list[Booked]:
        return [_booked(one) for one in self.records(ORDER) if not one["bill_close_state"]]

    def made(self) -> list[str]:
        return self.created(ORDER, MARK)

    def ship(self, number: str) -> None:
        self.people("ship", order=number)


def _booked(bill: dict[str, Any]) -> Booked:
    """Our mark is the order's number."""
    rows = [
        (row["material_number"], Decimal(row["qty"]), Decimal(row["all_amount"]))
        for row in bill["material_entity"]
    ]
    return Booked(bill[MARK], bill[MARK], tuple(sorted(rows)))


ERP = KingdeeXingchen
