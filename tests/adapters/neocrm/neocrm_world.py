"""A small company in a simulated Neocrm."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from adapters.neocrm import Neocrm
from connector.contract import Shape, Write
from sandbox.company import Company
from sandbox.neocrm import NeocrmSandbox
from tests.adapters import simulated
from tests.adapters.simulated import Reading, company, line, order, shape_of, whole

ORDER, LINE, ACCOUNT, STOCK = "order", "orderProduct", "account", "erpStock__c"


class World(simulated.World):
    adapter_type = Neocrm
    sandbox_type = NeocrmSandbox
    numbers = {ORDER: "po", ACCOUNT: "accountCode__c", STOCK: "reference__c"}
    usual = {"rate": ""}

    @staticmethod
    def small_company(orders: int) -> Company:
        """All of them have the same two lines."""
        lines = (line(1, "P1", "3", "99.990001"), line(2, "P2", "1.5", "0.1"))
        return company(*(order(f"SO-{place}", *lines) for place in range(1, orders + 1)))


def shape(name: str = "sales_order") -> Shape:
    """What a shipped mapping reads."""
    return shape_of("neocrm", name)


def read(adapter: Neocrm, after: str | None = None, wanted: Shape | None = None) -> Reading:
    """A whole reading, of orders unless another shape is wanted."""
    return whole(adapter, wanted or shape(), after)


def update(key: str, form: str = ORDER, **fields: Any) -> Write:
    """A write onto a record, as the status flows make it."""
    fields = fields or {"erpNumber__c": "XSDD1"}
    return Write(form, key, fields, options={"read_back": False})


def create(reference: str, form: str = STOCK, **fields: Any) -> Write:
    """A new record that carries our mark."""
    fields = {"name": "P1", "onHand__c": Decimal("7.5000"), **fields}
    return Write(form, "", fields, reference=("reference__c", reference))
