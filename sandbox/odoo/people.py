"""What people do on Odoo's screens: sales, the warehouse and production."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from .orm import Orm
from .records import Records, Row
from .sales import LINE, ORDER, Rules


class People:
    """The side door."""

    def __init__(self, records: Records, orm: Orm, rules: Rules) -> None:
        self._records = records
        self._orm = orm
        self._rules = rules

    def functions(self) -> Mapping[str, Callable[..., Any]]:
        names = ("add_customer", "add_order", "edit", "edit_line", "delete", "confirm", "cancel",
                 "lock", "produce", "ship", "change_stock")  # fmt: skip
        return {name: getattr(self, name) for name in names}

    # -- sales ------------------------------------------------------------------------------

    def add_customer(self, name: str, number: str = "") -> int:
        """Somebody adds a customer; its id."""
        with self._records.transaction("person:sales"):
            values = {"name": name, "ref": number, "is_company": True, "customer_rank": 1}
            return self._new("res.partner", values)

    def add_order(
        self, customer: str, lines: Sequence[Row], number: str = "", confirm: bool = True
    ) -> str:
        """A quotation for a customer's number, won and confirmed; its number."""
        with self._records.transaction("person:sales"):
            rows = [[0, 0, self._sold(**line)] for line in lines]
            partner = self._records.one("res.partner", ref=customer)
            users = self._records.table("res.users").items()
            seller = next((id for id, user in users if user["active"]), False)
            values: Row = {"partner_id": partner, "user_id": seller, "order_line": rows}
            id = self._new(ORDER, {**values, **({"name": number} if number else {})})
            if confirm:
                self._rules.confirm(self._records.get(ORDER, id))
            return str(self._records.get(ORDER, id)["name"])

    def _sold(self, product: str, quantity: Any, price: Any, tax: Any = 13) -> Row:
        taxes = [self._records.one("account.tax", amount=Decimal(tax), type_tax_use="sale")]
        id = self._records.one("product.product", default_code=product)
        return {"product_id": id, "product_uom_qty": quantity, "price_unit": price,
                "technical_price_unit": 0, "tax_ids": [[6, 0, taxes]]}  # fmt: skip

    def edit(self, form: str, key: int, fields: Row, at: str = "") -> None:
        """Somebody changes fields; `at`: when the transaction began that is seen only now."""
        moment = datetime.fromisoformat(at) if at else None
        with self._records.transaction("person:sales", moment):
            self._orm.write(form, ids=[key], context={}, vals=fields)

    def edit_line(self, number: str, line: int, fields: Row) -> None:
        """Somebody changes a line of an order, by its place."""
        row = self._lines(self._order(number))[line - 1]
        self.edit(LINE, row["id"], fields)

    def delete(self, form: str, key: int) -> None:
        """Somebody deletes a record, with its rows."""
        with self._records.transaction("person:sales"):
            for row in self._lines({"id": key}) if form == ORDER else ():
                self._records.delete(LINE, row["id"])
            self._records.delete(form, key)

    def confirm(self, number: str) -> None:
        """A quotation is won."""
        with self._records.transaction("person:sales"):
            self._rules.confirm(self._order(number))

    def cancel(self, number: str) -> None:
        """An order is cancelled."""
        with self._records.transaction("person:sales"):
            self._rules.cancel(self._order(number))

    def lock(self, number: str) -> None:
        """An order is locked."""
        with self._records.transaction("person:sales"):
            self._records.write(ORDER, self._order(number)["id"], {"locked": True})

    # -- the warehouse and production -------------------------------------------------------

    def produce(self, number: str) -> None:
        """All productions of an order are done."""
        with self._records.transaction("person:shop"):
            for row in self._lines(self._order(number)):
                for id in sorted(self._records.rows("mrp.production", "sale_line_id", row["id"])):
                    made = self._records.get("mrp.production", id)
                    done = {"state": "done", "qty_produced": made["product_qty"],
                            "date_finished": self._records.now}  # fmt: skip
                    self._records.write("mrp.production", id, done)
                    self._new("stock.move", {
                        "production_id": id, "product_id": made["product_id"], "state": "done",
                        "quantity": made["product_qty"], "sale_line_id": row["id"],
                    })  # fmt: skip

    def ship(self, number: str) -> str:
        """The open delivery of an order leaves; its number."""
        with self._records.transaction("person:warehouse"):
            order = self._order(number)
            moves = self._rules.moves(order, ("assigned",))
            for move in moves:
                row = self._records.get(LINE, move["sale_line_id"])
                delivered = (row["qty_delivered"] or Decimal(0)) + move["quantity"]
                self._records.write("stock.move", move["id"], {"state": "done"})
                self._records.write(LINE, row["id"], {"qty_delivered": delivered}, silent=True)
            picking = moves[0]["picking_id"]
            done = {"state": "done", "date_done": self._records.now}
            self._records.write("stock.picking", picking, done)
            self._records.write(ORDER, order["id"], {}, silent=True)
            return str(self._records.get("stock.picking", picking)["name"])

    def change_stock(self, product: str, warehouse: str, quantity: Any) -> None:
        """Somebody counts: what lies there is this."""
        with self._records.transaction("person:warehouse"):
            place = self._records.one("stock.warehouse", code=warehouse)
            location = self._records.one("stock.location", warehouse_id=place)
            id = self._records.one("product.product", default_code=product)
            values = {"product_id": id, "location_id": location}
            found = [q for q in self._records.table("stock.quant").values()
                     if (q["product_id"], q["location_id"]) == (id, location)]  # fmt: skip
            quant = found[0]["id"] if found else self._new("stock.quant", values)
            self._records.write("stock.quant", quant, {"quantity": Decimal(quantity)})

    def _new(self, model: str, values: Row) -> int:
        (id,) = self._orm.create(model, context={}, vals_list=[values])
        return id

    def _order(self, number: str) -> Row:
        return self._records.get(ORDER, self._records.one(ORDER, name=number))

    def _lines(self, order: Row) -> list[Row]:
        ids = sorted(self._records.rows(LINE, "order_id", order["id"]))
        return [self._records.get(LINE, id) for id in ids]
