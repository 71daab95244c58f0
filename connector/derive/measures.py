"""How the firm did in one month, from the times and amounts of its documents.

Times are medians, so that one order that lay for a year does not hide all others.

* *cycle*: days from order to the last shipment (SCOR RS.1.1, order fulfilment cycle time);
* *steps*: days between one milestone and the one before; the longest is the bottleneck;
* *on time*: share shipped by the day that was promised (SCOR RL.2.2, delivery performance to
  customer commit date);
* *turnover*: cost of what was shipped × 12 / mean stock value (APICS Dictionary, inventory turns);
* *forecast accuracy*: 1 - Σ|forecast - ordered| / Σ ordered (WAPE; Kolassa, Schütz 2007, Advantages
  of the MAD/mean ratio over the MAPE). Not MAPE: it divides by each material's own orders, so it
  does not exist for one that nobody ordered, one bolt counts as much as the main product, and it
  prefers forecasts that are too low.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from connector.derive.dues import dues_of
from connector.derive.figures import before, first_day, median, share
from connector.derive.model import Item
from connector.derive.order import ZERO, Order
from connector.derive.papers import COUNTS
from connector.objects import money
from connector.objects.derived import Measures, OrderProgress, Step
from connector.objects.finance import Receivable
from connector.objects.fulfilment import GoodsReturn, Shipment
from connector.objects.planning import Forecast

_MILESTONES = ("materials", "started", "produced", "inspected", "shipped")
"""In the order in which an order reaches them."""


_UNCERTAIN = frozenset({"draft", "in_approval", "cancelled"})
"""Forecasts in these states expect nothing."""
_KEPT = 10
"""Digits after the point of a quantity that was divided."""


class Seen(NamedTuple):
    """An order and how it went."""

    order: Order
    progress: OrderProgress | None = None
    planned_start: date | None = None
    """When its production should have started."""
    received: Decimal = ZERO
    """What was paid for it, in its currency."""


class Shelf(NamedTuple):
    """What stock was worth in a month, and what left it; of materials whose cost is known."""

    opening: Decimal | None = None
    """What all of it was worth when the month began; None: not known."""
    closing: Decimal | None = None
    """The same when it ended, or now."""
    shipped_cost: Decimal = ZERO
    """What the goods cost that were shipped in it, less those that came back."""


EMPTY = Shelf()


def measures(
    month: date,
    seen: Sequence[Seen],
    forecasts: Iterable[Forecast] = (),
    items: Mapping[str, Item] | None = None,
    receivables: Iterable[Receivable] = (),
    shelf: Shelf = EMPTY,
    home: str = "CNY",
) -> Measures:
    """The measures of the month that begins on this day; `seen` are all orders there are.

    Forecasts name materials by the same keys as the orders' lines. Debts in other currencies are
    left out: nobody knows their rate.
    """
    seen = [one for one in seen if one.order.in_force]
    done = [one for one in seen if (on := _shipped_on(one)) and first_day(on) == month]
    placed = [one for one in seen if first_day(one.order.ordered_on) == month]
    value = _value(seen, month, home)
    return Measures(
        month=month,
        orders=len(done),
        cycle_days=median([_days(x.order.ordered_on, on) for x in done if (on := _shipped_on(x))]),
        steps=_steps(done),
        on_time_rate=_on_time(done),
        kitting_delay_rate=_kitting_delay(done),
        stock_value=shelf.closing,
        turnover=_turnover(shelf),
        forecast_accuracy=_accuracy(month, forecasts, placed, items or {}),
        ordered=value,
        growth=_growth(value, _value(seen, before(month, 1), home)),
        growth_year=_growth(value, _value(seen, before(month, 12), home)),
        collected_of_orders=_collected_of_orders(placed),
        collected_of_dues=_collected_of_dues(month, receivables, home),
        repeat_rate=_repeat_rate(seen, placed, month),
    )


def _shipped_on(one: Seen) -> date | None:
    """When it was delivered in full; None: it is not."""
    progress = one.progress
    return progress.shipped_on if progress and progress.stage == "shipped" else None


def _days(start: date, end: date) -> Decimal:
    return Decimal((end - start).days)


def _steps(done: Iterable[Seen]) -> tuple[Step, ...]:
    """The median of each step over the orders in which it is known, in the order of milestones."""
    found: dict[str, list[Decimal]] = {}
    for one in done:
        for milestone, days in _path(one):
            found.setdefault(milestone, []).append(days)
    medians = ((name, median(found.get(name, ()))) for name in _MILESTONES)
    return tuple(Step(milestone=name, days=days) for name, days in medians if days is not None)


def _path(one: Seen) -> Iterator[tuple[str, Decimal]]:
    """The steps of one order. A milestone out of turn took no time, so that the steps of an order
    are together its cycle."""
    last, end = one.order.ordered_on, _shipped_on(one)
    for name in _MILESTONES:
        on = getattr(one.progress, f"{name}_on")
        if on is not None and end is not None:
            on = max(min(on, end), last)
            yield name, _days(last, on)
            last = on


def _late(one: Seen) -> bool | None:
    """None: nothing was promised."""
    promised, shipped = one.order.promised_on, _shipped_on(one)
    return shipped > promised if promised and shipped else None


def _on_time(done: Iterable[Seen]) -> Decimal | None:
    known = [late for one in done if (late := _late(one)) is not None]
    return share(known.count(False), len(known))


def _kitting_delay(done: Iterable[Seen]) -> Decimal | None:
    known = [
        one.progress.materials_on > one.planned_start
        for one in done
        if _late(one) and one.planned_start and one.progress and one.progress.materials_on
    ]
    return share(known.count(True), len(known))


def _turnover(shelf: Shelf) -> Decimal | None:
    if shelf.opening is None or shelf.closing is None or shelf.opening + shelf.closing <= 0:
        return None
    return money.ratio([shelf.shipped_cost, Decimal(24)], [shelf.opening + shelf.closing], 2)


def shipped_costs(
    shipments: Iterable[Shipment],
    returns: Iterable[GoodsReturn],
    cost: Callable[[str], Decimal | None],
) -> dict[date, Decimal]:
    """By month, what the goods cost that were shipped in it, less those that came back; `cost` is
    that of one base unit, and what nobody knows the cost of is left out."""
    found: dict[date, Decimal] = defaultdict(Decimal)
    moved: list[tuple[date, int, Shipment | GoodsReturn]]
    moved = [(one.shipped_on, 1, one) for one in shipments]
    moved += [(one.returned_on, -1, one) for one in returns]
    for on, sign, document in moved:
        for row in document.lines if document.status in COUNTS else ():
            found[first_day(on)] += sign * row.quantity * (cost(row.material) or ZERO)
    return {month: money.rounded(worth, 2) for month, worth in found.items()}


def _accuracy(
    month: date, forecasts: Iterable[Forecast], placed: Iterable[Seen], items: Mapping[str, Item]
) -> Decimal | None:
    """A material whose forecast is in a unit that cannot be converted is left out altogether."""
    lines = [line for one in placed for line in one.order.lines if line.material and line.goods]
    errors: dict[str, Decimal] = {}
    strange = set()
    for forecast in forecasts:
        expected = _expected(forecast, month, items.get(forecast.material))
        if expected is None:
            strange.add(forecast.material)
        else:
            errors[forecast.material] = errors.get(forecast.material, ZERO) + expected
    lines = [line for line in lines if line.material not in strange]
    for line in lines:
        errors[line.material] = errors.get(line.material, ZERO) - line.ordered
    wrong = sum((abs(error) for key, error in errors.items() if key not in strange), ZERO)
    ordered = sum((line.ordered for line in lines), ZERO)
    return share(ordered - wrong, ordered)


def _expected(forecast: Forecast, month: date, item: Item | None) -> Decimal | None:
    """What a forecast expects of the month, in base units: by days, where its period is longer."""
    first = max(forecast.starts_on, month)
    last = min(forecast.ends_on, before(month, -1) - timedelta(days=1))
    if forecast.status in _UNCERTAIN or last < first:
        return ZERO
    factor = item.per(forecast.unit or item.sales_unit) if item else None
    if factor is None:
        return None
    within = [_days(first, last) + 1, forecast.quantity, forecast.probability, factor]
    return money.ratio(within, [_days(forecast.starts_on, forecast.ends_on) + 1], _KEPT)


def _value(seen: Iterable[Seen], month: date, home: str) -> Decimal:
    orders = (one.order for one in seen if first_day(one.order.ordered_on) == month)
    return sum((order.value(home) for order in orders), ZERO)


def _growth(value: Decimal, earlier: Decimal) -> Decimal | None:
    return share(value - earlier, earlier)


def _collected_of_orders(placed: Iterable[Seen]) -> Decimal | None:
    amounts = [(x.received * x.order.rate, x.order.amount_with_tax * x.order.rate) for x in placed]
    return share(sum((x for x, _ in amounts), ZERO), sum((x for _, x in amounts), ZERO))


def _collected_of_dues(month: date, debts: Iterable[Receivable], home: str) -> Decimal | None:
    ours = (due for debt in debts if debt.currency == home for due in dues_of(debt))
    dues = [due for due in ours if first_day(due.on) == month]
    whole = sum((due.whole for due in dues), ZERO)
    return share(whole - sum((due.amount for due in dues), ZERO), whole)


def _repeat_rate(seen: Iterable[Seen], placed: Iterable[Seen], month: date) -> Decimal | None:
    customers = {one.order.customer for one in placed}
    known = {one.order.customer for one in seen if one.order.ordered_on < month}
    return share(len(customers & known), len(customers))
