"""Chanjet T+Cloud, simulated."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.chanjet_tplus import TPlusSandbox
from sandbox.company.model import Company
from tests.pairs.side import Booked, Erp, Simulated

ORDER, ROWS, MARK = "SaleOrder", "SaleOrderDetails", "ExternalCode"


class ChanjetTPlus(Simulated, Erp):
    adapter = "chanjet_tplus"

    def filled(self, company: Company) -> TPlusSandbox:
        return TPlusSandbox(company)

    def booked(self) -> list[Booked]:
        return [_booked(one) for one in self.records(ORDER) if one.get(MARK) and _lives(one)]

    def made(self) -> list[str]:
        return self.created(ORDER, MARK)

    def ship(self, number: str) -> None:
        self.people("ship", order=number)


def _lives(bill: dict[str, Any]) -> bool:
    return bool(bill["VoucherState"]["Name"] != "中止")


def _booked(bill: dict[str, Any]) -> Booked:
    rows = [
        (row["Inventory"]["Code"], Decimal(row["Quantity"]), Decimal(row["OrigTaxAmount"]))
        for row in bill[ROWS]
    ]
    return Booked(bill[MARK], bill["Code"], tuple(sorted(rows)))


ERP = ChanjetTPlus
