"""The board: orders under way by where they stand, promised day against now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from connector.engine.boarding import CANCELLED, SHIPPED, STAGES
from connector.engine.orders import flows
from connector.engine.system import System
from connector.messages import say
from connector.operations.finding import NotFound
from connector.store import board, snapshots
from connector.store.board import NEVER, Chosen
from connector.store.engine import Tx

OBJECTS = {"customer": "customer", "salesperson": "employee", "department": "department"}
"""What orders can be chosen by, and of which object that is."""
ON_BOARD = tuple(stage for stage in STAGES if stage != CANCELLED)
COLUMN, PAGE = 20, 50
"""Orders of a column of the board, and of a page of one stage."""
SHOWN = timedelta(days=30)
"""For so long what has left stays on the board."""
FOUND = 200
"""Customers whose orders are looked for at most, where a name means several."""


@dataclass(frozen=True, slots=True)
class Line:
    """One order."""

    connection: str
    key: str
    number: str
    target_number: str
    customer: str
    """Its name, or what else is known of it; likewise below."""
    salesperson: str
    department: str
    ordered_on: str
    promised_on: str
    """Empty: nobody promised a day."""
    expected_on: str
    shipped_on: str
    amount: str
    currency: str
    stage: str
    flow: str
    state: str
    reason: str
    is_late: bool
    will_be_late: bool
    """It is planned to be finished after the day that was promised."""


@dataclass(frozen=True, slots=True)
class Column:
    """The orders at one stage."""

    stage: str
    count: int
    late: int
    lines: tuple[Line, ...]
    """The first of them."""
    after: str = ""
    """Where the next page begins; empty: these are all."""


@dataclass(frozen=True, slots=True)
class Board:
    """What was asked for."""

    today: date
    columns: tuple[Column, ...]
    choices: Mapping[str, Mapping[str, str]]
    """By salesperson and department, what can be chosen: keys, and what people call them."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which orders somebody wants to see."""

    customer: str = ""
    """A part of the customer's name, or its number."""
    salesperson: str = ""
    department: str = ""
    number: str = ""
    late: bool = False
    stage: str = ""
    """Only this one, page by page."""
    after: str = ""


def look(system: System, wish: Wish) -> Board:
    """The orders under way that somebody wants to see, by where they stand. Raises NotFound for a
    stage that there is not."""
    if wish.stage and wish.stage not in ON_BOARD:
        raise NotFound(say("unknown_stage", name=wish.stage, known=", ".join(ON_BOARD)))
    with system.store.reading() as tx:
        today = _today(system, tx)
        chosen = _chosen(system, tx, wish, today)
        counts = {row.stage: row for row in board.counts(tx, chosen, today.isoformat())}
        size = PAGE if wish.stage else COLUMN
        found: dict[str, tuple[int, int, list[Any]]] = {}
        for stage in [wish.stage] if wish.stage else ON_BOARD:
            if stage == SHIPPED:
                continue
            n = counts[stage].n if stage in counts else 0
            one = replace(chosen, stage=stage)
            rows = board.lines(tx, one, size + 1, _place(wish.after)) if n else []
            found[stage] = n, int(counts[stage].late) if n else 0, rows
        if wish.stage in ("", SHIPPED) and not wish.late:
            # Whoever asks for one by its number asks for it however long ago it left.
            since = "" if wish.number else (today - SHOWN).isoformat()
            n, rows = board.shipped(tx, replace(chosen, stage=SHIPPED), since, size)
            found[SHIPPED] = n, 0, rows
        names = _names(system, tx, [row for _, _, rows in found.values() for row in rows])
        choices = {name: _choices(system, tx, name) for name in ("salesperson", "department")}
    day = today.isoformat()
    columns = [
        Column(
            stage,
            n,
            late,
            tuple(_line(row, names, day) for row in rows[:size]),
            _after(rows[size - 1]) if len(rows) > size else "",
        )
        for stage, (n, late, rows) in found.items()
    ]
    return Board(today, tuple(columns), choices)


def line(system: System, connection: str, key: str) -> Line | None:
    """One order's line; None: it is not on the board."""
    with system.store.reading() as tx:
        row = board.load(tx, [key]).get((connection, key))
        if row is None:
            return None
        return _line(row, _names(system, tx, [row]), _today(system, tx).isoformat())


def _chosen(system: System, tx: Tx, wish: Wish, today: date) -> Chosen:
    by: dict[str, Sequence[str]] = {}
    if wish.customer:
        by["customer"] = [
            key
            for source in _sources(system)
            for key in snapshots.named(tx, source, "customer", wish.customer, FOUND)
        ]
    if wish.salesperson:
        by["salesperson"] = [wish.salesperson]
    if wish.department:
        by["department"] = [wish.department]
    late_on = today.isoformat() if wish.late else ""
    return Chosen(by, number=wish.number, late_on=late_on)


def _line(row: Any, names: Mapping[tuple[str, str, str], str], today: str) -> Line:
    own = {name: getattr(row, name) for name in (
        "connection", "key", "number", "target_number", "ordered_on", "expected_on", "shipped_on",
        "amount", "currency", "stage", "flow", "state", "reason")}  # fmt: skip
    called = {
        name: names.get((row.connection, object, getattr(row, name)), getattr(row, name))
        for name, object in OBJECTS.items()
    }
    under_way = not row.ended
    return Line(
        **own,
        **called,
        promised_on="" if row.promised_on == NEVER else row.promised_on,
        is_late=under_way and row.promised_on < today,
        will_be_late=under_way and row.expected_on > row.promised_on,
    )


def _names(system: System, tx: Tx, rows: Iterable[Any]) -> dict[tuple[str, str, str], str]:
    """What people call customers, salespeople and departments: by connection, object and key."""
    wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        for name, object in OBJECTS.items():
            if getattr(row, name):
                wanted[row.connection, object].add(getattr(row, name))
    return {
        (connection, object, key): snapshots.data(row).get("name") or row.number or key
        for (connection, object), keys in wanted.items()
        for key, row in snapshots.load(tx, connection, object, sorted(keys)).items()
    }


def _choices(system: System, tx: Tx, name: str) -> dict[str, str]:
    keys = board.used(tx, name)
    found = {
        key: str(snapshots.data(row).get("name") or row.number or key)
        for source in _sources(system)
        for key, row in snapshots.load(tx, source, OBJECTS[name], keys).items()
    }
    return dict(sorted(((key, found.get(key, key)) for key in keys), key=lambda one: one[1]))


def _sources(system: System) -> list[str]:
    return sorted({flow.source for flow in flows(system)})


def _today(system: System, tx: Tx) -> date:
    return datetime.fromtimestamp(system.store.now(tx), system.own_zone).date()


def _after(row: Any) -> str:
    return f"{row.promised_on}/{row.key}"


def _place(after: str) -> tuple[str, str]:
    promised, _, key = after.partition("/")
    return promised, key
