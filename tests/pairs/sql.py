"""A database with the example schema: a real one, whose answers a wire may lose."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from adapters.sql.settings import EXAMPLE
from connector.yamlfile import plain_load
from sandbox.company.model import Company, Order, OrderLine
from tests.conformance.postgres_wire import Wire
from tests.database import PASSWORD, USER, serving
from tests.pairs.side import Booked, Crm, Erp, Line, Side, Told
from tests.tables import Tables


class _Database(Side):
    adapter = "sql"

    def __init__(self, company: Company, folder: Path) -> None:
        self._end = ExitStack()
        self.tables = Tables(self._end.enter_context(serving()).url)
        self._end.callback(self.tables.close)
        self._wire = Wire(f"{self.tables.database.folder}/.s.PGSQL.5432")
        self._end.callback(self._wire.close)
        self.tables.fill(company)

    def connection(self) -> tuple[dict[str, Any], dict[str, str]]:
        name = self.tables.database.name
        settings = {
            "adapter": "sql",
            "url": f"postgresql://127.0.0.1:{self._wire.port}/{name}",
            "user": USER,
            "password": "${env:SQL_PASSWORD}",
            "connect_timeout": 2,
            "reread": 1,
            "forms": plain_load(EXAMPLE),
        }
        return settings, {"SQL_PASSWORD": PASSWORD}

    def pass_time(self, seconds: float) -> None:
        self.tables.advance(seconds)

    def stop(self) -> None:
        self._end.close()


class SqlCrm(_Database, Crm):
    """Orders stand in its tables."""

    def __init__(self, company: Company, folder: Path) -> None:
        super().__init__(company, folder)
        self.tables.know(company)
        self._numbers = count(1)

    def order(self, customer: str, lines: Sequence[Line]) -> str:
        rows = tuple(
            OrderLine(
                line_no=place, material=one.material, quantity=one.quantity, price=one.price,
                amount=one.amount,
            )
            for place, one in enumerate(lines, 1)
        )  # fmt: skip
        made = Order(
            number=f"SO-{next(self._numbers):04}", customer=customer, order_date=date.today(),
            lines=rows, amount=sum(one.amount for one in lines),
        )  # fmt: skip
        (key,) = self.tables.sell([made])
        return str(key)

    def told(self, key: str) -> Told:
        (order,) = self.tables.ask("select * from sales_order where id = %s", int(key))
        number, state = order["erp_number"] or "", order["erp_state"] or ""
        return Told(number, state, order["erp_shipped"])


class SqlErp(_Database, Erp):
    """Its program takes orders out of the tables."""

    def work(self) -> None:
        self.tables.take()

    def booked(self) -> list[Booked]:
        return [_booked(one) for one in self.tables.orders() if one["bill_status"] != "void"]

    def made(self) -> list[str]:
        return [one["connector_ref"] for one in self.tables.orders()]

    def ship(self, number: str) -> None:
        self.tables.ship(next(one for one in self.tables.orders() if one["number"] == number))

    def trouble(self, rate: float, seed: int) -> None:
        self._wire.lose_commits(rate, seed)


def _booked(order: dict[str, Any]) -> Booked:
    rows = [(line["material"], line["quantity"], line["amount"]) for line in order["lines"]]
    return Booked(order["connector_ref"], order["number"] or "", tuple(sorted(rows)))


CRM, ERP = SqlCrm, SqlErp
