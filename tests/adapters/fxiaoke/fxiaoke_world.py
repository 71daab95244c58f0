"""A small company in a Fxiaoke sandbox behind real sockets, and an adapter that speaks to it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

from adapters.fxiaoke import Fxiaoke
from adapters.fxiaoke.settings import FxiaokeSettings
from connector.clock import SystemClock
from connector.contract import Page, Record, Shape, Write
from connector.http import Http
from connector.mapping.load import Values, load
from connector.mapping.model import Mapping
from connector.mapping.reading import Reader
from sandbox.company import Company
from sandbox.company.model import Customer, Material, Order, OrderLine, Person
from sandbox.fxiaoke import FxiaokeSandbox
from sandbox.server import start

ORDER, LINE, ACCOUNT, STOCK = "SalesOrderObj", "SalesOrderProductObj", "AccountObj", "erp_stock__c"
MAPPINGS = Path("mappings")
VALUES = Values([MAPPINGS / "values"])


def line(place: int, material: str, quantity: str, price: str, amount: str) -> OrderLine:
    return OrderLine(
        line_no=place,
        material=material,
        quantity=Decimal(quantity),
        price=Decimal(price),
        amount=Decimal(amount),
        tax_rate=Decimal("0.13"),
        wanted_date=date(2026, 12, 1),
    )


def order(number: str, *lines: OrderLine, **rest: Any) -> Order:
    amount = sum((each.amount for each in lines), Decimal(0)) - rest.get("discount", 0)
    fields = {"customer": "C1", "order_date": date(2026, 3, 1), "salesperson": "1001", **rest}
    return Order(number=number, lines=lines, amount=amount, **fields)


def small_company(orders: int = 3) -> Company:
    """SO-1 has two lines, SO-2 a discount, SO-3 is locked; any further ones are like SO-1."""
    first = (line(1, "P1", "3", "99.990001", "299.97"), line(2, "P2", "1.5", "0.1", "0.15"))
    more = (order(f"SO-{place}", *first) for place in range(4, orders + 1))
    return Company(
        name="测试公司",
        people=(Person(crm_id="1001", name="张三", erp_number="YW001", department="销售部"),),
        customers=(Customer(number="C1", name="甲公司", salesperson="1001"),),
        materials=(Material(number="P1", name="减速机"), Material(number="P2", name="电机")),
        orders=(
            order("SO-1", *first),
            order("SO-2", line(1, "P2", "2", "50", "100.00"), discount=Decimal("5.55")),
            order("SO-3", line(1, "P1", "1", "100", "100.00"), locked=True),
            *more,
        ),
    )


class World:
    """A sandbox and how to reach it."""

    def __init__(self, company: Company, **options: Any) -> None:
        self.sandbox = FxiaokeSandbox(company, **options)
        self.url, self.stop = start(self.sandbox)

    def adapter(self, **changes: Any) -> Fxiaoke:
        """A new adapter, as after a restart, without our own rate limit."""
        stated, env = self.sandbox.settings(self.url)
        with mock.patch.dict(os.environ, env):
            stated = {
                name: os.path.expandvars(value) if isinstance(value, str) else value
                for name, value in stated.items()
            }
        for name in ("app_secret", "permanent_code"):
            stated[name] = env[stated[name].removeprefix("${env:").removesuffix("}")]
        settings = FxiaokeSettings.model_validate({**stated, "rate": "", **changes})
        clock = SystemClock()
        return Fxiaoke(settings, Http(settings, clock), clock)

    def people(self, name: str, **arguments: Any) -> Any:
        """What a person does in Fxiaoke's own pages."""
        return self.sandbox.people()[name](**arguments)
