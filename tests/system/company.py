"""Small companies, built by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.company.model import (
    Company,
    Contact,
    Customer,
    Material,
    Order,
    OrderLine,
    Person,
    Stock,
)

PEOPLE = (
    Person(crm_id="1001", name="张三", department="销售一部", erp_number="YW001"),
    Person(crm_id="1002", name="李四", department="销售二部", erp_number="YW002"),
)
CUSTOMERS = tuple(
    Customer(number=f"C{n}", name=f"{name}有限公司", phone=f"0571-880000{n}", salesperson="1001")
    for n, name in enumerate(("海湾电器", "江南机械", "北方重工"), 1)
)
MATERIALS = (
    Material(number="M1", name="齿轮箱", make_or_buy="make", list_price=Decimal("11.30")),
    Material(number="M2", name="轴承", list_price=Decimal("5.65")),
    Material(number="M3", name="联轴器", make_or_buy="make", unit="Set", list_price=Decimal("99")),
    Material(number="M4", name="密封圈", unit="Kg", list_price=Decimal("3.50")),
)
STOCK = tuple(
    Stock(material=material.number, warehouse="CK01", quantity=Decimal(100 * n))
    for n, material in enumerate(MATERIALS, 1)
)
SMALL = Company(
    name="示例有限公司",
    people=PEOPLE,
    customers=CUSTOMERS,
    materials=MATERIALS,
    stock=STOCK,
)
"""Three customers whom the ERP does not know yet, four materials, two salespeople."""


def with_orders(count: int, day: date, company: Company = SMALL) -> Company:
    """The company with so many orders of one, two or three lines."""
    return replace(company, orders=tuple(order(n, day) for n in range(1, count + 1)))


def order(n: int, day: date, **more: Any) -> Order:
    """Order number `n`."""
    lines = tuple(
        line(
            place, MATERIALS[(n + place) % 4].number, n % 7 + place, f"{n + 10 * place}.{n % 90:02}"
        )
        for place in range(1, n % 3 + 2)
    )
    return Order(
        number=f"SO-{n:04}",
        customer=f"C{n % 3 + 1}",
        order_date=day,
        lines=lines,
        amount=sum((one.amount for one in lines), Decimal(0)),
        salesperson="1001",
        **more,
    )


def line(place: int, material: str, quantity: Any, price: Any, **more: Any) -> OrderLine:
    """A contract line with 13 % tax in its price."""
    quantity, price = Decimal(str(quantity)), Decimal(str(price))
    return OrderLine(
        line_no=place,
        material=material,
        quantity=quantity,
        price=price,
        amount=(quantity * price).quantize(Decimal("0.01")),
        tax_rate=Decimal("0.13"),
        **more,
    )


def filled_erp(customers: int) -> Company:
    """An ERP with so many customers, a contact at each tenth, and a CRM with people alone."""
    return replace(
        SMALL,
        customers=tuple(_known(n) for n in range(1, customers + 1)),
        materials=tuple(
            replace(one, in_crm=False, saleable=one.number in ("M1", "M2")) for one in MATERIALS
        ),
        stock=(),
    )


def _known(n: int) -> Customer:
    contact = Contact(number=f"CXR{n:06}", name=f"采购{n}", mobile=f"1{n:010}")
    return Customer(
        number=f"KH{n:05}",
        erp_number=f"KH{n:05}",
        name=f"老客户{n}有限公司",
        phone=f"0571-{n:07}",
        address=f"杭州市某某路{n}号",
        salesperson="1001",
        in_crm=False,
        contacts=(contact,) if n % 10 == 1 else (),
    )
