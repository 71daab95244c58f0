"""Odoo, simulated: as the CRM and as the ERP."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sandbox.company.model import Company
from sandbox.odoo import OdooSandbox
from tests.pairs.side import Booked, Crm, Erp, Line, Simulated, Told

ORDER, ROW = "sale.order", "sale.order.line"


class OdooCrm(Simulated, Crm):
    adapter = "odoo"

    def filled(self, company: Company) -> OdooSandbox:
        return OdooSandbox(company, side="crm")

    def order(self, customer: str, lines: Sequence[Line]) -> str:
        rows = [
            {"product": one.material, "quantity": one.quantity, "price": one.price} for one in lines
        ]
        number = self.people("add_order", customer=customer, lines=rows)
        return next(str(one["id"]) for one in self.records(ORDER) if one["name"] == number)

    def told(self, key: str) -> Told:
        order = next(one for one in self.records(ORDER) if str(one["id"]) == key)
        shipped = order.get("x_erp_shipped")
        return Told(
            order.get("x_erp_number") or "",
            order.get("x_erp_state") or "",
            None if shipped is None else Decimal(shipped),
        )


class OdooErp(Simulated, Erp):
    adapter = "odoo"

    def filled(self, company: Company) -> OdooSandbox:
        return OdooSandbox(company)

    def booked(self) -> list[Booked]:
        products = {one["id"]: one["default_code"] for one in self.records("product.product")}
        rows = {
            one["id"]: (products[one["product_id"]], one["product_uom_qty"], one["price_total"])
            for one in self.records(ROW)
        }
        orders = [one for one in self.records(ORDER) if one["external_id"]]
        return [_booked(one, rows) for one in orders if one["state"] != "cancel"]

    def made(self) -> list[str]:
        return [_mark(external_id) for external_id in self.created(ORDER, "external_id")]

    def ship(self, number: str) -> None:
        self.people("ship", number=number)


def _booked(order: dict[str, Any], rows: dict[int, Any]) -> Booked:
    amounts = sorted(rows[id] for id in order["order_line"])
    return Booked(_mark(order["external_id"]), order["name"], tuple(amounts))


def _mark(external_id: str) -> str:
    return external_id.rpartition("/")[2]


CRM = OdooCrm
ERP = OdooErp
