"""A company whose two systems have been in use for years and know little of each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from random import Random

from sandbox.company.generate import demo
from sandbox.company.model import Company, Customer, Order
from tests.system.site import today

SAME, CLASH, OTHER, DOUBLES, FORBIDDEN, STRANGERS = 300, 20, 30, 10, 5, 150
TERMS = ("cod", "net30", "net60", "advance", "net90")
UNKNOWN_TERMS = ("net60", "advance", "net90")
ODD_UNITS = ("set", "box", "kg")
"""Units of the lines of three products that no value map knows."""
LOST_MATERIALS = 3
"""Products that nobody has made in the ERP."""


@dataclass(frozen=True)
class Used:
    """Both sides, and the truth about them."""

    crm: Company
    erp: Company
    doubles: dict[str, str]
    """Account number → the number of the account that it repeats."""
    numbers: dict[str, str]
    """Account number → its number in the ERP, where it stands there."""
    forbidden: tuple[str, ...]
    typed: tuple[str, ...]
    """Orders that clerks have typed."""
    lost: tuple[str, ...]
    """Materials that the ERP lacks."""
    odd: dict[str, str]
    """Materials whose lines have a unit that nobody knows, with that unit."""


def used(seed: int = 7, orders: int = 1000, typed: int = 400, day: date | None = None) -> Used:
    """500 customers on each side, `orders` of a year, `typed` of them open in the ERP."""
    random = Random(seed)
    base = demo(seed, orders=orders, customers=520, people=15, made=0, today=day or today())
    known: dict[str, str] = base.extra["duplicates"]  # type: ignore[assignment]
    doubles = dict(list(known.items())[:DOUBLES])
    dropped = {number: first for number, first in known.items() if number not in doubles}
    accounts = [one for one in base.customers if one.number not in dropped]
    numbers = _numbers([one for one in accounts if one.number not in doubles])
    goods = [m.number for m in base.materials if m.saleable and m.number[:2] in ("PX", "HR", "WJ")]
    lost = tuple(random.sample(goods, LOST_MATERIALS))
    odd = dict(zip((g for g in goods if g not in lost), ODD_UNITS, strict=False))
    placed = [
        replace(
            order,
            customer=dropped.get(order.customer, order.customer),
            payment_terms=random.choice(TERMS),
            lines=tuple(replace(one, unit=odd.get(one.material, "pcs")) for one in order.lines),
        )
        for order in base.orders
    ]
    crm = replace(
        base,
        customers=tuple(replace(one, erp_number="") for one in accounts),
        orders=tuple(placed),
    )
    marked = _typed(placed, typed, numbers, doubles, {*lost})
    erp = replace(
        base,
        customers=(*_known(accounts, numbers), *_strangers(seed, numbers, accounts, doubles)),
        materials=tuple(m for m in base.materials if m.number not in lost),
        orders=tuple(
            replace(order, customer=doubles.get(order.customer, order.customer)) for order in marked
        ),
    )
    same = [n for n, there in numbers.items() if n == there and n not in doubles.values()]
    names = tuple(order.number for order in marked if order.erp_number)
    return Used(crm, erp, doubles, numbers, tuple(same[-FORBIDDEN:]), names, lost, odd)


def _numbers(accounts: list[Customer]) -> dict[str, str]:
    there = [one for one in accounts if one.erp_number]
    same = {one.number: one.number for one in there[:SAME]}
    other = {one.number: one.erp_number for one in there[SAME + CLASH : SAME + CLASH + OTHER]}
    return same | other


def _known(accounts: list[Customer], numbers: dict[str, str]) -> list[Customer]:
    return [
        replace(one, erp_number=numbers[one.number]) for one in accounts if one.number in numbers
    ]


def _strangers(
    seed: int, numbers: dict[str, str], accounts: list[Customer], doubles: dict[str, str]
) -> list[Customer]:
    """Companies that only the ERP knows; some under numbers that the CRM gave to others."""
    others = demo(seed + 92, orders=1, customers=520, made=0).customers
    free = [one.number for one in accounts if one.number not in (*numbers, *doubles)]
    taken = [*free[:CLASH], *(f"KH9{place:04}" for place in range(STRANGERS))]
    return [
        replace(one, number=f"X{place:05}", erp_number=number, in_crm=False)
        for place, (one, number) in enumerate(zip(others, taken, strict=False))
    ]


def _typed(
    orders: list[Order],
    count: int,
    numbers: dict[str, str],
    doubles: dict[str, str],
    spoilt: set[str],
) -> list[Order]:
    """The newest normal orders that can stand in the ERP, under the ERP's own numbers."""
    fit = [
        order.number
        for order in orders
        if order.status == "normal"
        and doubles.get(order.customer, order.customer) in numbers
        and not spoilt & {line.material for line in order.lines}
    ]
    bills = {number: f"XSDD{place:06}" for place, number in enumerate(fit[-count:], 1)}
    return [replace(order, erp_number=bills.get(order.number, "")) for order in orders]
