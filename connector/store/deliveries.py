"""Deliveries: per flow and record, what should be in the target and what is.

Every write of a claimed row is a compare-and-set on owner, epoch and state: whoever lost
the claim changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, update

from connector.store.engine import Row, Store, Tx, batches
from connector.store.tables import deliveries

KEYS = ("flow", "key", "part")


def load(tx: Tx, flow: str, keys: Sequence[str]) -> dict[str, Any]:
    """A flow's rows by record key (undivided records only)."""
    found: dict[str, Any] = {}
    for some in batches(keys):
        query = select(deliveries).where(
            deliveries.c.flow == flow, deliveries.c.key.in_(some), deliveries.c.part == ""
        )
        found.update((row.key, row) for row in tx.execute(query))
    return found


_STATES = select(
    deliveries.c.flow,
    deliveries.c.key,
    deliveries.c.part,
    deliveries.c.state,
    deliveries.c.reason,
    deliveries.c.detail,
    deliveries.c.due_at,
    deliveries.c.since,
    deliveries.c.attempts,
).where(
    deliveries.c.flow == bindparam("flow"),
    deliveries.c.key.in_(bindparam("keys", expanding=True)),
    deliveries.c.part == "",
)


def states(tx: Tx, flow: str, keys: Sequence[str]) -> dict[str, Any]:
    """What marking a change needs of the rows, by record key."""
    found: dict[str, Any] = {}
    for some in batches(keys):
        rows = tx.execute(_STATES, {"flow": flow, "keys": list(some)})
        found.update((row.key, row) for row in rows)
    return found


def add(tx: Tx, rows: Sequence[Row]) -> None:
    """Rows for records that a flow meets for the first time."""
    if rows:
        tx.execute(insert(deliveries), list(rows))


def change(tx: Tx, rows: Sequence[Row]) -> None:
    """Set columns of rows, whatever their state; all `rows` name the same columns."""
    if rows:
        tx.execute(_setting(rows[0]), [_bound(row) for row in rows])


_MY_CLAIM = and_(
    deliveries.c.owner == bindparam("my_owner"),
    deliveries.c.epoch == bindparam("my_epoch"),
    deliveries.c.state == bindparam("my_state"),
)


def settle(tx: Tx, rows: Sequence[Row], claims: Sequence[tuple[str, int, str]]) -> list[Row]:
    """Write outcomes of claimed rows, each only if the claim `(owner, epoch, state)` still holds.

    Returns the rows that were written; for the others somebody else holds the record now.
    """
    if not rows:
        return []
    bound = [
        {**_bound(row), "my_owner": owner, "my_epoch": epoch, "my_state": state}
        for row, (owner, epoch, state) in zip(rows, claims, strict=True)
    ]
    statement = _setting(rows[0]).where(_MY_CLAIM)
    if tx.execute(statement, bound).rowcount == len(rows):
        return list(rows)
    held = {
        (row.flow, row.key, row.part)
        for row in (tx.execute(_HELD, values).first() for values in bound)
        if row is not None
    }
    return [row for row in rows if tuple(row[k] for k in KEYS) in held]


_HELD = select(deliveries.c.flow, deliveries.c.key, deliveries.c.part).where(
    deliveries.c.flow == bindparam("its_flow"),
    deliveries.c.key == bindparam("its_key"),
    deliveries.c.part == bindparam("its_part"),
    deliveries.c.owner == "",
    deliveries.c.epoch == bindparam("my_epoch"),
)


def _setting(row: Row) -> Any:
    names = [name for name in row if name not in KEYS]
    return (
        update(deliveries)
        .where(*(deliveries.c[k] == bindparam(f"its_{k}") for k in KEYS))
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def _bound(row: Row) -> Row:
    return {
        (f"its_{name}" if name in KEYS else f"new_{name}"): value for name, value in row.items()
    }


def due(store: Store, tx: Tx, flow: str, now: float, limit: int) -> list[Any]:
    """Rows to act on now, settled doubts included, urgent first; none whose line is busy."""
    busy = deliveries.alias()
    line_busy = (
        select(busy.c.line)
        .where(
            busy.c.line == deliveries.c.line,
            busy.c.line != "",
            busy.c.owner != "",
        )
        .exists()
    )
    query = (
        select(deliveries)
        .where(
            deliveries.c.flow == flow,
            deliveries.c.state.in_(("pending", "in_doubt")),
            deliveries.c.due_at <= now,
            deliveries.c.owner == "",
            or_(deliveries.c.line == "", ~line_busy),
        )
        .order_by(deliveries.c.priority.desc(), deliveries.c.due_at, deliveries.c.key)
        .limit(limit)
    )
    if not store.is_sqlite:
        query = query.with_for_update(skip_locked=True)
    return list(tx.execute(query))


def wake(tx: Tx, waited_for: Sequence[str], now: float) -> None:
    """Let go what waited for these records."""
    for some in batches(waited_for):
        tx.execute(
            update(deliveries)
            .where(
                deliveries.c.waits_for.in_(some),
                deliveries.c.state == "pending",
                deliveries.c.reason == "waits_for",
            )
            .values(due_at=now)
        )


def expired(tx: Tx, now: float) -> list[Any]:
    """Claimed rows whose holder let the deadline pass."""
    query = select(deliveries).where(deliveries.c.owner != "", deliveries.c.deadline < now)
    return list(tx.execute(query))


def claimed(tx: Tx) -> list[Any]:
    """Every claimed row, for a process that knows that nobody else is alive."""
    return list(tx.execute(select(deliveries).where(deliveries.c.owner != "")))


def next_due(tx: Tx, flows: Sequence[str]) -> float | None:
    """When the earliest of these flows' rows is due."""
    query = select(func.min(deliveries.c.due_at)).where(
        deliveries.c.flow.in_(flows),
        deliveries.c.state.in_(("pending", "in_doubt")),
        deliveries.c.due_at.is_not(None),
        deliveries.c.owner == "",
    )
    return tx.execute(query).scalar()


def counts(tx: Tx) -> list[Any]:
    """`(flow, state, reason, n, oldest)` for status."""
    query = (
        select(
            deliveries.c.flow,
            deliveries.c.state,
            deliveries.c.reason,
            func.count().label("n"),
            func.min(deliveries.c.since).label("oldest"),
        )
        .group_by(deliveries.c.flow, deliveries.c.state, deliveries.c.reason)
        .order_by(deliveries.c.flow, deliveries.c.state, deliveries.c.reason)
    )
    return list(tx.execute(query))


def to_create(tx: Tx, flow: str, now: float) -> int:
    """How many records of a flow wait to be delivered for the first time."""
    query = select(func.count()).where(
        deliveries.c.flow == flow,
        deliveries.c.state == "pending",
        deliveries.c.delivered == "",
        deliveries.c.due_at <= now,
    )
    return int(tx.execute(query).scalar_one())


def listing(tx: Tx, state: str, *, flow: str = "", limit: int = 1000) -> list[Any]:
    """Rows in a state, oldest first."""
    query = select(deliveries).where(deliveries.c.state == state)
    if flow:
        query = query.where(deliveries.c.flow == flow)
    return list(tx.execute(query.order_by(deliveries.c.since, deliveries.c.key).limit(limit)))


def about(tx: Tx, key: str, flows: Sequence[str]) -> list[Any]:
    """A record's rows in these flows."""
    query = select(deliveries).where(deliveries.c.key == key, deliveries.c.flow.in_(flows))
    return list(tx.execute(query.order_by(deliveries.c.flow, deliveries.c.part)))


def walk(tx: Tx, flow: str, after: str, limit: int) -> Iterator[Any]:
    """A flow's rows in order of their key."""
    query = (
        select(deliveries)
        .where(deliveries.c.flow == flow, deliveries.c.key > after)
        .order_by(deliveries.c.key)
        .limit(limit)
    )
    return iter(tx.execute(query))


def arrived(tx: Tx, flows: Sequence[str], keys: Sequence[str]) -> set[str]:
    """Of these records, those that stand in the target with every step done."""
    found: set[str] = set()
    for some in batches(keys):
        query = select(deliveries.c.key).where(
            deliveries.c.flow.in_(flows),
            deliveries.c.key.in_(some),
            deliveries.c.delivered != "",
            deliveries.c.step.in_(("", "audited")),
        )
        found.update(tx.execute(query).scalars())
    return found


def dirty(tx: Tx, flow: str, keys: Sequence[str]) -> set[str]:
    """Of these records, those that changed while somebody worked on them."""
    found: set[str] = set()
    for some in batches(keys):
        query = select(deliveries.c.key).where(
            deliveries.c.flow == flow, deliveries.c.key.in_(some), deliveries.c.dirty == 1
        )
        found.update(tx.execute(query).scalars())
    return found


def drop(tx: Tx, flow: str, keys: Sequence[str]) -> None:
    """Forget records that left the scope before anything was delivered."""
    for some in batches(keys):
        tx.execute(
            delete(deliveries).where(
                deliveries.c.flow == flow,
                deliveries.c.key.in_(some),
                deliveries.c.state == "pending",
                deliveries.c.delivered == "",
            )
        )


def unsettled(tx: Tx, flow: str, limit: int) -> list[Any]:
    """A flow's rows that are not in sync, those that are due first."""
    query = (
        select(deliveries)
        .where(deliveries.c.flow == flow, deliveries.c.state != "in_sync")
        .order_by(deliveries.c.priority.desc(), deliveries.c.due_at, deliveries.c.key)
        .limit(limit)
    )
    return list(tx.execute(query))


def awaken(tx: Tx, flow: str, keys: Sequence[str], now: float, **columns: Any) -> int:
    """Make rows due now whatever keeps them, unless somebody works on them; returns how many."""
    count = 0
    for some in batches(keys):
        done = tx.execute(
            update(deliveries)
            .where(
                deliveries.c.flow == flow,
                deliveries.c.key.in_(some),
                deliveries.c.state.in_(("in_sync", "pending", "stopped")),
            )
            .values(
                state="pending",
                reason="retry",
                due_at=now,
                since=now,
                attempts=0,
                waits_for="",
                **columns,
            )
        )
        count += int(done.rowcount)
    return count


def look_again(tx: Tx, flow: str, now: float) -> None:
    """Consider anew what waits for its own system: the flow's conditions changed."""
    held = (deliveries.c.state == "pending", deliveries.c.reason == "review")
    tx.execute(update(deliveries).where(deliveries.c.flow == flow, *held).values(due_at=now))


def park(tx: Tx, flow: str, keys: Sequence[str], now: float, reason: str, detail: str) -> int:
    """Stop rows for a reason that a person gave; returns how many."""
    count = 0
    for some in batches(keys):
        done = tx.execute(
            update(deliveries)
            .where(
                deliveries.c.flow == flow,
                deliveries.c.key.in_(some),
                deliveries.c.owner == "",
            )
            .values(state="stopped", reason=reason, detail=detail, due_at=None, since=now)
        )
        count += int(done.rowcount)
    return count


def forget(tx: Tx, flow: str) -> None:
    """Drop everything known of a flow: its target is another one now."""
    tx.execute(delete(deliveries).where(deliveries.c.flow == flow))
