"""What the generated company bought, agreed and dealt with before it had a CRM.

Drawn from a generator of its own, so that it changes nothing else about the company.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from .catalogue import SUPPLIERS, Catalogue, supplier_number
from .model import Credit, Customer, Material, Order, OrderLine, PartNumber, Purchase, Supplier

CENT, VAT = Decimal("0.01"), Decimal("0.13")
TRADES = ("轴承", "特钢", "铸造", "标准件", "密封件", "电器", "润滑油", "包装")
CREDITED, NUMBERED = 24, 12
"""So many customers have a credit limit, and part numbers of their own."""


def suppliers() -> Iterator[Supplier]:
    for place in range(SUPPLIERS):
        name = f"{'岚泓砚珩栩朔沅骁'[place]}岩{TRADES[place]}有限公司"
        yield Supplier(number=supplier_number(place), name=name)


def purchases(random: Random, catalogue: Catalogue, today: date, count: int) -> Iterator[Purchase]:
    """`count` purchase orders of the last weeks: a third received, a third in part, a third open
    and some of those overdue."""
    bought = [*catalogue.parts, *catalogue.bulk]
    for place in range(count):
        material = bought[place * 7 % len(bought)]
        ordered = today - timedelta(days=random.randint(3, 40))
        quantity = Decimal(random.choice((100, 200, 500)))
        received = (quantity, quantity / 2, Decimal(0))[place % 3]
        yield Purchase(
            number=f"CGDD{place + 1:06}",
            supplier=material.supplier,
            material=material.number,
            quantity=quantity,
            received=received,
            price=(material.standard_cost * (1 + VAT)).quantize(CENT, ROUND_HALF_UP),
            order_date=ordered,
            due=ordered + timedelta(days=material.lead_days),
        )


def credits(random: Random, customers: Sequence[Customer]) -> Iterator[Credit]:
    for customer in customers[:CREDITED]:
        limit = Decimal(random.choice((100_000, 500_000, 2_000_000)))
        days = random.choice((30, 60))
        yield Credit(customer=customer.number, limit=limit, overdue_days=days)


def part_numbers(catalogue: Catalogue, customers: Sequence[Customer]) -> Iterator[PartNumber]:
    for place, customer in enumerate(customers[:NUMBERED]):
        material = catalogue.finished[place * 4 % len(catalogue.finished)]
        yield PartNumber(
            customer=customer.number,
            material=material.number,
            number=f"K{place + 1:02}-{material.number}",
            name=f"{material.name}（客户图号）",
        )


def orders(
    random: Random, catalogue: Catalogue, customers: Sequence[Customer], today: date, count: int
) -> Iterator[Order]:
    """`count` orders of the year before last, oldest first; the ERP alone knows them."""
    for place in range(count):
        customer = customers[place % len(customers)]
        day = today - timedelta(days=420 - 20 * place)
        goods = random.sample(catalogue.finished, 2)
        lines = tuple(_line(random, n, one, day) for n, one in enumerate(goods, 1))
        yield Order(
            number=f"A{place + 1:04}",
            customer=customer.number,
            order_date=day,
            lines=lines,
            amount=sum((line.amount for line in lines), Decimal(0)),
            salesperson=customer.salesperson,
            erp_number=f"XSDD9{place + 1:05}",
        )


def _line(random: Random, place: int, material: Material, day: date) -> OrderLine:
    quantity = Decimal(random.randint(2, 12))
    price = material.list_price
    return OrderLine(
        line_no=place,
        material=material.number,
        quantity=quantity,
        price=price,
        amount=(price * quantity).quantize(CENT, ROUND_HALF_UP),
        tax_rate=VAT,
        wanted_date=day + timedelta(days=30),
    )
