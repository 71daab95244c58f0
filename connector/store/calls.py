"""Calls: how many requests each connection has sent on each day, whichever process sent them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import bindparam, select, update

from connector.store.engine import Store, Tx
from connector.store.statement import Sql
from connector.store.tables import calls


def add(store: Store, tx: Tx, connection: str, day: date, count: int) -> None:
    """So many more were sent on this day."""
    new = {"connection": connection, "day": day.isoformat(), "sent": 0}
    store.upsert(tx, calls, [new], keep=("sent",))
    tx.execute(update(calls).where(*_on(connection, day)).values(sent=calls.c.sent + count))


def sent(tx: Tx, connection: str, day: date) -> int:
    """How many were sent on this day."""
    row = _SENT.first(tx, connection=connection, day=day.isoformat())
    return int(row.sent) if row else 0


_SENT = Sql(
    select(calls.c.sent).where(
        calls.c.connection == bindparam("connection"), calls.c.day == bindparam("day")
    )
)


def warn(tx: Tx, connection: str, day: date) -> bool:
    """Whether nobody was warned on this day yet; from now on somebody was."""
    unwarned = (*_on(connection, day), calls.c.warned == 0)
    return bool(tx.execute(update(calls).where(*unwarned).values(warned=1)).rowcount)


def _on(connection: str, day: date) -> tuple[Any, ...]:
    return calls.c.connection == connection, calls.c.day == day.isoformat()
