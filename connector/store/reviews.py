"""Reviews: which documents departments look at before they are delivered, and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from connector.store.engine import Tx
from connector.store.statement import Row, Sql, among
from connector.store.tables import answers, deliveries, reviews

PENDING = ("new", "open")
"""States of a review that has not ended."""

PASSED = ("approved", "released")
"""States of one that ended well."""

_OF = (reviews.c.flow == bindparam("flow"), among(reviews.c.key, "keys"))


def _newest(*these: ColumnElement[bool]) -> Sql:
    ids = select(func.max(reviews.c.id)).where(*_OF, *these).group_by(reviews.c.key)
    return Sql(select(reviews).where(reviews.c.id.in_(ids)))


_NEWEST = _newest()
_NEWEST_OF = _newest(among(reviews.c.state, "states"))
_NEW = Sql(insert(reviews), ("flow", "key", "number", "hash", "mapping", "document", "state", "at"))


def newest(tx: Tx, flow: str, keys: Sequence[str]) -> dict[str, Any]:
    """The newest review of each of these records, by key."""
    return {row.key: row for row in _NEWEST(tx, flow=flow, keys=list(keys))}


def newest_passed(tx: Tx, flow: str, keys: Sequence[str]) -> dict[str, Any]:
    """The same of those that ended well."""
    rows = _NEWEST_OF(tx, flow=flow, keys=list(keys), states=list(PASSED))
    return {row.key: row for row in rows}


def ask(tx: Tx, rows: Sequence[Row], now: float, why: str) -> None:
    """New reviews; whatever of these records is still under review is withdrawn, for `why`."""
    if not rows:
        return
    flow, keys = rows[0]["flow"], [row["key"] for row in rows]
    there = (reviews.c.flow == flow, among(reviews.c.key, keys), reviews.c.state.in_(PENDING))
    tx.execute(update(reviews).where(*there).values(state="withdrawn", ended_at=now, why=why))
    _NEW.many(tx, rows)


def listing(
    tx: Tx, states: Iterable[str] = PENDING, flow: str = "", limit: int = 1000
) -> list[Any]:
    """Reviews in these states, oldest first."""
    return list(_LISTING[bool(flow)](tx, states=list(states), most=limit, flow=flow))


_IN_STATES = (
    select(reviews)
    .where(among(reviews.c.state, "states"))
    .order_by(reviews.c.id)
    .limit(bindparam("most", type_=Integer))
)
_LISTING = {
    False: Sql(_IN_STATES),
    True: Sql(_IN_STATES.where(reviews.c.flow == bindparam("flow"))),
}


def needless(tx: Tx, *, lock: bool = False) -> list[Any]:
    """Open reviews whose delivery has nothing to wait for any more, because the record was
    cancelled or deleted, oldest first; locked, nobody else can decide about them."""
    return list((_NEEDLESS_LOCKED if lock else _NEEDLESS)(tx))


_WITHOUT_NEED = (
    select(reviews)
    .outerjoin(
        deliveries,
        and_(
            deliveries.c.flow == reviews.c.flow,
            deliveries.c.key == reviews.c.key,
            deliveries.c.part == "",
        ),
    )
    .where(
        reviews.c.state == "open",
        or_(
            deliveries.c.key.is_(None),
            deliveries.c.state == "in_sync",
            and_(deliveries.c.state == "stopped", deliveries.c.reason == "gone"),
        ),
    )
    .order_by(reviews.c.id)
)
_NEEDLESS = Sql(_WITHOUT_NEED)
_NEEDLESS_LOCKED = Sql(_WITHOUT_NEED.with_for_update(of=reviews))


def load(tx: Tx, id: int, *, lock: bool = False) -> Any | None:
    """One of them; locked, nobody else can decide about it."""
    query = select(reviews).where(reviews.c.id == id)
    return tx.execute(query.with_for_update() if lock else query).first()


def before(tx: Tx, review: Any) -> list[Any]:
    """The review of the same record that came before this one, if any."""
    there = (reviews.c.flow == review.flow, reviews.c.key == review.key)
    query = select(reviews).where(*there, reviews.c.id < review.id)
    return list(tx.execute(query.order_by(reviews.c.id.desc()).limit(1)))


def end(tx: Tx, id: int, now: float, state: str, why: str) -> None:
    """It is over."""
    values = {"state": state, "ended_at": now, "why": why}
    tx.execute(update(reviews).where(reviews.c.id == id).values(**values))


def explain(tx: Tx, id: int, why: str) -> None:
    """Why it waits."""
    tx.execute(update(reviews).where(reviews.c.id == id).values(why=why))


def open_for(tx: Tx, id: int, rows: Sequence[Row]) -> None:
    """Departments are asked, those again whose part was withdrawn; what others said stands."""
    values = {"state": "open", "ended_at": None, "why": ""}
    tx.execute(update(reviews).where(reviews.c.id == id).values(**values))
    names = [row["department"] for row in rows]
    tx.execute(delete(answers).where(answers.c.review == id, answers.c.department.in_(names)))
    tx.execute(insert(answers), [dict(row) for row in rows])


def answers_of(tx: Tx, ids: Sequence[int]) -> dict[int, list[Any]]:
    """What departments say, by review."""
    found: dict[int, list[Any]] = {id: [] for id in ids}
    query = select(answers).where(answers.c.review.in_(list(ids)))
    for row in tx.execute(query.order_by(answers.c.review, answers.c.department)):
        found[row.review].append(row)
    return found


def change(tx: Tx, id: int, department: str, values: Mapping[str, Any]) -> None:
    """Note something about a department's answer."""
    here = (answers.c.review == id, answers.c.department == department)
    tx.execute(update(answers).where(*here).values(**values))


def to_remind(tx: Tx, now: float) -> list[Any]:
    """Departments that have not answered, or wait for an answer themselves, and are to be reminded
    now, with the reviews that wait for them."""
    return list(_TO_REMIND(tx, now=now))


def to_escalate(tx: Tx) -> list[Any]:
    """Those of which nobody else has heard yet, likewise."""
    return list(_TO_ESCALATE(tx))


_WAITS = or_(answers.c.state == "open", answers.c.state == "returned")


def _unanswered(*these: ColumnElement[bool]) -> Sql:
    return Sql(
        select(answers, reviews.c.flow, reviews.c.key, reviews.c.number)
        .join(reviews, reviews.c.id == answers.c.review)
        .where(reviews.c.state == "open", _WAITS, *these)
        .order_by(answers.c.review, answers.c.department)
    )


_TO_REMIND = _unanswered(answers.c.due_at <= bindparam("now"))
_TO_ESCALATE = _unanswered(answers.c.escalated_at.is_(None))


def waits(tx: Tx) -> list[Any]:
    """`(department, answers, seconds)`: how long departments took, of what they answered."""
    took = func.sum(answers.c.answered_at - answers.c.at)
    query = select(answers.c.department, func.count().label("n"), took.label("seconds"))
    query = query.where(answers.c.answered_at.is_not(None)).group_by(answers.c.department)
    return list(tx.execute(query.order_by(answers.c.department)))
