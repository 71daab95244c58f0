"""What Odoo does by itself: amounts, list prices, deliveries and productions of an order."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .records import Records, Refusal, Row

CENT = Decimal("0.01")
ORDER, LINE = "sale.order", "sale.order.line"
NO_REMOVAL = "Once a sales order is confirmed, you can't remove one of its lines."
BELOW = "The ordered quantity of a sale order line cannot be decreased below the amount delivered."


class Rules:
    """Computes and refuses. Called inside a transaction."""

    def __init__(self, records: Records, switches: dict[str, Any]) -> None:
        self._records = records
        self._switches = switches

    # -- before a change --------------------------------------------------------------------

    def completed(self, model: str, values: Row) -> Row:
        """What a new record gets by itself."""
        records = self._records
        if model == ORDER:
            partner = values["partner_id"]
            usual = {"state": "draft", "date_order": records.now, "partner_shipping_id": partner,
                     "currency_id": records.one("res.currency", name="CNY"),
                     "name": self._number("S", ORDER), "amount_total": Decimal(0)}  # fmt: skip
            return {**usual, **values}
        if model == LINE and not values.get("display_type"):
            product = records.get("product.product", values["product_id"])
            price = values.get("price_unit", product.get("list_price") or Decimal(0))
            usual = {"name": product["name"], "product_uom_id": product["uom_id"],
                     "product_uom_qty": Decimal(1), "price_unit": price,
                     "technical_price_unit": price, "tax_ids": product.get("taxes_id") or [],
                     "qty_delivered": Decimal(0), "qty_invoiced": Decimal(0)}  # fmt: skip
            return {**usual, **values}
        if model == "mrp.production":
            usual = {"state": "draft", "qty_produced": Decimal(0), "date_start": records.now,
                     "name": self._number("WH/MO/", model)}  # fmt: skip
            return {**usual, "product_uom_qty": values.get("product_qty"), **values}
        if model == "res.partner":
            return {"active": True, "partner_share": True, **values}
        if model == "product.product":
            usual = {"active": True, "sale_ok": True, "type": "consu", "tracking": "none",
                     "uom_id": records.one("uom.uom", name="Units")}  # fmt: skip
            return {**usual, **values}
        return values

    def _number(self, prefix: str, model: str) -> str:
        return f"{prefix}{len(self._records.table(model)) + 1:05}"

    def permit(self, model: str, before: Row, values: Row) -> None:
        """Raises Refusal for what Odoo refuses, and for nothing else."""
        if model == LINE:
            order = self._records.get(ORDER, before["order_id"])
            if order.get("locked") and values.keys() & {"product_id", "product_uom_qty",
                                                        "price_unit", "tax_ids"}:  # fmt: skip
                raise Refusal("It is forbidden to modify the following fields in a locked order:\n"
                              "Quantity")  # fmt: skip
            confirmed = order["state"] == "sale"
            if confirmed and values.get("product_id", before["product_id"]) != before["product_id"]:
                raise Refusal("You cannot modify the product of this order line.")
            quantity = values.get("product_uom_qty", before["product_uom_qty"])
            if confirmed and (quantity or 0) < before["qty_delivered"]:
                raise Refusal(BELOW)
        if model == ORDER and "pricelist_id" in values and before["state"] == "sale":
            raise Refusal("You cannot change the pricelist of a confirmed order !")

    def recomputed(self, model: str, before: Row, values: Row) -> Row:
        """A price that nobody typed comes from the list again when the quantity changes."""
        if model != LINE or not values.keys() & {"product_uom_qty", "product_id"}:
            return values
        typed = before.get("technical_price_unit") != before.get("price_unit")
        if typed or "price_unit" in values:
            return values
        product = self._records.get("product.product", before["product_id"])
        price = product.get("list_price") or Decimal(0)
        return {**values, "price_unit": price, "technical_price_unit": price}

    def permit_unlink(self, model: str, row: Row) -> None:
        if model == LINE and self._records.get(ORDER, row["order_id"])["state"] == "sale":
            raise Refusal(NO_REMOVAL)

    # -- after a change ---------------------------------------------------------------------

    def changed(self, model: str, id: int) -> None:
        """A row's amounts, and through them its order's total."""
        if model == "res.partner":
            row = self._records.get(model, id)
            top = row.get("parent_id") or id
            if row.get("commercial_partner_id") != top:
                self._records.write(model, id, {"commercial_partner_id": top}, silent=True)
        if model != LINE:
            return
        row = self._records.get(LINE, id)
        taxes = [self._records.get("account.tax", tax) for tax in row.get("tax_ids") or ()]
        rate = sum((tax["amount"] for tax in taxes), Decimal(0)) / 100
        total = _money((row.get("product_uom_qty") or 0) * (row.get("price_unit") or Decimal(0)))
        amounts = {"price_total": total, "price_subtotal": _money(total / (1 + rate))}
        self._records.write(LINE, id, amounts, silent=True)
        self._sum_up(row["order_id"])
        if self._records.get(ORDER, row["order_id"])["state"] == "sale":
            self._deliver(self._records.get(ORDER, row["order_id"]))

    def deleted(self, model: str, row: Row) -> None:
        if model == LINE:
            self._sum_up(row["order_id"])

    def _sum_up(self, order: int) -> None:
        rows = [self._records.get(LINE, id) for id in self._records.rows(LINE, "order_id", order)]
        total = sum((row.get("price_total") or Decimal(0) for row in rows), Decimal(0))
        if total != self._records.get(ORDER, order).get("amount_total"):
            self._records.write(ORDER, order, {"amount_total": total}, silent=True)

    # -- buttons ----------------------------------------------------------------------------

    def confirm(self, order: Row) -> Any:
        """Confirm an order: its delivery is made, and a production of what is made."""
        if order["state"] not in ("draft", "sent"):
            raise Refusal("Some orders are not in a state requiring confirmation.")
        if self._switches["asks"]:
            return {"type": "ir.actions.act_window", "name": "Are you sure?", "target": "new"}
        values = {"state": "sale", "date_order": self._records.now}
        self._records.write(ORDER, order["id"], values, silent=True)
        self._records.note("action_confirm", ORDER, order["id"])
        self._deliver(self._records.get(ORDER, order["id"]))
        for id in sorted(self._records.rows(LINE, "order_id", order["id"])):
            row = self._records.get(LINE, id)
            if self._records.get("product.product", row["product_id"]).get("bom_count"):
                self._produce(order, row)
        return True

    def cancel(self, order: Row) -> bool:
        """Whatever was delivered or invoiced: Odoo cancels."""
        if order.get("locked"):
            raise Refusal("You cannot cancel a locked order. Please unlock it first.")
        self._records.write(ORDER, order["id"], {"state": "cancel"}, silent=True)
        self._records.note("action_cancel", ORDER, order["id"])
        for move in self.moves(order, ("assigned",)):
            self._records.write("stock.move", move["id"], {"state": "cancel"}, silent=True)
            picking = {"state": "cancel"}
            self._records.write("stock.picking", move["picking_id"], picking, silent=True)
        return True

    def moves(self, order: Row, states: tuple[str, ...]) -> list[Row]:
        """The moves to the customer of an order's rows, in these states."""
        rows = self._records.rows(LINE, "order_id", order["id"])
        ids = sorted(m for r in rows for m in self._records.rows("stock.move", "sale_line_id", r))
        moves = [self._records.get("stock.move", id) for id in ids]
        return [m for m in moves if m["state"] in states and m.get("picking_id")]

    def _deliver(self, order: Row) -> None:
        """One open delivery, with what is still to go of each row; none without a warehouse."""
        if not self._records.table("stock.warehouse"):
            return
        rows = [self._records.get(LINE, id)
                for id in sorted(self._records.rows(LINE, "order_id", order["id"]))]  # fmt: skip
        waiting = {move["sale_line_id"]: move for move in self.moves(order, ("assigned",))}
        picking = next((move["picking_id"] for move in waiting.values()), None)
        for row in rows:
            open = (row.get("product_uom_qty") or Decimal(0)) - (row["qty_delivered"] or Decimal(0))
            move = waiting.get(row["id"])
            if move:
                values = {"quantity": open, "state": "assigned" if open else "cancel"}
                self._records.write("stock.move", move["id"], values, silent=True)
            elif open > 0:
                picking = picking or self._picking(order)
                self._records.create("stock.move", {
                    "picking_id": picking, "product_id": row["product_id"], "state": "assigned",
                    "quantity": open, "sale_line_id": row["id"],
                })  # fmt: skip

    def _picking(self, order: Row) -> int:
        return self._records.create("stock.picking", {
            "name": self._number("WH/OUT/", "stock.picking"), "state": "assigned",
            "partner_id": order["partner_shipping_id"], "picking_type_code": "outgoing",
            "scheduled_date": self._records.now,
            "location_id": self._records.one("stock.location", usage="internal"),
        })  # fmt: skip

    def _produce(self, order: Row, row: Row) -> None:
        quantity = row["product_uom_qty"]
        values = {"product_id": row["product_id"], "product_qty": quantity, "origin": order["name"],
                  "sale_line_id": row["id"], "state": "confirmed",
                  "date_deadline": order.get("commitment_date") or self._records.now}  # fmt: skip
        self._records.create("mrp.production", self.completed("mrp.production", values))


def _money(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)
