"""Deliveries: per flow and record, what should be in the target and what is.

Every write of a claimed row is a compare-and-set on owner, epoch and state: whoever lost
the claim changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    and_,
    bindparam,
    delete,
    func,
    insert,
    not_,
    or_,
    select,
    tuple_,
    update,
)

from connector.store.engine import Store, Tx
from connector.store.statement import Row, Sql, among, each
from connector.store.tables import STOPPED, UNCLAIMED, UNSETTLED, deliveries, links

KEYS = ("flow", "key", "part")
UNSURE = "?"
"""In the place of the hash of what was delivered: some version of ours, nobody knows which."""


def load(tx: Tx, flow: str, keys: Sequence[str]) -> dict[str, Any]:
    """A flow's rows by record key (undivided records only)."""
    return {row.key: row for row in _WHOLE(tx, flow=flow, keys=list(keys))}


def states(tx: Tx, flow: str, keys: Sequence[str]) -> dict[str, Any]:
    """What marking a change needs of the rows, by record key."""
    return {row.key: row for row in _STATES(tx, flow=flow, keys=list(keys))}


def locked(tx: Tx, flow: str, keys: Sequence[str]) -> dict[str, Any]:
    """The same, and nobody changes these rows until this transaction ends: what is marked depends
    on what they say. SQLite has one writer at a time anyway."""
    return {row.key: row for row in _LOCKED(tx, flow=flow, keys=list(keys))}


_OF_FLOW = (
    deliveries.c.flow == bindparam("flow"),
    among(deliveries.c.key, "keys"),
    deliveries.c.part == "",
)
_WHOLE = Sql(select(deliveries).where(*_OF_FLOW))
_STATE = select(
    deliveries.c.flow,
    deliveries.c.key,
    deliveries.c.part,
    deliveries.c.state,
    deliveries.c.reason,
    deliveries.c.detail,
    deliveries.c.due_at,
    deliveries.c.since,
    deliveries.c.attempts,
    deliveries.c.priority,
).where(*_OF_FLOW)
_STATES = Sql(_STATE)
_LOCKED = Sql(_STATE.order_by(deliveries.c.key).with_for_update())


def add(tx: Tx, rows: Sequence[Row]) -> None:
    """Rows for records that a flow meets for the first time; all name the same columns."""
    if rows:
        _adding(tuple(rows[0])).many(tx, rows)


@cache
def _adding(names: tuple[str, ...]) -> Sql:
    return Sql(insert(deliveries), names)


def change(tx: Tx, rows: Sequence[Row]) -> None:
    """Set columns of rows, whatever their state; all `rows` name the same columns."""
    if rows:
        _setting(tuple(rows[0])).many(tx, rows)


def settle(tx: Tx, rows: Sequence[Row], claims: Sequence[tuple[str, int, str]]) -> list[Row]:
    """Write outcomes of claimed rows, each only if the claim `(owner, epoch, state)` still holds.

    Returns the rows that were written; for the others somebody else holds the record now.
    """
    if not rows:
        return []
    bound = [
        {**row, "my_owner": owner, "my_epoch": epoch, "my_state": state}
        for row, (owner, epoch, state) in zip(rows, claims, strict=True)
    ]
    if _setting(tuple(rows[0]), mine=True).many(tx, bound) == len(rows):
        return list(rows)
    return [
        row
        for row, values in zip(rows, bound, strict=True)
        if _SETTLED.first(tx, **{name: values[name] for name in (*KEYS, "my_epoch")})
    ]


_ITS_KEYS = tuple(deliveries.c[name] == bindparam(name) for name in KEYS)
_MY_CLAIM = (
    deliveries.c.owner == bindparam("my_owner"),
    deliveries.c.epoch == bindparam("my_epoch"),
    deliveries.c.state == bindparam("my_state"),
)
_SETTLED = Sql(
    select(deliveries.c.key).where(
        *_ITS_KEYS, deliveries.c.owner == "", deliveries.c.epoch == bindparam("my_epoch")
    )
)


@cache
def _setting(names: tuple[str, ...], *, mine: bool = False) -> Sql:
    """Sets these columns of one row; of `mine` only while the claim holds."""
    where = (*_ITS_KEYS, *_MY_CLAIM) if mine else _ITS_KEYS
    return Sql(update(deliveries).where(*where), [name for name in names if name not in KEYS])


def due(
    store: Store, tx: Tx, flow: str, now: float, limit: int, *, doubts: bool = False
) -> Sequence[Any]:
    """Rows to act on now, settled doubts included, urgent first; none whose line is busy.

    `doubts`: only those whose last attempt must be looked up.
    """
    statement = (_DUE_DOUBTS if doubts else _DUE)[store.is_sqlite]
    return statement(tx, flow=flow, now=now, most=limit)


_WAITING = or_(deliveries.c.state == "pending", deliveries.c.state == "in_doubt")
_DOUBTFUL = _WAITING & (deliveries.c.verb == "look")


def _due(waiting: Any) -> Any:
    busy = deliveries.alias()
    line_busy = (
        select(busy.c.line)
        .where(busy.c.line == deliveries.c.line, busy.c.line != "", busy.c.owner != "")
        .exists()
    )
    return (
        select(deliveries)
        .where(
            deliveries.c.flow == bindparam("flow"),
            waiting,
            deliveries.c.due_at <= bindparam("now"),
            UNCLAIMED,
            or_(deliveries.c.line == "", ~line_busy),
        )
        .order_by(deliveries.c.priority.desc(), deliveries.c.due_at, deliveries.c.key)
        .limit(bindparam("most"))
    )


def _either(waiting: Any) -> dict[bool, Sql]:
    """The statement for SQLite, and the one that passes over what others have locked."""
    return {True: Sql(_due(waiting)), False: Sql(_due(waiting).with_for_update(skip_locked=True))}


_DUE, _DUE_DOUBTS = _either(_WAITING), _either(_DOUBTFUL)


def wake(tx: Tx, waited_for: Sequence[str], now: float) -> None:
    """Let go what waited for these records."""
    if waited_for:
        _WAKE(tx, waited_for=list(waited_for), now=now)


_WAKE = Sql(
    update(deliveries)
    .where(
        among(deliveries.c.waits_for, "waited_for"),
        deliveries.c.state == "pending",
        deliveries.c.reason == "waits_for",
    )
    .values(due_at=bindparam("now"))
)


def waited_for(tx: Tx, tokens: Sequence[str]) -> set[str]:
    """Of these records, as `waits_for` names them, those that somebody waits for."""
    return {row.waits_for for row in _WAITED_FOR(tx, tokens=list(tokens))}


_WAITED_FOR = Sql(
    select(deliveries.c.waits_for).where(
        among(deliveries.c.waits_for, "tokens"), deliveries.c.state == "pending"
    )
)


def ask(tx: Tx, flow: str, keys: Sequence[str], now: float) -> None:
    """Somebody needs these records of a flow on demand: they go like anybody's from now on."""
    if keys:
        _ASK(tx, flow=flow, keys=list(keys), now=now)


_UNASKED = and_(deliveries.c.state == "pending", deliveries.c.reason == "unasked")
_ASK = Sql(
    update(deliveries)
    .where(deliveries.c.flow == bindparam("flow"), among(deliveries.c.key, "keys"), _UNASKED)
    .values(reason="new", due_at=bindparam("now"), since=bindparam("now"), detail="")
)


def expired(tx: Tx, now: float) -> list[Any]:
    """Claimed rows whose holder let the deadline pass; nobody changes them meanwhile."""
    return list(_EXPIRED(tx, now=now))


_EXPIRED = Sql(
    select(deliveries)
    .where(deliveries.c.owner != "", deliveries.c.deadline < bindparam("now"))
    .order_by(deliveries.c.flow, deliveries.c.key)
    .with_for_update()
)


def claimed(tx: Tx) -> list[Any]:
    """Every claimed row, for a process that knows that nobody else is alive."""
    return list(tx.execute(select(deliveries).where(deliveries.c.owner != "")))


def with_work(tx: Tx, flows: Sequence[str], now: float, *, doubts: bool = False) -> set[str]:
    """Of these flows, those that have anything to act on; `doubts`: any attempt to look up."""
    statement = _WITH_DOUBTS if doubts else _WITH_WORK
    return {row.value for row in statement(tx, flows=list(flows), now=now)}


def _with(waiting: Any) -> Sql:
    flow = each("flows")
    of_flow = (deliveries.c.flow == flow, deliveries.c.due_at <= bindparam("now"), UNCLAIMED)
    return Sql(select(flow).where(select(deliveries.c.key).where(*of_flow, waiting).exists()))


_WITH_WORK, _WITH_DOUBTS = _with(_WAITING), _with(_DOUBTFUL)


def doubt_all(tx: Tx) -> None:
    """The store was put back: of what was delivered any later version may stand there."""
    withdrawn = deliveries.c.delivered.like("verb:%")
    known = and_(deliveries.c.delivered != "", not_(withdrawn))
    tx.execute(update(deliveries).where(known).values(delivered=UNSURE))


def counts(tx: Tx) -> list[Count]:
    """`(flow, state, reason, n, oldest)` for status."""
    found = [Count(*row) for row in _UNSETTLED_COUNTS(tx)]
    rest = {row.flow: row.n for row in _ALL_COUNTS(tx)}
    for one in found:
        rest[one.flow] -= one.n
    found += [Count(flow, "in_sync", "", n, None) for flow, n in rest.items() if n]
    return sorted(found, key=lambda one: (one.flow, one.state, one.reason))


class Count(NamedTuple):
    """How many deliveries of a flow stand so, and since when the first of them has; not of those
    of which there is nothing to say but that both sides agree."""

    flow: str
    state: str
    reason: str
    n: int
    oldest: float | None


_HOW = (deliveries.c.flow, deliveries.c.state, deliveries.c.reason)
# Almost all agree: those are counted by what is left of all, off an index.
_UNSETTLED_COUNTS = Sql(
    select(*_HOW, func.count().label("n"), func.min(deliveries.c.since).label("oldest"))
    .where(UNSETTLED)
    .group_by(*_HOW)
)
_ALL_COUNTS = Sql(select(deliveries.c.flow, func.count().label("n")).group_by(deliveries.c.flow))


def standing(tx: Tx) -> list[Any]:
    """`(flow, state, reason, n, newest)` of what does not go on by itself."""
    return list(_STANDING(tx))


_STANDING = Sql(
    select(*_HOW, func.count().label("n"), func.max(deliveries.c.since).label("newest"))
    .where((deliveries.c.state == "stopped") | (deliveries.c.reason == "waits_for"))
    .group_by(*_HOW)
    .order_by(*_HOW)
)


def to_create(tx: Tx, flow: str, now: float, way: tuple[str, str, str]) -> int:
    """How many records of a flow wait to be made in the target.

    Those that have a counterpart there are not: `way` is the object, from where and to where.
    """
    object, source, target = way
    made_here = and_(
        links.c.source == source,
        links.c.source_key == deliveries.c.key,
        links.c.target == target,
    )
    made_there = and_(
        links.c.target == source,
        links.c.target_key == deliveries.c.key,
        links.c.source == target,
    )
    linked = [
        select(links.c.object).where(links.c.object == object, made).exists()
        for made in (made_here, made_there)
    ]
    query = select(func.count()).where(
        deliveries.c.flow == flow,
        deliveries.c.state == "pending",
        deliveries.c.delivered == "",
        deliveries.c.due_at <= now,
        *(not_(one) for one in linked),
    )
    return int(tx.execute(query).scalar_one())


def listing(
    tx: Tx,
    state: str,
    flow: str = "",
    *,
    without: Sequence[str] = (),
    limit: int = 1000,
    after: tuple[float, str] | None = None,
) -> list[Any]:
    """Rows in a state, oldest first; `without` those of some reasons, and `after` one since when
    and with which key."""
    place = (deliveries.c.since, deliveries.c.key)
    these = STOPPED if state == "stopped" else deliveries.c.state == state
    query = select(deliveries).where(these)
    if flow:
        query = query.where(deliveries.c.flow == flow)
    if without:
        query = query.where(deliveries.c.reason.not_in(without))
    if after is not None:
        query = query.where(tuple_(*place) > tuple_(*after))
    return list(tx.execute(query.order_by(*place).limit(limit)))


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
    query = select(deliveries.c.key).where(
        deliveries.c.flow.in_(flows),
        among(deliveries.c.key, keys),
        deliveries.c.delivered != "",
        deliveries.c.step.in_(("", "audited")),
    )
    return set(tx.execute(query).scalars())


def dirty(tx: Tx, flow: str, keys: Sequence[str]) -> set[str]:
    """Of these records, those that changed while somebody worked on them. Nobody marks any of them
    until this transaction ends."""
    return {row.key for row in _DIRTY(tx, flow=flow, keys=list(keys)) if row.dirty}


_DIRTY = Sql(
    select(deliveries.c.key, deliveries.c.dirty)
    .where(*_OF_FLOW)
    .order_by(deliveries.c.key)
    .with_for_update()
)


def drop(tx: Tx, flow: str, keys: Sequence[str]) -> None:
    """Forget records that left the scope before anything was delivered."""
    if keys:
        tx.execute(
            delete(deliveries).where(
                deliveries.c.flow == flow,
                among(deliveries.c.key, keys),
                deliveries.c.state == "pending",
                deliveries.c.delivered == "",
            )
        )


def unsettled(tx: Tx, flow: str, limit: int, after: float) -> list[Any]:
    """A flow's rows that are not in sync and came to be as they are `after`; those that are due
    come first. What nobody has asked for is no work."""
    query = (
        select(deliveries)
        .where(
            deliveries.c.flow == flow,
            deliveries.c.state != "in_sync",
            deliveries.c.since >= after,
            ~_UNASKED,
        )
        .order_by(deliveries.c.priority.desc(), deliveries.c.due_at, deliveries.c.key)
        .limit(limit)
    )
    return list(tx.execute(query))


def awaken(tx: Tx, flow: str, keys: Sequence[str], now: float, **columns: Any) -> int:
    """Make rows due now whatever keeps them, unless somebody works on them or nobody has asked
    for them yet; returns how many."""
    done = tx.execute(
        update(deliveries)
        .where(
            deliveries.c.flow == flow,
            among(deliveries.c.key, keys),
            deliveries.c.state.in_(("in_sync", "pending", "stopped")),
            ~_UNASKED,
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
    return int(done.rowcount)


def look_again(tx: Tx, flow: str, now: float, reasons: Sequence[str]) -> None:
    """Consider anew what waits for one of these reasons: the flow's conditions changed."""
    held = (deliveries.c.state == "pending", deliveries.c.reason.in_(reasons))
    tx.execute(update(deliveries).where(deliveries.c.flow == flow, *held).values(due_at=now))


def go_again(tx: Tx, flow: str, now: float, reason: str) -> int:
    """What stopped for a reason goes again now: it may be over. Returns how many."""
    there = (deliveries.c.flow == flow, deliveries.c.state == "stopped")
    values = {"state": "pending", "reason": "retry", "due_at": now, "since": now, "attempts": 0}
    done = tx.execute(
        update(deliveries).where(*there, deliveries.c.reason == reason).values(**values)
    )
    return int(done.rowcount)


def park(
    tx: Tx, flow: str, keys: Sequence[str], now: float, reason: str, detail: str, **columns: Any
) -> int:
    """Stop rows for a reason that a person gave; returns how many."""
    done = tx.execute(
        update(deliveries)
        .where(
            deliveries.c.flow == flow,
            among(deliveries.c.key, keys),
            deliveries.c.owner == "",
        )
        .values(state="stopped", reason=reason, detail=detail, due_at=None, since=now, **columns)
    )
    return int(done.rowcount)


def forget(tx: Tx, flow: str) -> None:
    """Drop everything known of a flow: its target is another one now."""
    tx.execute(delete(deliveries).where(deliveries.c.flow == flow))
