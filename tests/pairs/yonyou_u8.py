"""Yonyou U8+, simulated."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.company.model import Company
from sandbox.yonyou_u8 import U8Sandbox
from tests.pairs.side import Booked, Erp, Simulated

ORDER, MARK = "saleorder", "define11"


class YonyouU8(Simulated, Erp):
    adapter = "yonyou_u8"
    haste = {"wait": 3.0}

    def filled(self, company: Company) -> U8Sandbox:
        made = U8Sandbox(company)
        made.switches |= {"ping_after": 0, "pending": 0}
        return made

    def connection(self) -> tuple[dict[str, Any], dict[str, str]]:
        """What is in doubt is left alone for as long as a write may take."""
        settings, secrets = super().connection()
        return settings | {"wait": 2}, secrets

    def booked(self) -> list[Booked]:
        return [_booked(one) for one in self.records(ORDER) if MARK in one and _lives(one)]

    def made(self) -> list[str]:
        return self.created(ORDER, MARK)

    def ship(self, number: str) -> None:
        self.people("ship", order=number)


def _lives(bill: dict[str, Any]) -> bool:
    return bool(bill["state"] != "关闭")


def _booked(bill: dict[str, Any]) -> Booked:
    rows = [
        (row["inventorycode"], Decimal(row["quantity"]), Decimal(row["sum"]))
        for row in bill["entry"]
    ]
    return Booked(bill[MARK], bill["code"], tuple(sorted(rows)))


ERP = YonyouU8
