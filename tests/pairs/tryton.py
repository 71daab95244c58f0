"""Tryton, a real one."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from sandbox.company.model import Company
from tests.pairs.side import Booked, Erp, Simulated
from tests.system.company import SMALL
from tests.tryton.server import TrytonServer

TAX = Decimal("1.13")
FEN = Decimal("0.01")


class Tryton(Simulated, Erp):
    adapter = "tryton"
    patience = 2.0
    slow = True
    system: TrytonServer

    def filled(self, company: Company) -> TrytonServer:
        assert company is SMALL, "its database is made once, with this company"
        return TrytonServer()

    def booked(self) -> list[Booked]:
        rows = defaultdict(list)
        for row in self.system.rows(
            "select sale, code, quantity, unit_price from sale_line"
            " join product_product on product = product_product.id"
        ):
            quantity = Decimal(str(row["quantity"]))
            amount = (quantity * Decimal(row["unit_price"]) * TAX).quantize(FEN)
            rows[row["sale"]].append((row["code"], quantity, amount))
        return [
            Booked(one["reference"], one["number"] or "", tuple(sorted(rows[one["id"]])))
            for one in self.system.rows("select * from sale_sale where state <> 'cancelled'")
            if one["reference"]
        ]

    def made(self) -> list[str]:
        # Tryton keeps every version of a sale, deleted ones too.
        versions = "select distinct id, reference from sale_sale__history"
        return [str(one["reference"]) for one in self.system.rows(versions) if one["reference"]]

    def ship(self, number: str) -> None:
        (sale,) = self.system.rows("select id from sale_sale where number = ?", number)
        self.system.process(sale["id"])
        self.system.produce(sale["id"])
        self.system.ship(sale["id"])


ERP = Tryton
