"""The generated company's orders of a year, and the work orders that serve them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from random import Random

from .catalogue import FREIGHT, GIFT, Catalogue
from .model import Customer, Material, Order, OrderLine, WorkOrder

CENT, YUAN = Decimal("0.01"), Decimal(1)
VAT = Decimal("0.13")
NOTES = ("", "", "", "", "请附质保书", "木箱包装", "分两批发货", "随货附发票；运费到付")
UNDER_REVIEW = Decimal("0.02")
"""Share of the orders, the newest ones, that still wait for their approval."""
STATES = {
    "invalid": Decimal("0.015"),
    "ineffective": Decimal("0.01"),
    "in_change": Decimal("0.02"),
    "locked": Decimal("0.03"),
}
"""Shares of the orders in other states, found in the newer half (locked: normal, but locked)."""


class Orders:
    """`count` orders of the year that ends on `today`, oldest first."""

    def __init__(
        self,
        random: Random,
        catalogue: Catalogue,
        customers: list[Customer],
        today: date,
        count: int,
    ) -> None:
        self._random = random
        self._catalogue = catalogue
        self._customers = customers
        days = sorted(today - timedelta(days=random.randrange(365)) for _ in range(count))
        numbers: Counter[date] = Counter()
        self.orders: list[Order] = []
        for day in days:
            numbers[day] += 1
            self.orders.append(self._order(day, f"{day:%Y%m%d}-{numbers[day]:06}"))
        self._set_states()

    def _order(self, day: date, number: str) -> Order:
        customer = self._random.choice(self._customers)
        sample = self._random.random() < 0.05
        lines = tuple(self._lines(day, sample))
        total = sum((line.amount for line in lines), Decimal(0))
        discount = self._discount(total)
        return Order(
            number=number,
            customer=customer.number,
            order_date=day,
            lines=lines,
            amount=total - discount,
            discount=discount,
            salesperson=customer.salesperson,
            kind="sample" if sample else "standard",
            customer_order_no=self._customer_order_no(),
            address=customer.address,
            note=self._random.choice(NOTES),
        )

    def _lines(self, day: date, sample: bool) -> Iterator[OrderLine]:
        """Goods, then perhaps a gift and freight."""
        saleable = [*self._catalogue.finished, *self._catalogue.sets]
        goods = self._random.sample(saleable, 1 if sample else self._random.randint(1, 6))
        wanted = day + timedelta(days=self._random.randint(7, 60))
        place = 0
        for place, material in enumerate(goods, 1):
            quantity = 1 if sample else self._random.choice((1, 2, 5, 10, 20, 36, 50, 120, 300))
            price = self._price(material)
            yield _line(place, material.number, quantity, price, wanted)
        if not sample and self._random.random() < 0.12:
            place += 1
            yield _line(place, GIFT, self._random.randint(1, 3), Decimal(0), wanted, "gift")
        if not sample and self._random.random() < 0.10:
            price = Decimal(self._random.randint(80, 900))
            yield _line(place + 1, FREIGHT, 1, price, wanted, "freight")

    def _price(self, material: Material) -> Decimal:
        """Haggled, with tax, at two places."""
        share = Decimal(self._random.randint(820, 1050)) / 1000
        return (material.list_price * share).quantize(CENT, ROUND_HALF_UP)

    def _discount(self, total: Decimal) -> Decimal:
        """A quarter of the orders: a percentage off, down to whole yuan, or only the latter."""
        if self._random.random() >= 0.25:
            return Decimal(0)
        share = Decimal(self._random.choice((1000, 1000, 990, 985, 970, 950))) / 1000
        return total - (total * share).quantize(YUAN, ROUND_FLOOR)

    def _customer_order_no(self) -> str:
        return f"PO{self._random.randint(10_000, 99_999)}" if self._random.random() < 0.4 else ""

    def _set_states(self) -> None:
        count = len(self.orders)
        reviewed = count - round(count * UNDER_REVIEW)
        others = self._random.sample(range(count // 2, reviewed), reviewed - count // 2)
        for place in range(reviewed, count):
            self.orders[place] = replace(self.orders[place], status="under_review")
        for status, share in STATES.items():
            for place in (others.pop() for _ in range(round(count * share))):
                change = {"locked": True} if status == "locked" else {"status": status}
                self.orders[place] = replace(self.orders[place], **change)


def _line(
    place: int, material: str, quantity: int, price: Decimal, wanted: date, kind: str = "goods"
) -> OrderLine:
    return OrderLine(
        line_no=place,
        material=material,
        quantity=Decimal(quantity),
        price=price,
        amount=(price * quantity).quantize(CENT, ROUND_HALF_UP),
        tax_rate=VAT,
        kind=kind,
        wanted_date=wanted,
    )


def work_orders(
    random: Random, catalogue: Catalogue, orders: list[Order], today: date, count: int
) -> Iterator[WorkOrder]:
    """`count` work orders over what was sold of own make; every second one names no order."""
    made = {material.number: material for material in catalogue.finished}
    sold = [
        (order, line)
        for order in orders
        if order.status == "normal"
        for line in order.lines
        if line.material in made
    ]
    for place, (order, line) in enumerate(sold[-count:], 1):
        start = order.order_date + timedelta(days=random.randint(2, 6))
        due = start + timedelta(days=made[line.material].lead_days)
        done = due <= today
        yield WorkOrder(
            number=f"MO{place:06}",
            material=line.material,
            ordered=line.quantity,
            stocked=line.quantity if done else Decimal(0),
            scrapped=Decimal(random.choice((0, 0, 0, 1))) if done else Decimal(0),
            start=start,
            end=due if done else None,
            due=due,
            order_number=order.number if place % 2 else "",
        )
