"""The board: a line for each order that flows carry, as it stands now, to look at and to count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal_column, or_, select, tuple_

from connector.store.engine import Store, Tx
from connector.store.statement import Row, among, begins
from connector.store.tables import board

NEVER = "9999-12-31"
"""In the place of a promised day: there is none."""
BY = ("customer", "salesperson", "department")
"""What orders can be chosen by."""
UNDER_WAY = board.c.ended == literal_column("0")
ENDED = board.c.ended == literal_column("1")
"""As their indexes say it, which serve nothing that is a parameter."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which orders to look at."""

    by: Mapping[str, Sequence[str]]
    """Keys of customers, salespeople or departments; one that is empty chooses none."""
    stage: str = ""
    """Only those at this stage; empty: at any."""
    number: str = ""
    """Only those whose number, here or in the target, begins so."""
    late_on: str = ""
    """Only those that are late on this day; empty: whether or not."""

    def where(self, *, ended: bool = False) -> list[ColumnElement[bool]]:
        """The conditions for those under way, or for those that have ended."""
        found = [among(board.c[name], keys) for name, keys in self.by.items()]
        found.append(ENDED if ended else UNDER_WAY)
        found += [board.c.stage == self.stage] if self.stage else []
        if self.number:
            numbers = (board.c.number, board.c.target_number)
            found.append(or_(*(begins(one, self.number) for one in numbers)))
        if self.late_on:
            found.append(is_late(self.late_on))
        return found


def is_late(day: str) -> ColumnElement[bool]:
    """It was to be delivered before this day: of those under way."""
    return board.c.promised_on < day


def counts(tx: Tx, chosen: Chosen, day: str) -> list[Any]:
    """`(stage, n, late)` of orders, late on this day."""
    late = func.sum(case((is_late(day), 1), else_=0)).label("late")
    query = select(board.c.stage, func.count().label("n"), late).where(*chosen.where())
    return list(tx.execute(query.group_by(board.c.stage)))


def lines(tx: Tx, chosen: Chosen, limit: int, after: tuple[str, str] = ("", "")) -> list[Any]:
    """Orders, the earliest promised first and those without a promise last; `after`: behind this
    promise and key."""
    query = select(board).where(*chosen.where())
    place = (board.c.promised_on, board.c.key)
    if after[1]:
        query = query.where(tuple_(*place) > tuple_(*after))
    return list(tx.execute(query.order_by(*place).limit(limit)))


def shipped(tx: Tx, chosen: Chosen, since: str, limit: int) -> tuple[int, list[Any]]:
    """How many orders left since a day, and the latest of them."""
    there = (*chosen.where(ended=True), board.c.shipped_on >= since)
    n = tx.execute(select(func.count()).select_from(board).where(*there)).scalar_one()
    query = select(board).where(*there).order_by(board.c.shipped_on.desc(), board.c.key.desc())
    return int(n), list(tx.execute(query.limit(limit)))


def used(tx: Tx, name: str) -> list[str]:
    """The keys by which orders under way can be chosen: one of `BY`."""
    return list(tx.execute(_USED[name]).scalars())


def _used(name: str) -> Select[Any]:
    """Each from the one before it, so that an index tells without reading every order."""
    column = board.c[name]
    least = select(func.min(column)).where(UNDER_WAY)
    found = least.where(column > literal_column("''")).cte("found", recursive=True)
    key = found.c[0]
    behind = least.where(column > key).correlate(found).scalar_subquery()
    found = found.union_all(select(behind).where(key.is_not(None)))
    return select(found.c[0]).where(found.c[0].is_not(None))


_USED = {name: _used(name) for name in BY}


def load(tx: Tx, keys: Sequence[str]) -> dict[tuple[str, str], Any]:
    """The lines of orders with these keys, by connection and key."""
    rows = tx.execute(select(board).where(among(board.c.key, keys)))
    return {(row.connection, row.key): row for row in rows}


def save(store: Store, tx: Tx, rows: Sequence[Row]) -> None:
    """Put lines on it, or in the place of those that are there."""
    store.upsert(tx, board, rows)
