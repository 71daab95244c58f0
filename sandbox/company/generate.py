"""A generated company that looks like the users: a maker of gear units with 200 people.

What AdventureWorks lacks is here: tax-inclusive contract prices, header discounts and 抹零,
gifts and freight, samples, salespeople whom the ERP does not know, duplicate customers and
wrong credit codes, orders in approval, work orders that name no order. All names are
invented; one seed and one day give one company.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from sandbox.clock import CHINA

from . import past as before
from .accounts import Accounts, salespeople
from .catalogue import Catalogue
from .model import Company, Order, Stock
from .names import Names
from .trade import Orders, work_orders

ORGANISATIONS = (("100", "岭川传动股份有限公司"), ("101", "岭川精密制造有限公司"))
PURCHASES = 24
FINISHED, MATERIALS, HALF_DONE = "CK01", "CK02", "CK03"
WAREHOUSES = ((FINISHED, "成品仓"), (MATERIALS, "原材料仓"), (HALF_DONE, "半成品仓"))


def demo(
    seed: int = 1,
    *,
    orders: int = 400,
    customers: int = 300,
    people: int = 15,
    made: int = 160,
    typed: int = 0,
    past: int = 6,
    today: date | None = None,
) -> Company:
    """The company as it stands on `today` (China's today if not given), after a year of orders.

    `made` work orders; the last `typed` normal orders stand in the ERP already, by hand; `past`
    orders were dealt with before there was a CRM.
    `customers` are at least 100. `extra` tells a test the truth: `duplicates` (account
    number → the number of the account that it repeats) and `wrong_credit_codes` (numbers).
    """
    random = Random(seed)
    today = today or datetime.now(CHINA).date()
    names, catalogue = Names(random), Catalogue(random)
    sellers = salespeople(random, names, people)
    accounts = Accounts(random, names, sellers, customers)
    placed = Orders(random, catalogue, accounts.customers, today, orders).orders
    long_ago, known = Random(seed), [one for one in accounts.customers if one.erp_number]
    return Company(
        name=ORGANISATIONS[0][1],
        organisations=ORGANISATIONS,
        people=tuple(sellers),
        customers=tuple(accounts.customers),
        materials=catalogue.materials,
        bom=catalogue.bom,
        stock=tuple(_stock(random, catalogue)),
        orders=tuple(_typed(placed, typed)),
        work_orders=tuple(work_orders(random, catalogue, placed, today, made)),
        suppliers=tuple(before.suppliers()),
        purchases=tuple(before.purchases(long_ago, catalogue, today, PURCHASES)),
        part_numbers=tuple(before.part_numbers(catalogue, known)),
        credits=tuple(before.credits(long_ago, known)),
        past=tuple(before.orders(long_ago, catalogue, known, today, past)),
        warehouses=WAREHOUSES,
        closed_before=_month_before_last(today),
        extra={
            "duplicates": accounts.duplicates,
            "wrong_credit_codes": accounts.wrong_codes,
        },
    )


def _stock(random: Random, catalogue: Catalogue) -> Iterator[Stock]:
    """What lies in the first organisation, and some parts in the second."""
    shelves = (
        (FINISHED, [*catalogue.finished, *catalogue.sets], 80),
        (MATERIALS, [*catalogue.parts, *catalogue.bulk], 2000),
        (HALF_DONE, catalogue.assemblies, 60),
    )
    for warehouse, materials, most in shelves:
        for material in materials:
            quantity = Decimal(random.randint(0, most))
            yield Stock(material=material.number, warehouse=warehouse, quantity=quantity)
    for material in catalogue.parts[:12]:
        yield Stock(
            material=material.number,
            warehouse=MATERIALS,
            quantity=Decimal(random.randint(0, 500)),
            organisation=ORGANISATIONS[1][0],
        )


def _typed(orders: list[Order], count: int) -> list[Order]:
    """The orders, the last `count` normal ones with the number that a clerk's bill got."""
    normal = [order.number for order in orders if order.status == "normal"]
    numbers = {number: f"XSDD{place:06}" for place, number in enumerate(normal[-count:], 1)}
    if not count:
        return orders
    return [replace(order, erp_number=numbers.get(order.number, "")) for order in orders]


def _month_before_last(today: date) -> date:
    """The first day of the month before the last one: older periods are closed."""
    last = today.replace(day=1) - timedelta(days=1)
    return (last.replace(day=1) - timedelta(days=1)).replace(day=1)
