"""What planning found, as people are told it: requirements with their pegs, up to the customers'
demands, and planned orders merged for release (计划订单合并投放)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal, localcontext
from typing import NamedTuple

from connector.derive.demand import lying, supplies_of
from connector.derive.model import EXACT, ZERO, Demand, Model, plain
from connector.derive.netting import Peg, Planned
from connector.derive.requirements import Planner
from connector.derive.structure import MADE
from connector.objects import derived
from connector.objects.derived import Late, MaterialRequirement, Suggestion
from connector.objects.money import spread

DIGITS = 12
"""After the point, to which quantities are apportioned."""


def requirement(planner: Planner, model: Model, material: str) -> MaterialRequirement:
    """What should be bought or made of a material, and for what."""
    item = planner.item(material)
    with localcontext(EXACT):
        stock = sum(lying(model.stock.get(material, ())).values(), ZERO)
        incoming = sum((one.quantity for one in supplies_of(model, material)), ZERO)
    return MaterialRequirement(
        number=item.number,
        material=material,
        gross=plain(planner.gross(material)),
        on_hand=plain(stock),
        safety_stock=plain(item.safety_stock),
        incoming=plain(incoming),
        suggestions=tuple(suggestions(planner, material)),
        late=tuple(
            Late(wanted_on=wanted, expected_on=expected, quantity=plain(quantity))
            for (wanted, expected), quantity in sorted(planner.late(material).items())
        ),
    )


def suggestions(planner: Planner, material: str) -> Iterator[Suggestion]:
    """Its planned orders, each with whom it serves directly."""
    orders = planner.plans.get(material, ())
    known = planner.item(material).lead_time is not None
    for one, pegs in zip(orders, planner.pegs(material), strict=True):
        yield Suggestion(
            id=suggestion_id(planner, material, one),
            kind=_kind(planner, material),
            quantity=plain(one.quantity),
            start_on=one.start if known else None,
            due_on=one.due,
            tracking_no=one.tracking,
            pegs=tuple(_shown(planner, peg) for peg in pegs),
        )


def suggestion_id(planner: Planner, material: str, one: Planned) -> str:
    """The same for the same material, kind, due date and tracking number: there is never more
    than one of these."""
    parts = [material, _kind(planner, material), f"{one.due:%Y%m%d}", one.tracking]
    return "-".join(part for part in parts if part)


class Root(NamedTuple):
    """For what a planned order is in the end, and how much of it."""

    kind: str
    """`order`, `forecast`, `safety_stock` or `lot_rounding`."""
    demand: Demand | None
    """The order or forecast."""
    material: str
    """Whose safety stock, or whose lot."""
    quantity: Decimal
    """In base units of the planned order's material."""


class Pegging:
    """The customers' demands that planned orders serve, over all levels: what goes into a parent's
    planned order is for those whom that one serves, in proportion, to the last digit."""

    def __init__(self, planner: Planner) -> None:
        self._planner = planner
        self._pegs: dict[str, list[list[Peg]]] = {}
        self._found: dict[tuple[str, int], list[Root]] = {}

    def roots(self, material: str, order: int) -> list[Root]:
        """Whom this one of a material's planned orders serves."""
        with localcontext(EXACT):
            return self._roots(material, order)

    def _roots(self, material: str, order: int) -> list[Root]:
        if (material, order) in self._found:
            return self._found[material, order]
        if material not in self._pegs:
            self._pegs[material] = self._planner.pegs(material)
        sums: dict[tuple[str, Demand | None, str], Decimal] = {}
        for peg in self._pegs[material][order]:
            roots = [Root(peg.kind, peg.demand, material if not peg.demand else "", peg.quantity)]
            if peg.parent:
                roots = self._roots(peg.parent, peg.order)
            shares = spread(peg.quantity, [root.quantity for root in roots], DIGITS)
            for root, share in zip(roots, shares, strict=True):
                sums[root[:3]] = sums.get(root[:3], ZERO) + share
        found = [Root(*whom, share) for whom, share in sums.items() if share]
        self._found[material, order] = found
        return found


class Release(NamedTuple):
    """Planned orders of one material that are released as one."""

    suggestions: tuple[str, ...]
    """Their ids."""
    kind: str
    tracking_no: str
    quantity: Decimal
    start_on: date | None
    """When the first of them starts."""
    due_on: date
    """When the first of them is due."""
    pegs: tuple[derived.Peg, ...]
    """Whom they serve together."""


def merge(
    suggestions: Iterable[Suggestion], period: Callable[[date], date] | None = None
) -> list[Release]:
    """One release for all of one material's suggestions of a kind and tracking number that are
    due in one period, or for all of them."""
    groups: dict[tuple[str, str, date | None], list[Suggestion]] = {}
    for one in sorted(suggestions, key=lambda one: (one.due_on, one.id)):
        key = one.kind, one.tracking_no, period(one.due_on) if period else None
        groups.setdefault(key, []).append(one)
    return [_release(kind, tracking, group) for (kind, tracking, _), group in groups.items()]


def _release(kind: str, tracking: str, group: list[Suggestion]) -> Release:
    pegs: dict[tuple[str, str, str], derived.Peg] = {}
    for peg in (peg for one in group for peg in one.pegs):
        key = peg.kind, peg.record, peg.line
        before = pegs[key].quantity if key in pegs else ZERO
        pegs[key] = peg.model_copy(update={"quantity": before + peg.quantity})
    return Release(
        suggestions=tuple(one.id for one in group),
        kind=kind,
        tracking_no=tracking,
        quantity=sum((one.quantity for one in group), ZERO),
        start_on=min((one.start_on for one in group if one.start_on), default=None),
        due_on=group[0].due_on,
        pegs=tuple(pegs.values()),
    )


def _kind(planner: Planner, material: str) -> str:
    return MADE if planner.item(material).kind == MADE else "buy"


def _shown(planner: Planner, peg: Peg) -> derived.Peg:
    record, line = (peg.demand.record, peg.demand.line) if peg.demand else ("", "")
    if peg.parent:
        parent = planner.plans[peg.parent][peg.order]
        record = suggestion_id(planner, peg.parent, parent)
    return derived.Peg(kind=peg.kind, record=record, line=line, quantity=plain(peg.quantity))
