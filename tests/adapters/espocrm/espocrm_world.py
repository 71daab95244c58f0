"""A small company in a simulated EspoCRM."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from adapters.espocrm import EspoCrm
from connector.contract import Shape, Write
from sandbox.company import Company
from sandbox.espocrm import EspoCrmSandbox
from tests.adapters import simulated
from tests.adapters.simulated import Reading, company, line, order, shape_of, whole

ORDER, LINE, ACCOUNT, DEAL, STOCK = (
    "SalesOrder", "SalesOrderItem", "Account", "Opportunity", "CErpStock",
)  # fmt: skip


class World(simulated.World):
    adapter_type = EspoCrm
    sandbox_type = EspoCrmSandbox
    numbers = {ORDER: "number", ACCOUNT: "cNumber", STOCK: "reference", DEAL: "name"}

    @staticmethod
    def small_company(orders: int) -> Company:
        """All of them have the same two lines."""
        lines = (line(1, "P1", "3", "99.990001"), line(2, "P2", "1.5", "0.1"))
        return company(*(order(f"SO-{place}", *lines) for place in range(1, orders + 1)))


def shape(name: str = "sales_order") -> Shape:
    """What a shipped mapping reads."""
    return shape_of("espocrm", name)


def read(adapter: EspoCrm, after: str | None = None, wanted: Shape | None = None) -> Reading:
    """A whole reading, of orders unless another shape is wanted."""
    return whole(adapter, wanted or shape(), after)


def update(key: str, form: str = ORDER, **fields: Any) -> Write:
    """A write onto a record, as the status flows make it."""
    return Write(form, key, fields or {"cErpNumber": "XSDD1"})


def create(reference: str, form: str = STOCK, **fields: Any) -> Write:
    """A new record that carries our mark."""
    fields = {"name": "P1", "onHand": Decimal("7.5000"), **fields}
    return Write(form, "", fields, reference=("reference", reference))
