"""How valuable customers are, what else they might buy, and whether they are leaving.

*RFM* (Hughes: Strategic Database Marketing): customers are ranked by the day of their last order,
by the number of their orders and by what they bought, each into fifths; 5 is best. Equal values
get equal digits: 1 + the whole fifths of all customers whose value is smaller.

*Cross-selling*: the association rules of Agrawal, Imieliński, Swami (1993), over what each
customer bought in the period. A → B counts when enough customers bought both (support), enough of
those who bought A bought B too (confidence), and more than of all customers (lift above 1: Brin,
Motwani, Ullman, Tsur 1997). B is told to those who bought A and not B.

*Silence*: a customer whose last order is longer ago than k × the median of the days between their
orders is leaving; the time between purchases is the usual sign where there is no contract to end
(Buckinx, Van den Poel 2005, "Customer base analysis: partial defection").
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from itertools import combinations, pairwise
from typing import NamedTuple

from connector.derive.figures import median, share
from connector.derive.order import ZERO, Order
from connector.objects.derived import CustomerGrade


class Rule(NamedTuple):
    """Who bought `bought` often buys `also` too."""

    bought: str
    also: str
    both: int
    """How many customers bought both."""
    confidence: Decimal
    """Share of those who bought `bought`, to four places."""


class Habits(NamedTuple):
    """What counts as often and as long."""

    support: int = 3
    """Customers who must have bought both materials of a rule."""
    confidence: Decimal = Decimal("0.5")
    """Share of those who bought the first who must have bought the second."""
    most: int = 5
    """Materials that are told to one customer."""
    silence: Decimal = Decimal(2)
    """How many times their usual interval a customer may be silent."""
    orders: int = 3
    """Days with orders that it takes to know a usual interval."""


USUAL = Habits()


class _Bought(NamedTuple):
    """What one customer ordered in the period."""

    days: tuple[date, ...]
    """One per order, the earliest first."""
    revenue: Decimal
    materials: frozenset[str]


def customer_grades(
    orders: Iterable[Order], since: date, until: date, habits: Habits = USUAL, home: str = "CNY"
) -> tuple[CustomerGrade, ...]:
    """Grades of all who ordered from `since` to before `until`, by their key in the source."""
    ordered = [x for x in orders if x.in_force and since <= x.ordered_on < until]
    bought = _bought(ordered, home)
    grades = _rfm(bought)
    told = association_rules([one.materials for one in bought.values()], habits)
    by_first: dict[str, list[Rule]] = defaultdict(list)
    for rule in told:
        by_first[rule.bought].append(rule)
    return tuple(
        CustomerGrade(
            customer=customer,
            last_order_on=one.days[-1],
            orders=len(one.days),
            revenue=one.revenue,
            grade=grades[customer],
            might_buy=_might_buy(one.materials, by_first, habits.most),
            silent_since=silent_since(one.days, habits),
        )
        for customer, one in bought.items()
    )


def _bought(orders: Iterable[Order], home: str) -> dict[str, _Bought]:
    by_customer: dict[str, list[Order]] = defaultdict(list)
    for order in orders:
        by_customer[order.source_customer].append(order)
    return {
        customer: _Bought(
            tuple(sorted(order.ordered_on for order in theirs)),
            sum((order.value(home) for order in theirs), ZERO),
            frozenset(x.material for o in theirs for x in o.lines if x.goods and x.material),
        )
        for customer, theirs in sorted(by_customer.items())
    }


def _rfm(bought: Mapping[str, _Bought]) -> dict[str, str]:
    ranks = [
        fifths({customer: one.days[-1].toordinal() for customer, one in bought.items()}),
        fifths({customer: len(one.days) for customer, one in bought.items()}),
        fifths({customer: one.revenue for customer, one in bought.items()}),
    ]
    return {customer: "".join(str(rank[customer]) for rank in ranks) for customer in bought}


def fifths(values: Mapping[str, Decimal | int]) -> dict[str, int]:
    """Each one's fifth, from 1 to 5: 1 + ⌊5 × how many are smaller / how many there are⌋."""
    ranked = sorted(values.values())
    return {key: 1 + 5 * bisect_left(ranked, value) // len(ranked) for key, value in values.items()}


def association_rules(baskets: Sequence[frozenset[str]], habits: Habits = USUAL) -> list[Rule]:
    """The rules that count, the surest first. Only what enough customers bought is paired (the
    apriori principle): no pair is more frequent than either of its halves."""
    alone = Counter(material for basket in baskets for material in basket)
    frequent = {material for material, count in alone.items() if count >= habits.support}
    pairs = Counter(
        pair for basket in baskets for pair in combinations(sorted(basket & frequent), 2)
    )
    found = [
        rule
        for (one, other), both in pairs.items()
        if both >= habits.support and both * len(baskets) > alone[one] * alone[other]
        for rule in _both_ways(one, other, both, alone)
        if rule.confidence >= habits.confidence
    ]
    return sorted(found, key=lambda x: (-x.confidence, -x.both, x.also, x.bought))


def _both_ways(one: str, other: str, both: int, alone: Mapping[str, int]) -> Iterator[Rule]:
    for first, second in ((one, other), (other, one)):
        yield Rule(first, second, both, share(both, alone[first]) or ZERO)


def _might_buy(
    materials: frozenset[str], rules: Mapping[str, Sequence[Rule]], most: int
) -> tuple[str, ...]:
    told = [rule for one in materials for rule in rules.get(one, ()) if rule.also not in materials]
    told.sort(key=lambda x: (-x.confidence, -x.both, x.also, x.bought))
    return tuple(dict.fromkeys(rule.also for rule in told))[:most]


def silent_since(days: Iterable[date], habits: Habits = USUAL) -> date | None:
    """The day from which on they are silent for too long, should they not order before."""
    known = sorted(set(days))
    if len(known) < max(habits.orders, 2):
        return None
    gaps = [Decimal((later - earlier).days) for earlier, later in pairwise(known)]
    allowed = ((median(gaps) or ZERO) * habits.silence).to_integral_value(ROUND_FLOOR)
    return known[-1] + timedelta(days=int(allowed) + 1)
