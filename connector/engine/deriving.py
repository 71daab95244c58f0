"""Derive: compute the hub's records anew for what changed, and mark the flows that carry them.

Captures and deliveries only note, in their own transaction, which derived records they
touch; `run` computes those and stores what really changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from connector.derive.status import delivery_status
from connector.derive.subjects import ABOUT, about, names, subject
from connector.engine import (
    boarding,
    dossier,
    figuring,
    modelling,
    planning,
    progressing,
    reckoning,
    saving,
    watched,
)
from connector.engine.system import Feed, Flow, System
from connector.faults import fault
from connector.messages import load
from connector.objects import BusinessObject, DeliveryStatus
from connector.objects.showing import labels, readable
from connector.settings import HUB
from connector.store import deliveries, facts, journal, links, mentions, snapshots
from connector.store.engine import Tx

GROUP = 200
"""Derived records computed in one transaction."""

MOVES = frozenset({"shipment", "goods_return"})
"""What says how much of an order is still open."""

Compute = Callable[[System, Tx, Sequence[str]], dict[str, BusinessObject]]
BOARD = "board"
"""What is computed last, and is no record: it shows the others."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """How the records of one derived object are computed."""

    compute: Compute
    """Those with these keys, as far as there is anything to tell."""
    of: frozenset[str] = frozenset()
    """The objects of the ERP from which they are."""
    by: str = ""
    """What leads from one of those to their keys: a kind of subject."""


def after_capture(
    system: System, tx: Tx, feed: Feed, made: Mapping[str, BusinessObject | None]
) -> None:
    """Records changed, by key; None: one is gone. What is computed of the things that they are
    about is computed anew."""
    erp, plans = feed.connection.name, planning.wanted_of(system)
    watched.note(system, tx, erp, feed.object, list(made))
    if plans:
        modelling.note_captured(system, tx, erp, feed.object, list(made))
        numbers = [record.number for record in made.values() if record]
        modelling.note_shown(system, tx, erp, feed.object, numbers)
    reckoning.note(system, tx, feed.name)
    if feed.object not in ABOUT or not made:
        return
    named = {key: about(feed.object, record) for key, record in made.items()}
    touched = mentions.save(tx, erp, feed.object, named)
    if feed.object == "production_order":
        touched |= {subject("production", key) for key in made}
    if plans and feed.object in MOVES:
        modelling.note_moved(system, tx, touched)
    for object, derivation in _wanted(system):
        if feed.object not in derivation.of:
            continue
        if derivation.by == "order":
            keys = dossier.orders_named(tx, erp, touched)
        else:
            keys = names(derivation.by, touched)
        journal.derive_later(system.store, tx, object, keys)


def after_delivery(system: System, tx: Tx, flow: Flow, keys: Sequence[str]) -> None:
    """Deliveries changed their state: tell whoever asks in the source, and look at orders anew."""
    if flow.source != HUB and keys:
        if flow.object == "sales_order":
            reckoning.note(system, tx, flow.name)
            if planning.wanted_of(system):
                modelling.note_orders(system, tx, keys)
        for object in [object for object, _ in _wanted(system)] + _boards(system):
            _of_deliveries(system, tx, object, flow, keys)


def _wanted(system: System) -> list[tuple[str, Derivation]]:
    """What somebody asks for and is computed record by record."""
    objects = sorted(system.asked_of_hub() & DERIVATIONS.keys())
    return [(object, DERIVATIONS[object]) for object in objects]


def _boards(system: System) -> list[str]:
    return [BOARD] if BOARD in system.shown else []


def _of_deliveries(system: System, tx: Tx, object: str, flow: Flow, keys: Sequence[str]) -> None:
    of_orders = object == BOARD or DERIVATIONS[object].by == "order"
    if object == "delivery_status":
        keys = [f"{flow.name}/{key}" for key in keys]
    elif flow.object != "sales_order" or not of_orders:
        return
    journal.derive_later(system.store, tx, object, keys)


def run(system: System) -> int:
    """Compute everything that waits; returns how many derived records really changed."""
    changed = 0
    while waiting := _waiting(system):
        for object in waiting:
            if system.stopping.is_set():
                return changed
            changed += _group(system, object)
    return changed


def _waiting(system: System) -> list[str]:
    """What is to be computed now, the board last: it shows the others."""
    wanted = [object for object, _ in _wanted(system)] + _boards(system)
    if not wanted:
        return []
    with system.store.reading() as tx:
        return sorted(journal.waiting(tx, wanted), key=lambda one: (one == BOARD, one))


def introduce(system: System) -> None:
    """What is shown from now on is computed of what is there already; what was not shown for a
    while has missed what happened meanwhile."""
    names = {f"shown {object}": object for object in sorted({BOARD, *DERIVATIONS})}
    with system.store.reading() as tx:
        noted = facts.all_noted(tx, list(names))
    for name, object in names.items():
        shown = object in system.shown
        if shown is (name in noted):
            continue
        if shown:
            everything(system, object)  # before it is noted: a crash between asks for it twice
        with system.store.transaction() as tx:
            facts.note(system.store, tx, name, "yes" if shown else "")


def everything(system: System, object: str) -> None:
    """Ask for all derived records of this object: nobody wanted them so far. What planning tells
    it tells of everything anyway."""
    if object not in (BOARD, *DERIVATIONS):
        return
    for flow in system.delivering():
        if flow.source != HUB:
            _everything_of(system, object, flow)


def _everything_of(system: System, object: str, flow: Flow) -> None:
    after = ""
    while True:
        with system.store.transaction() as tx:
            keys = [row.key for row in deliveries.walk(tx, flow.name, after, GROUP)]
            if not keys:
                return
            after = keys[-1]
            _of_deliveries(system, tx, object, flow, keys)


def _group(system: System, object: str) -> int:
    changed = 0
    with system.store.transaction() as tx:
        keys = [row.key for row in journal.to_derive(tx, object, GROUP)]
        if object == BOARD:
            boarding.save(system, tx, keys)
        else:
            changed = _compute(system, tx, object, keys)
        journal.derived(tx, object, keys)
    fault("derived")
    return changed


def _compute(system: System, tx: Tx, object: str, keys: Sequence[str]) -> int:
    made = DERIVATIONS[object].compute(system, tx, keys)
    fault("computed")
    changed = saving.save(system, tx, object, made)
    if object == "order_progress":
        for board in _boards(system):
            journal.derive_later(system.store, tx, board, changed)
    fault("computed_saved")
    return len(changed)


def _statuses(system: System, tx: Tx, keys: Sequence[str]) -> dict[str, BusinessObject]:
    made: dict[str, DeliveryStatus] = {}
    by_flow: dict[str, list[str]] = {}
    for key in keys:
        name, _, record = key.partition("/")
        by_flow.setdefault(name, []).append(record)
    for name, records in by_flow.items():
        flow = system.flows.get(name)
        if flow is None or flow.target is None:
            continue
        rows = deliveries.load(tx, name, records)
        known = snapshots.load(tx, flow.source, flow.object, records)
        linked = links.find(tx, flow.object, flow.source, flow.target.name, records)
        numbers = {item.here: item.number for item in linked}
        for key, row in rows.items():
            if row.state == "in_sync" and row.reason == "unlinked":
                continue  # it was here before go-live: there is nothing to tell
            snapshot = known.get(key)
            number = snapshot.number if snapshot else ""
            explained = system.hints[flow.target.name].explain(
                load(row.detail), row.reason, system.language
            )
            lines = labels(snapshots.data(snapshot)) if snapshot else {}
            explained = replace(explained, words=readable(explained.words, lines))
            made[f"{name}/{key}"] = delivery_status(row, number, numbers.get(key, ""), explained)
    return _since_it_is_so(tx, made)


def _since_it_is_so(tx: Tx, made: dict[str, DeliveryStatus]) -> dict[str, BusinessObject]:
    """A delivery that was looked at again and is as it was keeps its time: nothing is news."""
    before = snapshots.load(tx, HUB, "delivery_status", list(made))
    found: dict[str, BusinessObject] = {}
    for key, status in made.items():
        row = before.get(key)
        old = DeliveryStatus.model_validate_json(row.data) if row and row.data else None
        same = old is not None and old.model_copy(update={"since": status.since}) == status
        found[key] = old if old is not None and same else status
    return found


MONEY = frozenset({"invoice", "ordinary_invoice", "receivable", "payment", "refund"})

DERIVATIONS: dict[str, Derivation] = {
    "delivery_status": Derivation(_statuses),
    "order_progress": Derivation(
        progressing.progresses,
        MOVES | MONEY | {"production_order", "inspection"},
        by="order",
    ),
    "order_margin": Derivation(
        figuring.margins,
        MOVES | MONEY | {"production_order", "production_cost", "purchase_order"},
        by="order",
    ),
    "three_flows": Derivation(figuring.agreements, MOVES | MONEY, by="order"),
}
"""How each derived object is computed; what planning and reckoning tell stands there."""
