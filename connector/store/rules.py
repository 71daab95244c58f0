"""Rules: how records stand with them, and what is to be told of that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)

from connector.store.engine import Store, Tx
from connector.store.statement import Row, Sql, among
from connector.store.tables import occasions, rule_states

_OF_RULE = (
    rule_states.c.rule == bindparam("rule"),
    rule_states.c.connection == bindparam("connection"),
)
_THESE = Sql(select(rule_states).where(*_OF_RULE, among(rule_states.c.key, "keys")))
_DUE = Sql(
    select(rule_states.c.key)
    .where(*_OF_RULE, rule_states.c.due_at <= bindparam("now"))
    .order_by(rule_states.c.due_at)
    .limit(bindparam("most", type_=Integer))
)
_ANY_DUE = Sql(
    select(rule_states.c.rule, rule_states.c.connection)
    .where(rule_states.c.due_at <= bindparam("now"))
    .distinct()
)


def standing(tx: Tx, rule: str, connection: str, keys: Sequence[str]) -> dict[str, Any]:
    """How records stand with a rule, by key; without those that it has not seen."""
    return {row.key: row for row in _THESE(tx, rule=rule, connection=connection, keys=list(keys))}


def due(tx: Tx, rule: str, connection: str, now: float, most: int) -> list[str]:
    """The keys of records at which a rule must look again."""
    return [row.key for row in _DUE(tx, rule=rule, connection=connection, now=now, most=most)]


def any_due(tx: Tx, now: float) -> set[tuple[str, str]]:
    """Rules that must look again at some record, and the connection that it is in."""
    return {(row.rule, row.connection) for row in _ANY_DUE(tx, now=now)}


def stand(store: Store, tx: Tx, rows: Sequence[Row]) -> None:
    """Keep how records stand."""
    store.upsert(tx, rule_states, rows)


def holding(tx: Tx) -> dict[str, int]:
    """By rule, for how many records it holds."""
    query = select(rule_states.c.rule, func.count()).where(rule_states.c.since.is_not(None))
    rows = tx.execute(query.group_by(rule_states.c.rule))
    return {str(rule): int(count) for rule, count in rows}


def begun(tx: Tx, rule: str) -> int:
    """For how many records it has held as long as it must before anything follows."""
    query = select(func.count()).where(rule_states.c.rule == rule)
    return int(tx.execute(query.where(rule_states.c.told_at.is_not(None))).scalar_one())


_NEW = Sql(
    insert(occasions),
    [c.name for c in occasions.c if c.name not in ("id", "told_at", "message")],
)


def note(tx: Tx, rows: Sequence[Row]) -> None:
    """Append what is to be told; all rows name all columns but those of the telling."""
    _NEW.many(tx, rows)


def untold(tx: Tx, most: int, *, digest: bool = False) -> list[Any]:
    """What is still to be told, oldest first; `digest`: in the daily report."""
    return list(_UNTOLD(tx, most=most, digest=int(digest)))


def undone(tx: Tx, most: int, actions: Sequence[str]) -> list[Any]:
    """What is still to be done of these actions, oldest first: an occasion without a channel, whose
    address names the action."""
    return list(_UNDONE(tx, most=most, actions=list(actions)))


def _open(*these: ColumnElement[bool]) -> Sql:
    query = select(occasions).where(occasions.c.told_at.is_(None), *these)
    return Sql(query.order_by(occasions.c.id).limit(bindparam("most", type_=Integer)))


_FOR_US = occasions.c.channel == literal_column("''")
_UNTOLD = _open(occasions.c.digest == bindparam("digest"), ~_FOR_US)
_UNDONE = _open(_FOR_US, among(occasions.c.address, "actions"))


def tell(tx: Tx, ids: Sequence[int], at: float, message: str) -> None:
    """These are told by a message, or for a reason by none; or they are done, and how."""
    for start in range(0, len(ids), 500):
        some = occasions.c.id.in_(ids[start : start + 500])
        tx.execute(update(occasions).where(some).values(told_at=at, message=message))


def told_since(tx: Tx, channel: str, address: str, since: float) -> int:
    """How many messages a recipient got since then."""
    query = select(func.count(occasions.c.message.distinct())).where(
        occasions.c.channel == channel,
        occasions.c.address == address,
        occasions.c.told_at > since,
        occasions.c.message.startswith("M"),
    )
    return int(tx.execute(query).scalar_one())


def last(tx: Tx) -> dict[str, float]:
    """By rule, when it had something to tell last."""
    query = select(occasions.c.rule, func.max(occasions.c.at)).group_by(occasions.c.rule)
    return {rule: float(at) for rule, at in tx.execute(query)}


def prune(tx: Tx, before: float) -> None:
    """Drop what was told before then."""
    tx.execute(delete(occasions).where(occasions.c.told_at < before))
