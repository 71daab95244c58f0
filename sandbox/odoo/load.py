"""From a company in plain data to the records of a database, as a CRM or as an ERP knows it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.company import Company

from .orm import Orm
from .records import Records
from .sales import Rules

UNITS = {"Pcs": "Units"}


def load(records: Records, orm: Orm, rules: Rules, company: Company, side: str) -> None:
    """Master data, stock, BOMs and, for a CRM, orders."""

    def make(model: str, **values: Any) -> int:
        return records.create(model, values)

    def new(model: str, **values: Any) -> int:
        (id,) = orm.create(model, context={}, vals_list=[values])
        return id

    currency = make("res.currency", name="CNY", active=True)
    make("res.company", name=company.name, currency_id=currency)
    for name in sorted({"Units", *(UNITS.get(m.unit, m.unit) for m in company.materials)}):
        make("uom.uom", name=name, active=True)
    rates = {name: Decimal(rate) for name, rate in (("13%", 13), ("9%", 9), ("6%", 6))}
    for use in ("sale", "purchase"):
        for name, rate in rates.items():
            make("account.tax", name=name, amount=rate, type_tax_use=use, active=True)
    for name in ("Immediate Payment", "30 Days"):
        make("account.payment.term", name=name, active=True)
    team = make("crm.team", name="Sales", active=True)
    for person in company.people:
        if person.erp_number:
            make("res.users", name=person.name, login=person.erp_number, active=True)
    for customer in company.customers:
        number = customer.number if side == "crm" else customer.erp_number
        if number and (side == "erp" or customer.in_crm):
            new("res.partner", name=customer.name, ref=number, is_company=True, customer_rank=1,
                phone=customer.phone, email=customer.email)  # fmt: skip
    for material in company.materials:
        if side == "erp" or (material.saleable and material.in_crm):
            new("product.product", name=material.name, default_code=material.number,
                list_price=material.list_price, standard_price=material.standard_cost,
                uom_id=records.one("uom.uom", name=UNITS.get(material.unit, material.unit)),
                bom_count=int(material.make_or_buy == "make" and side == "erp"))  # fmt: skip
    website = make("res.partner", name="Public user", partner_share=True, active=False)
    make("res.users", name="Public user", login="public", partner_id=website, active=False)
    if side == "erp":
        _warehouse(records, make, company)
        return
    for order in company.orders:
        rows = [
            [0, 0, {"product_id": records.one("product.product", default_code=line.material),
                    "product_uom_qty": line.quantity, "price_unit": line.price,
                    "tax_ids": [[6, 0, _taxes(records, line.tax_rate)]]}]
            for line in order.lines
        ]  # fmt: skip
        logins = {person.crm_id: person.erp_number for person in company.people}
        login = logins.get(order.salesperson)
        id = new(
            "sale.order",
            name=order.number,
            partner_id=records.one("res.partner", ref=order.customer),
            user_id=records.one("res.users", login=login) if login else False,
            team_id=team,
            order_line=rows,
        )
        if order.status == "normal":
            rules.confirm(records.get("sale.order", id))
        elif order.status == "invalid":
            rules.cancel(records.get("sale.order", id))
        day = {"date_order": f"{order.order_date} 04:00:00"}  # on which it was confirmed
        orm.write("sale.order", ids=[id], context={}, vals=day)


def _warehouse(records: Records, make: Any, company: Company) -> None:
    for bom in {line.parent for line in company.bom}:
        parent = records.one("product.product", default_code=bom)
        id = make("mrp.bom", product_id=parent, product_qty=Decimal(1), type="normal", active=True)
        for line in (line for line in company.bom if line.parent == bom):
            component = records.one("product.product", default_code=line.component)
            make("mrp.bom.line", bom_id=id, product_id=component, product_qty=line.quantity)
    for number, name in company.warehouses:
        warehouse = make("stock.warehouse", code=number, name=name, active=True)
        make("stock.location", name=name, usage="internal", warehouse_id=warehouse)
    make("stock.location", name="Customers", usage="customer")
    for stock in company.stock:
        warehouse = records.one("stock.warehouse", code=stock.warehouse)
        product = records.one("product.product", default_code=stock.material)
        make("stock.quant", product_id=product, quantity=stock.quantity,
             reserved_quantity=Decimal(0),
             location_id=records.one("stock.location", warehouse_id=warehouse))  # fmt: skip


def _taxes(records: Records, rate: Decimal) -> list[int]:
    return [records.one("account.tax", amount=rate * 100, type_tax_use="sale")] if rate else []
