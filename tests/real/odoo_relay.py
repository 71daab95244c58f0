"""A real Odoo behind what tests know of a simulated one: its people, records, faults on the way.

The connector's calls are passed on as they are, and may be lost or garbled here. What people do is
done with an administrator's key, by the buttons that they would press.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import create_engine, text

from sandbox.clock import SandboxClock
from sandbox.odoo import OdooSandbox
from sandbox.odoo.registry import MODELS
from sandbox.server import Application, Request, Response
from tests.real.odoo_server import DATABASE, RealOdoo

ORDER, LINE = "sale.order", "sale.order.line"
LONGEST = 8.0
"""Seconds of real time that pass at most where a test lets time pass."""
MADE = ("account_payment_register", "account_partial_reconcile", "account_payment",
        "account_move_line", "account_move", "stock_move_line", "stock_move", "stock_picking",
        "mrp_production", "sale_order_line", "sale_order")  # fmt: skip
"""Tables of what comes of orders, rows first."""
UNDONE = (b'"ids": false', b"<fault>", b"<name>ids</name>\n<value><boolean>0")
"""How an answer under 200 says that nothing was done."""
SAVES = {"load": "create", "write": "update"}
Row = dict[str, Any]


class RealClock(SandboxClock):
    """Time that passes by itself."""

    def advance(self, seconds: float) -> datetime:
        time.sleep(min(max(seconds, 1.1), LONGEST) if seconds <= 60 else 1.1)
        return self.now()


class OdooRelay(Application):
    """The real server, as the sandbox's likeness."""

    system = "odoo"

    def __init__(self, server: RealOdoo) -> None:
        super().__init__()
        self.clock = RealClock()
        self._server = server
        self._engine = create_engine(server.database_url, isolation_level="AUTOCOMMIT")
        self._there = self._ids()

    # -- the connector's calls --------------------------------------------------------------

    name_call = OdooSandbox.name_call

    def answer(self, request: Request, operation: str, form: str) -> Response:
        status, kind, body = self._send(request.method, request.path, request.headers, request.body)
        if status == 200 and operation in SAVES and not any(no in body[:400] for no in UNDONE):
            self.ledger.append("commit", SAVES[operation], form=form)
        return Response(status, body, {}, kind)

    def _send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection(urlsplit(self._server.url).netloc, timeout=60)
        passed = {n: v for n, v in headers.items() if n not in ("host", "accept-encoding")}
        try:
            connection.request(method, path, body or None, passed)
            answer = connection.getresponse()
            return answer.status, answer.headers["Content-Type"], answer.read()
        finally:
            connection.close()

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        settings = {
            "adapter": self.system,
            "base_url": url,
            "database": DATABASE,
            "api_key": "${env:ODOO_API_KEY}",
            "timezone": "Asia/Shanghai",
            "allow_insecure_http": ["127.0.0.1"],
        }
        return settings, {"ODOO_API_KEY": self._server.key}

    # -- what stands there ------------------------------------------------------------------

    def standing(self, form: str) -> list[dict[str, Any]]:
        """The fields that the sandbox has, and the external id."""
        names = [n for n in MODELS[form] if n in self._fields(form)]
        rows = self.call(form, "search_read", domain=[], fields=names, order="id", load="",
                         context={"active_test": False})  # fmt: skip
        ours = [("model", "=", form), ("module", "=", "__connector__")]
        marks = self.call("ir.model.data", "search_read", fields=["res_id", "complete_name"],
                          domain=ours)  # fmt: skip
        named = {mark["res_id"]: mark["complete_name"] for mark in marks}
        return [
            {n: _typed(MODELS[form][n].kind, v) for n, v in row.items()}
            | {"external_id": named.get(row["id"], "")}
            for row in rows
        ]

    def _fields(self, form: str) -> Row:
        found: Row = self.call(form, "fields_get", attributes=["type"])
        return found

    def call(self, model: str, method: str, **named: Any) -> Any:
        """As an administrator. Raises RuntimeError."""
        headers = {"Content-Type": "application/json", "X-Odoo-Database": DATABASE,
                   "Authorization": f"bearer {self._server.admin}"}  # fmt: skip
        body = json.dumps(named, default=str).encode()
        status, _, answer = self._send("POST", f"/json/2/{model}/{method}", headers, body)
        if status != 200:
            raise RuntimeError(f"{model}.{method}: {answer[:500].decode()}")
        return json.loads(answer)

    def one(self, model: str, **values: Any) -> int:
        """The id of the record with these values."""
        domain = [(name, "=", value) for name, value in values.items()]
        return int(self.call(model, "search", domain=domain, limit=1)[0])

    # -- past the screens -------------------------------------------------------------------

    def sql(self, statement: str, **values: Any) -> Any:
        """Directly in the database."""
        with self._engine.connect() as connection:
            done = connection.execute(text(statement), values)
            return done.fetchall() if done.returns_rows else None

    def clean(self) -> None:
        """Take away what a test has left: all orders, and whoever was not there at first."""
        for table in MADE:
            self.sql(f"delete from {table}")
        self.sql("delete from ir_model_data where module = '__connector__'")
        partners = "select id from res_partner where id > :last"
        self.sql(f"delete from res_partner where id in ({partners})", last=self._there["partner"])
        self.sql("delete from stock_quant where id > :last", last=self._there["quant"])

    def _ids(self) -> dict[str, int]:
        tables = {"partner": "res_partner", "quant": "stock_quant"}
        return {n: self.sql(f"select max(id) from {t}")[0][0] or 0 for n, t in tables.items()}

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    # -- people -----------------------------------------------------------------------------

    def people(self) -> Mapping[str, Callable[..., Any]]:
        names = ("add_customer", "add_order", "edit", "edit_line", "delete", "confirm", "cancel",
                 "lock", "produce", "ship", "invoice", "pay", "change_stock")  # fmt: skip
        return {name: getattr(self, f"_{name}") for name in names}

    def _add_customer(self, name: str, number: str = "") -> int:
        values = {"name": name, "ref": number, "is_company": True, "customer_rank": 1}
        return int(self.call("res.partner", "create", vals_list=[values])[0])

    def _add_order(
        self, customer: str, lines: Sequence[Row], number: str = "", confirm: bool = True
    ) -> str:
        seller = self.one("res.users", login="YW001")
        values: Row = {"partner_id": self.one("res.partner", ref=customer), "user_id": seller,
                       "order_line": [[0, 0, self._sold(**line)] for line in lines]}  # fmt: skip
        id = self.call(ORDER, "create", vals_list=[values | ({"name": number} if number else {})])
        if confirm:
            self.call(ORDER, "action_confirm", ids=id)
        return str(self.call(ORDER, "read", ids=id, fields=["name"])[0]["name"])

    def _sold(self, product: str, quantity: Any, price: Any, tax: Any = 13) -> Row:
        taxes = [self.one("account.tax", amount=tax, type_tax_use="sale")]
        return {"product_id": self.one("product.product", default_code=product),
                "product_uom_qty": float(quantity), "price_unit": float(price),
                "technical_price_unit": 0, "tax_ids": [[6, 0, taxes]]}  # fmt: skip

    def _edit(self, form: str, key: int, fields: Row, at: str = "") -> None:
        plain = {n: float(v) if isinstance(v, Decimal) else v for n, v in fields.items()}
        self.call(form, "write", ids=[key], vals=plain)
        if at:
            moment = datetime.fromisoformat(at).replace(tzinfo=None)
            table = form.replace(".", "_")
            self.sql(f"update {table} set write_date = :at where id = :id", at=moment, id=key)

    def _edit_line(self, number: str, line: int, fields: Row) -> None:
        self._edit(LINE, self._lines(number)[line - 1], fields)

    def _delete(self, form: str, key: int) -> None:
        if form == ORDER:
            self.call(form, "action_cancel", ids=[key])
        self.call(form, "unlink", ids=[key])

    def _confirm(self, number: str) -> None:
        self.call(ORDER, "action_confirm", ids=[self.one(ORDER, name=number)])

    def _cancel(self, number: str) -> None:
        self.call(ORDER, "action_cancel", ids=[self.one(ORDER, name=number)])

    def _lock(self, number: str) -> None:
        self.call(ORDER, "action_lock", ids=[self.one(ORDER, name=number)])

    def _lines(self, number: str) -> list[int]:
        domain = [("order_id.name", "=", number)]
        return list(self.call(LINE, "search", domain=domain, order="id"))

    def _produce(self, number: str) -> None:
        """What the shop floor does: take the components, make all of it, mark it as done."""
        domain = [("sale_line_id.order_id.name", "=", number)]
        for id in self.call("mrp.production", "search", domain=domain):
            self.call("mrp.production", "action_assign", ids=[id])
            made = self.call("mrp.production", "read", ids=[id], fields=["product_qty"])[0]
            vals = {"qty_producing": made["product_qty"]}
            self.call("mrp.production", "write", ids=[id], vals=vals)
            self._take([("raw_material_production_id", "=", id)])
            self.call("mrp.production", "button_mark_done", ids=[id])

    def _ship(self, number: str) -> str:
        """The open delivery leaves, all of it; its number."""
        domain = [("sale_id.name", "=", number), ("state", "not in", ["done", "cancel"])]
        (id,) = self.call("stock.picking", "search", domain=domain)
        self.call("stock.picking", "action_assign", ids=[id])
        self._take([("picking_id", "=", id)])
        answered = {"skip_backorder": True, "skip_sms": True}
        self.call("stock.picking", "button_validate", ids=[id], context=answered)
        return str(self.call("stock.picking", "read", ids=[id], fields=["name"])[0]["name"])

    def _take(self, domain: Sequence[Any]) -> None:
        fields = ["product_uom_qty"]
        for move in self.call("stock.move", "search_read", domain=domain, fields=fields):
            vals = {"quantity": move["product_uom_qty"], "picked": True}
            self.call("stock.move", "write", ids=[move["id"]], vals=vals)

    def _invoice(self, number: str) -> str:
        """The order is invoiced, and the invoice posted; its number."""
        order = self.one(ORDER, name=number)
        wizard = "sale.advance.payment.inv"
        vals = {"advance_payment_method": "delivered", "sale_order_ids": [[6, 0, [order]]]}
        asked = self.call(wizard, "create", vals_list=[vals])
        self.call(wizard, "create_invoices", ids=asked)
        moves = self.call(ORDER, "read", ids=[order], fields=["invoice_ids"])[0]["invoice_ids"]
        self.call("account.move", "action_post", ids=moves)
        return str(self.call("account.move", "read", ids=moves, fields=["name"])[0]["name"])

    def _pay(self, number: str) -> None:
        """The invoice is paid in full."""
        invoice = self.one("account.move", name=number)
        context = {"active_model": "account.move", "active_ids": [invoice]}
        wizard = "account.payment.register"
        asked = self.call(wizard, "create", vals_list=[{}], context=context)
        self.call(wizard, "action_create_payments", ids=asked, context=context)

    def _change_stock(self, product: str, warehouse: str, quantity: Any) -> None:
        """Somebody counts."""
        place = self.one("stock.warehouse", code=warehouse)
        location = self.call("stock.warehouse", "read", ids=[place], fields=["lot_stock_id"])[0]
        vals = {"product_id": self.one("product.product", default_code=product),
                "location_id": location["lot_stock_id"][0],
                "inventory_quantity": float(quantity)}  # fmt: skip
        counting = {"inventory_mode": True}
        quant = self.call("stock.quant", "create", vals_list=[vals], context=counting)
        self.call("stock.quant", "action_apply_inventory", ids=quant)


def _typed(kind: str, value: Any) -> Any:
    """As the sandbox holds it."""
    if kind == "boolean":
        return value
    if value is False:
        return None
    if kind in ("float", "monetary"):
        return Decimal(repr(value))
    return date.fromisoformat(value) if kind == "date" else value
