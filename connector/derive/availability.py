"""What of a material can be promised, and from when on: ATP and CTP.

Cumulative available-to-promise with look-ahead (APICS Dictionary, "available-to-promise"): on a
day as much as will be left on every later day, when everything promised is kept. With stock S,
receipts R and reservations D,

    ATP(t) = max(0, min over u >= t of (S + sum of R until u - sum of D until u))

kept by date instead of by period. Beyond that, capable-to-promise by the longest way of lead
times through the structure, as if all of it were bought and made anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, localcontext
from itertools import accumulate
from typing import NamedTuple

from connector.derive.demand import dedicated, lying, pools, supplies_of
from connector.derive.model import EXACT, ZERO, Demand, Item, Model, plain
from connector.derive.structure import MADE, Structures
from connector.objects.derived import Availability, Promise


class Atp(NamedTuple):
    """What can be promised of a material."""

    on_hand: Decimal
    """What lies there for anybody; may be below zero."""
    available: Decimal
    """At once."""
    promises: tuple[tuple[date, Decimal], ...]
    """From when on more, and how much in all."""


def atp(model: Model, material: str) -> Atp:
    """What can be promised without breaking a promise. Open orders are promises, forecasts are
    not; requisitions are no receipts yet. Who carries a tracking number first takes what carries
    the same one and is there in time."""
    with localcontext(EXACT):
        stock = lying(model.stock.get(material, ()))[""]
        changes: dict[date, Decimal] = {}
        for on, change in _moves(model, material):
            changes[on] = changes.get(on, ZERO) + change
        days = sorted(changes)
        levels = list(accumulate((changes[on] for on in days), initial=stock))
        # From behind: what is left at the worst moment from each on.
        ahead = list(accumulate(reversed(levels), min))[::-1]
        return _told(stock, max(ahead[0], ZERO), list(zip(days, ahead[1:], strict=True)))


def _told(stock: Decimal, available: Decimal, rising: list[tuple[date, Decimal]]) -> Atp:
    promises, best = [], available
    for on, quantity in rising:
        if quantity > best:
            promises.append((on, quantity))
            best = quantity
    return Atp(stock, available, tuple(promises))


def _moves(model: Model, material: str) -> Iterator[tuple[date, Decimal]]:
    """What comes for anybody, and what open orders take of that, less than zero."""
    orders = (d for d in model.demands.get(material, {}).values() if d.kind != "forecast")
    firm = (one for one in supplies_of(model, material) if one.firm)
    demands, supplies = dedicated((d for d in orders if d.quantity > 0), firm)
    there = pools(lying(model.stock.get(material, ())), supplies, lambda day: day)
    for demand, rest in sorted(demands, key=lambda one: _turn(one.demand)):
        own = there[demand.tracking].take(rest, demand.due) if demand.tracking else ZERO
        yield demand.due, own - rest
    yield from ((one.due, one.quantity) for one in supplies if not one.tracking)


def _turn(demand: Demand) -> tuple[date, int, str]:
    return demand.due, -demand.urgency, demand.id


class Lead(NamedTuple):
    """How long it takes to have a material anew, from the first part bought."""

    days: int | None
    """None: of some material nobody knows it."""
    unknown: frozenset[str] = frozenset()
    """Keys of these: no lead time, or to be made and no valid BOM."""


def lead(model: Model, structures: Structures, material: str) -> Lead:
    """The cumulative lead time of a material by the structures of one day: its own, and before
    that the longest of its components'."""
    return _lead(model, structures, material, {})


def _lead(model: Model, structures: Structures, material: str, found: dict[str, Lead]) -> Lead:
    if material not in found:
        item = model.items.get(material, Item(material))
        parts = {use.component for use in structures.parts(material)}
        below = [_lead(model, structures, part, found) for part in parts]
        unknown = frozenset().union(*(one.unknown for one in below))
        if item.lead_time is None or (item.kind == MADE and not parts):
            unknown |= {material}
        longest = max((one.days or 0 for one in below), default=0)
        found[material] = Lead(None if unknown else (item.lead_time or 0) + longest, unknown)
    return found[material]


def availability(model: Model, structures: Structures, material: str) -> Availability:
    """What people are told of a material; the structures are those of one day."""
    found, ahead = atp(model, material), lead(model, structures, material)
    names = {key: model.items.get(key, Item(key)).number or key for key in ahead.unknown}
    promises = tuple(Promise(on=on, quantity=plain(more)) for on, more in found.promises)
    return Availability(
        number=model.items.get(material, Item(material)).number,
        material=material,
        on_hand=plain(found.on_hand),
        reserved=plain(max(found.on_hand, ZERO) - found.available),
        available=plain(found.available),
        promises=promises,
        next_on=promises[0].on if promises else None,
        next_quantity=promises[0].quantity if promises else None,
        lead_time_days=ahead.days,
        missing=tuple(sorted(names.values())),
    )
