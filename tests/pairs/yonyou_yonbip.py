"""Yonyou YonBIP, simulated."""

from __future__ import annotations

from typing import Any

from sandbox.company.model import Company
from sandbox.yonyou_yonbip import YonBipSandbox
from tests.pairs.side import Booked, Erp, Simulated

ORDER, MARK = "sd/voucherorder", "headItem.define1"


class YonyouYonBip(Simulated, Erp):
    adapter = "yonyou_yonbip"

    def filled(self, company: Company) -> YonBipSandbox:
        return YonBipSandbox(company)

    def booked(self) -> list[Booked]:
        return [_booked(one) for one in self.records(ORDER) if _mark(one) and _lives(one)]

    def made(self) -> list[str]:
        return self.created(ORDER, MARK)

    def ship(self, number: str) -> None:
        self.people("ship", order=number)


def _mark(bill: dict[str, Any]) -> str:
    return str(bill.get("headItem", {}).get("define1", "")).strip()


def _lives(bill: dict[str, Any]) -> bool:
    return bool(bill["nextStatus"] != "OPPOSE")


def _booked(bill: dict[str, Any]) -> Booked:
    rows = [(row["productCode"], row["qty"], row["oriSum"]) for row in bill["orderDetails"]]
    return Booked(_mark(bill), bill["code"], tuple(sorted(rows)))


ERP = YonyouYonBip
