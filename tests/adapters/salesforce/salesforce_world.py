"""A small company in a simulated Salesforce org."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from adapters.salesforce import Salesforce
from connector.contract import Shape, Write
from sandbox.company import Company
from sandbox.salesforce import SalesforceSandbox
from tests.adapters import simulated
from tests.adapters.simulated import Reading, company, line, order, shape_of, whole

ORDER, LINE, ACCOUNT, STOCK = "Order", "OrderItem", "Account", "Erp_Stock__c"


class World(simulated.World):
    adapter_type = Salesforce
    sandbox_type = SalesforceSandbox
    key_field = "Id"
    orders = 2
    numbers = {ORDER: "OrderNumber", ACCOUNT: "AccountNumber", STOCK: "Name"}

    @staticmethod
    def small_company(orders: int) -> Company:
        """SO-1 has two lines, SO-2 a discount; any further ones are like SO-1."""
        first = (line(1, "P1", "3", "99.99"), line(2, "P2", "1.5", "0.1"))
        return company(
            order("SO-1", *first),
            order("SO-2", line(1, "P2", "2", "50"), discount=Decimal("5.55")),
            *(order(f"SO-{place}", *first) for place in range(3, orders + 1)),
        )


def shape(name: str = "sales_order") -> Shape:
    """What a shipped mapping reads."""
    return shape_of("salesforce", name)


def read(crm: Salesforce, after: str | None = None, wanted: Shape | None = None) -> Reading:
    """A whole reading, of orders unless another shape is wanted."""
    return whole(crm, wanted or shape(), after)


def update(key: str, form: str = ORDER, **fields: Any) -> Write:
    """A write onto a record, as the status flows make it."""
    fields = fields or {"Erp_Number__c": "XSDD1"}
    return Write(form, key, fields, options={"read_back": False})


def create(mark: str, form: str = STOCK, **fields: Any) -> Write:
    """A new record that carries our mark."""
    usual = {"Name": mark, "On_Hand__c": Decimal("7.5")} if form == STOCK else {"Name": mark}
    field = "Reference__c" if form == STOCK else "Erp_Reference__c"
    return Write(form, "", {**usual, **fields}, reference=(field, mark))
