"""A small company in a simulated Fxiaoke."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from adapters.fxiaoke import Fxiaoke
from connector.clock import SystemClock
from connector.contract import Shape, Write
from sandbox.company import Company
from sandbox.fxiaoke import FxiaokeSandbox
from tests.adapters import simulated
from tests.adapters.simulated import Reading, company, line, order, shape_of, whole

ORDER, LINE, ACCOUNT, STOCK = "SalesOrderObj", "SalesOrderProductObj", "AccountObj", "erp_stock__c"


class WaitingClock(SystemClock):
    """Lets time pass here, as if something had taken long."""

    waited = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.waited


class World(simulated.World):
    adapter_type = Fxiaoke
    sandbox_type = FxiaokeSandbox
    key_field = "_id"
    numbers = {ORDER: "name", ACCOUNT: "account_no", STOCK: "reference__c"}
    usual = {"rate": ""}

    @staticmethod
    def small_company(orders: int) -> Company:
        """SO-1 has two lines, SO-2 a discount, SO-3 is locked; any further ones are like SO-1."""
        first = (line(1, "P1", "3", "99.990001", "299.97"), line(2, "P2", "1.5", "0.1", "0.15"))
        return company(
            order("SO-1", *first),
            order("SO-2", line(1, "P2", "2", "50"), discount=Decimal("5.55")),
            order("SO-3", line(1, "P1", "1", "100"), locked=True),
            *(order(f"SO-{place}", *first) for place in range(4, orders + 1)),
        )


def shape(name: str = "sales_order") -> Shape:
    """What a shipped mapping reads."""
    return shape_of("fxiaoke", name)


def read(adapter: Fxiaoke, after: str | None = None, wanted: Shape | None = None) -> Reading:
    """A whole reading, of orders unless another shape is wanted."""
    return whole(adapter, wanted or shape(), after)


def update(key: str, form: str = ORDER, **fields: Any) -> Write:
    """A write onto a record, as the status flows make it."""
    fields = fields or {"erp_number__c": "XSDD1"}
    return Write(form, key, fields, options={"read_back": False})


def create(reference: str, form: str = STOCK, **fields: Any) -> Write:
    """A new record that carries our mark."""
    fields = {"name": "P1", "on_hand__c": Decimal("7.5000"), **fields}
    return Write(form, "", fields, reference=("reference__c", reference))
