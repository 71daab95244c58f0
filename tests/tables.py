"""The example schema for databases, and the programs that work on it as a system's own."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import adapters.sql
from sandbox.company.model import Company, Order
from tests.database import USER, Database

SCHEMA = Path(adapters.sql.__file__).with_name("example.sql")
NAMES = count(1)


class Tables:
    """A database with the example schema. Nobody's program runs by itself."""

    def __init__(self, url: str) -> None:
        """`url` is the server's, as its administrator has it."""
        self.database = Database(url, f"tables{next(NAMES)}")
        self.ask = self.database.ask
        self.advance = self.database.advance
        self.ask(SCHEMA.read_text("utf-8"))
        self.ask(f"grant all on all tables in schema public to {USER}")
        self.ask(f"grant all on all sequences in schema public to {USER}")

    @property
    def clock(self) -> Tables:
        """Time there is moved by `advance`, as in a simulated system."""
        return self

    def fill(self, company: Company) -> None:
        """What stands there before anything is carried."""
        for person in company.people:
            self.ask(
                "insert into employee (number, name) values (%s, %s)",
                person.erp_number, person.name,
            )  # fmt: skip
        for one in company.materials:
            self.ask(
                "insert into material (number, name, unit, kind) values (%s, %s, %s, %s)",
                one.number, one.name, one.unit, one.make_or_buy,
            )  # fmt: skip

    def orders(self) -> list[dict[str, Any]]:
        """All of them, each with its `lines`."""
        lines = self.ask(
            "select sales_order_line.*, material.number as material from sales_order_line "
            "left join material on material.id = material_id order by id"
        )
        return [
            {**order, "lines": [line for line in lines if line["order_id"] == order["id"]]}
            for order in self.ask("select * from sales_order order by id")
        ]

    # -- it stands for a CRM ----------------------------------------------------------------

    def know(self, company: Company) -> None:
        """Customers, as the CRM's own program puts them there."""
        for one in company.customers:
            self.ask("insert into customer (number, name) values (%s, %s)", one.number, one.name)

    def sell(self, orders: Iterable[Order]) -> list[int]:
        """Orders, likewise; their keys."""
        return [self._sold(order) for order in orders]

    def _sold(self, order: Order) -> int:
        (made,) = self.ask(
            "insert into sales_order (number, customer_id, salesperson_id, order_date, amount, "
            "status) select %s, customer.id, 1, %s, %s, 'confirmed' from customer where "
            "customer.number = %s returning id",
            order.number, order.order_date, order.amount, order.customer,
        )  # fmt: skip
        for line in order.lines:
            self.ask(
                "insert into sales_order_line (order_id, line_no, material_id, quantity, price, "
                "tax_rate, amount) select %s, %s, id, %s, %s, %s, %s from material where number "
                "= %s", made["id"], line.line_no, line.quantity, line.price,
                line.tax_rate or Decimal("0.13"), line.amount, line.material,
            )  # fmt: skip
        key: int = made["id"]
        return key

    # -- it stands for an ERP ---------------------------------------------------------------

    def take(self) -> int:
        """The ERP's program takes what is ready; how many that were."""
        ready = self.ask(
            "update sales_order set import_state = 'busy' where import_state = 'ready' "
            "returning id, status"
        )
        for order in ready:
            void = order["status"] == "cancelled"
            self.ask(
                "update sales_order set import_state = 'done', number = 'XSDD' || lpad(id::text, "
                "6, '0'), bill_status = %s where id = %s and import_state = 'busy'",
                "void" if void else "approved", order["id"],
            )  # fmt: skip
        return len(ready)

    def ship(self, order: dict[str, Any], waybill: str = "SF1") -> None:
        """All of an order leaves."""
        (made,) = self.ask(
            "insert into shipment (number, customer_id, shipped_on, waybill) values (%s, %s, "
            "current_date, %s) returning id", f"CK-{order['id']}", order["customer_id"], waybill,
        )  # fmt: skip
        for line in order["lines"]:
            self.ask(
                "insert into shipment_line (shipment_id, material_id, quantity, order_number, "
                "order_line) values (%s, %s, %s, %s, %s)",
                made["id"], line["material_id"], line["quantity"], order["number"], line["id"],
            )  # fmt: skip

    def close(self) -> None:
        self.database.close()
