"""How far an order is: five milestones, and delivered, invoiced and paid.

| milestone | a line has reached it when |
|---|---|
| 关键部件已到料 `materials` | the key parts are all there; at the latest when production starts |
| 已上生产线 `started` | a production order that serves it has started |
| 生产完工 `produced` | all production orders that serve it are finished |
| 质检合格 `inspected` | as much of what they made has passed inspection as they serve it with |
| 已发货 `shipped` | all of it has left, less what came back |

An order has reached one when all its lines of goods have. A return takes back what a shipment
had told; goods that are not replaced are no longer ordered either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from connector.derive import papers as papers_of
from connector.derive.order import ZERO, Line, Order
from connector.derive.papers import COUNTS, Away, Papers, invoiced, moved, tally
from connector.derive.serving import BASES, DONE, Serving
from connector.derive.three_flows import received
from connector.derive.units import in_unit
from connector.objects.derived import LineProgress, OrderProgress
from connector.objects.fulfilment import Inspection

STARTED = frozenset({"started", "finished", "closed"})
STAGES = (
    "ordered",
    "materials_ready",
    "in_production",
    "produced",
    "inspected",
    "part_shipped",
    "shipped",
)
STAGE_AT = (
    ("inspected", "inspected"),
    ("produced", "produced"),
    ("started", "in_production"),
    ("materials", "materials_ready"),
)
"""Before anything has left: the stage at which a milestone shows a line to be."""
MILESTONES = ("materials", "started", "produced", "inspected")
"""Those that have a basis of their own."""


@dataclass(frozen=True, slots=True)
class Making:
    """What is known of how an order's goods are made."""

    serving: Sequence[Serving] = ()
    inspections: Sequence[Inspection] = ()
    parts: Mapping[str, tuple[date, str]] = field(default_factory=dict)
    """By line: when its key parts were all there, and how we know."""


def progress(
    order: Order, papers: Papers, making: Making, previous: OrderProgress | None = None
) -> OrderProgress:
    """The progress of an order. `previous` is what was told last: a milestone that was estimated
    stays told when the production that showed it has gone to somebody else since."""
    known = {line.id: line for line in previous.lines} if previous else {}
    away, billed = papers_of.away(order, papers), tally(order, invoiced(order, papers))
    goods = [line for line in order.lines if line.goods]
    lines = [
        _line(line, away[line.id], billed[line.id].quantity, making, known.get(line.id))
        for line in goods
    ]
    gone = [one for one in papers.shipments if moved(order, Papers(shipments=[one]))]
    latest = max(gone, key=lambda one: (one.shipped_on, one.number), default=None)
    return OrderProgress(
        number=order.number,
        record=order.key,
        promised_on=order.promised_on,
        invoiced_on=_full_on(order, ((r.on, r.amount or ZERO) for r in invoiced(order, papers))),
        paid_on=_full_on(order, received(order, papers)),
        waybill=latest.waybill if latest else "",
        waybills=tuple(sorted({one.waybill for one in gone if one.waybill})),
        lines=tuple(lines),
        shipped_on=latest.shipped_on if latest else None,
        **_together(lines),
    )


# -- one line ---------------------------------------------------------------------------------


def _line(
    line: Line, away: Away, billed: Decimal, making: Making, previous: LineProgress | None
) -> LineProgress:
    serving = [one for one in making.serving if one.line == line.id]
    ordered = line.ordered - away.refunded
    reached = _reached(line, serving, making)
    if previous is not None:
        reached = _still(reached, previous)
    running = [one for one in serving if one.production.status == "started"]
    quantities = {
        "ordered": ordered,
        "in_production": _sum(one.quantity - one.finished for one in running),
        "produced": _sum(one.finished for one in serving),
        "shipped": away.left,
        "returned": away.returned,
        "invoiced": billed,
    }
    days = {f"{name}_on": day for name, (day, _) in reached.items()}
    told: dict[str, Any] = {name: in_unit(value, line.factor) for name, value in quantities.items()}
    told |= days | {f"{name}_basis": basis for name, (_, basis) in reached.items()}
    return LineProgress(
        id=line.id,
        material=line.material,
        expected_on=_expected(serving),
        stage=_stage(ordered, away, days),
        basis=_weakest(basis for _, basis in reached.values()),
        **told,
    )


Reached = dict[str, tuple[date | None, str]]
"""By milestone: the day, and how it was found."""


def _reached(line: Line, serving: Sequence[Serving], making: Making) -> Reached:
    started = [one for one in serving if one.production.status in STARTED]
    found: Reached = {
        "started": _earliest((one.production.started_on, one.basis) for one in started),
        "produced": _produced(serving),
        "inspected": _inspected(serving, making.inspections),
    }
    parts = making.parts.get(line.id, (None, ""))
    return {"materials": _earliest([parts, found["started"]]), **found}


def _produced(serving: Sequence[Serving]) -> tuple[date | None, str]:
    if not serving or any(one.production.status not in DONE for one in serving):
        return None, ""
    days = [one.production.finished_on for one in serving]
    known = [day for day in days if day]
    return (max(known), _weakest(one.basis for one in serving)) if known else (None, "")


def _inspected(
    serving: Sequence[Serving], inspections: Sequence[Inspection]
) -> tuple[date | None, str]:
    """Passed is what was found good, however often it had to be mended."""
    numbers = {one.production.number for one in serving}
    about = [i for i in inspections if i.status in COUNTS and i.source_number in numbers]
    needed, days = _sum(one.quantity for one in serving), []
    passed = ZERO
    for one in sorted(about, key=lambda i: (i.inspected_on or date.max, i.number)):
        passed += one.qualified
        days.append(one.inspected_on)
        if passed >= needed > 0 and one.inspected_on:
            return one.inspected_on, _weakest(each.basis for each in serving)
    return None, ""


def _still(reached: Reached, previous: LineProgress) -> Reached:
    """What was estimated and told stays, where nothing better is known now."""
    return {
        name: (getattr(previous, f"{name}_on"), "estimated")
        if day is None and getattr(previous, f"{name}_basis") == "estimated"
        else (day, basis)
        for name, (day, basis) in reached.items()
    }


def _stage(ordered: Decimal, away: Away, days: Mapping[str, Any]) -> str:
    if away.left >= ordered and (away.left or away.returned):
        return "shipped"
    if away.left > 0:
        return "part_shipped"
    return next((stage for name, stage in STAGE_AT if days[f"{name}_on"]), "ordered")


def _expected(serving: Sequence[Serving]) -> date | None:
    """The planned end of the last production order that still runs; None: one has none."""
    days = [one.production.planned_finish for one in serving if one.production.status not in DONE]
    known = [day for day in days if day]
    return max(known) if known and len(known) == len(days) else None


# -- the order --------------------------------------------------------------------------------


def _together(lines: Sequence[LineProgress]) -> dict[str, Any]:
    names = ("ordered", "in_production", "produced", "shipped", "returned", "invoiced")
    found: dict[str, Any] = {name: _sum(getattr(line, name) for line in lines) for name in names}
    for name in MILESTONES:
        days = [getattr(line, f"{name}_on") for line in lines]
        pick: Callable[[Iterable[date]], date] = min if name == "started" else max
        whole = bool(days) and (name == "started" or all(days))
        found[f"{name}_on"] = pick(day for day in days if day) if whole and any(days) else None
        bases = [getattr(line, f"{name}_basis") for line in lines]
        found[f"{name}_basis"] = _weakest(bases) if found[f"{name}_on"] else ""
    open_days = [line.expected_on for line in lines]
    found["expected_on"] = max((day for day in open_days if day), default=None)
    found["basis"] = _weakest(line.basis for line in lines)
    found["stage"] = _stage_of_all([line.stage for line in lines])
    return found


def _stage_of_all(stages: Sequence[str]) -> str:
    """The one that all lines have reached; once something has left, that is told."""
    if not stages:
        return "ordered"
    if any(stage in ("part_shipped", "shipped") for stage in stages):
        return "shipped" if all(stage == "shipped" for stage in stages) else "part_shipped"
    if "in_production" in stages or (len({*stages}) > 1 and {*stages} & {"produced", "inspected"}):
        return "in_production"
    return min(stages, key=STAGES.index)


def _full_on(order: Order, some: Iterable[tuple[date, Decimal]]) -> date | None:
    """The day on which amounts first came up to the order's, if they still do."""
    amount, sum_, day = order.amount_with_tax, ZERO, None
    for on, part in sorted(some):
        sum_ += part
        day = (day or on) if sum_ >= amount > 0 else None
    return day


# -- small things -----------------------------------------------------------------------------


def _earliest(some: Iterable[tuple[date | None, str]]) -> tuple[date | None, str]:
    known = [(day, BASES.index(basis)) for day, basis in some if day and basis]
    if not known:
        return None, ""
    day, basis = min(known)
    return day, BASES[basis]


def _weakest(bases: Iterable[str]) -> str:
    known = [BASES.index(basis) for basis in bases if basis]
    return BASES[max(known)] if known else ""


def _sum(values: Iterable[Decimal]) -> Decimal:
    return sum(values, ZERO)
