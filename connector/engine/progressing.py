"""The progress of orders, from everything that the store holds about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from connector.derive.order import Order
from connector.derive.progress import Making, progress
from connector.derive.serving import Serving, linked
from connector.engine import dossier, orders
from connector.engine.dossier import Dossier
from connector.engine.system import System
from connector.objects import BusinessObject, OrderProgress
from connector.objects.derived import Kitting, OrderSupply
from connector.objects.fulfilment import Inspection, ProductionOrder
from connector.settings import HUB
from connector.store import snapshots
from connector.store.engine import Tx


def progresses(system: System, tx: Tx, keys: Sequence[str]) -> dict[str, BusinessObject]:
    """The progress of these orders, as far as there is anything to tell of them."""
    made: dict[str, BusinessObject] = {}
    # An order of which nothing was begun yet may be late all the same.
    watched = (HUB, "order_progress") in system.watched
    told = snapshots.models(tx, HUB, "order_progress", OrderProgress, keys)
    supplies = snapshots.models(tx, HUB, "order_supply", OrderSupply, keys)
    for flow in orders.flows(system):
        assert flow.target is not None
        erp = flow.target.name
        some = {key: one for key, one in orders.put_together(tx, flow, keys).items() if one.booked}
        productions = _productions(tx, erp, (supplies[key] for key in some if key in supplies))
        numbers = {one.target_number for one in some.values()}
        held = dossier.about(tx, erp, numbers, {one.number for one in productions.values()})
        kits = _kits(tx, some.values())
        today = datetime.fromtimestamp(system.store.now(tx), system.zone(erp)).date()
        for key, order in some.items():
            mine, previous = held.get(order.target_number) or Dossier(), told.get(key)
            serving = _serving(order, mine, supplies.get(key), productions)
            parts = _parts(order, kits, previous, today)
            if mine or serving or parts or previous or watched:
                making = _making(mine, held.get("") or Dossier(), serving, parts)
                made[key] = progress(order, mine.papers(), making, previous)
    return made


def _productions(tx: Tx, erp: str, supplies: Iterable[OrderSupply]) -> dict[str, ProductionOrder]:
    """The production orders that serve some of these orders without naming them."""
    keys = sorted({share.production for one in supplies for share in one.shares})
    return snapshots.models(tx, erp, "production_order", ProductionOrder, keys)


def _serving(
    order: Order,
    held: Dossier,
    supply: OrderSupply | None,
    productions: Mapping[str, ProductionOrder],
) -> list[Serving]:
    named = linked(order, held.by_key(ProductionOrder, "production_order"))
    shares = supply.shares if supply else ()
    return named + [
        Serving(one.line, one.production, productions[one.production], one.quantity, one.basis)
        for one in shares
        if one.production in productions
    ]


def _making(
    held: Dossier,
    anonymous: Dossier,
    serving: Sequence[Serving],
    parts: Mapping[str, tuple[date, str]],
) -> Making:
    """`anonymous` is what names production orders that name no order."""
    inspections = [*held.of(Inspection, "inspection"), *anonymous.of(Inspection, "inspection")]
    return Making(serving, inspections, parts)


def _kits(tx: Tx, some: Iterable[Order]) -> dict[str, Kitting]:
    keys = [f"{order.key}/{line.id}" for order in some for line in order.lines]
    return snapshots.models(tx, HUB, "kitting", Kitting, keys)


def _parts(
    order: Order, kits: Mapping[str, Kitting], previous: OrderProgress | None, today: date
) -> dict[str, tuple[date, str]]:
    """Since when no key part of a line is short: today, unless it was told before."""
    told = {line.id: line.materials_on for line in previous.lines} if previous else {}
    found = {}
    for line in order.lines:
        kit = kits.get(f"{order.key}/{line.id}")
        if kit is not None and kit.open and kit.parts_there:
            found[line.id] = told.get(line.id) or today, "estimated"
    return found
