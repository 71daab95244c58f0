"""What only ever grows: attempts, runs, commands between processes, and the audit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Integer, bindparam, delete, func, insert, literal_column, select, update

from connector.store.engine import Store, Tx
from connector.store.statement import Row, Sql, among, each
from connector.store.tables import attempts, audit, calls, changes, commands, derivations, runs


def log_attempts(tx: Tx, rows: Sequence[Row]) -> None:
    """Append attempts; all rows name the same columns."""
    if rows:
        _ATTEMPT.many(tx, rows)


_ATTEMPT = Sql(insert(attempts), [c.name for c in attempts.c if c.name != "id"])


def attempts_of(tx: Tx, key: str, flows: Sequence[str]) -> list[Any]:
    """A record's attempts in these flows, oldest first."""
    query = select(attempts).where(attempts.c.key == key, attempts.c.flow.in_(flows))
    return list(tx.execute(query.order_by(attempts.c.id)))


def log_run(tx: Tx, what: str, at: float, seconds: float, counts: Any, error: str = "") -> None:
    """One line per completed reading or delivery run."""
    values = {"what": what, "at": at, "seconds": seconds, "counts": json.dumps(counts)}
    tx.execute(insert(runs), [{**values, "error": error}])


def last_runs(tx: Tx, names: Iterable[str]) -> list[Any]:
    """The newest run of each of these, as far as there was any."""
    found = (_LAST_RUN.first(tx, what=name) for name in names)
    return [row for row in found if row is not None]


_LAST_RUN = Sql(
    select(runs)
    .where(runs.c.what == bindparam("what"))
    .order_by(runs.c.id.desc())
    .limit(literal_column("1"))
)


WROTE = ("created", "updated", "adopted", "cancel", "close")
"""Outcomes of attempts after which the target holds what was to be delivered."""


def written(tx: Tx, since: float) -> dict[str, int]:
    """By flow, how many records it has delivered since then."""
    there = (attempts.c.at >= since, attempts.c.outcome.in_(WROTE))
    query = select(attempts.c.flow, func.count().label("n")).where(*there)
    return {row.flow: int(row.n) for row in tx.execute(query.group_by(attempts.c.flow))}


def log_audit(tx: Tx, at: float, who: str, what: str, about: Any) -> None:
    """What a person decided, chained to all that stands there before."""
    if tx.dialect.name == "postgresql":  # one after the other; SQLite has one writer anyway
        tx.exec_driver_sql(f"select pg_advisory_xact_lock({AUDIT})")
    last = tx.execute(select(audit.c.chain).order_by(audit.c.id.desc()).limit(1)).scalar()
    text = json.dumps(about, ensure_ascii=False)
    row = {"at": at, "who": who, "what": what, "about": text, "digest": _hash(text)}
    tx.execute(insert(audit), [row | {"chain": _link(last or "", row)}])


AUDIT = 5_127_003
"""Number of the advisory lock that orders those who append to the audit."""


def audited(tx: Tx) -> Iterator[tuple[Any, bool]]:
    """Every line of the audit, oldest first, and whether it is as it was written and stands behind
    the one it was written behind."""
    before = ""
    for row in tx.execute(select(audit).order_by(audit.c.id)):
        known = {name: getattr(row, name) for name in ("at", "who", "what", "digest")}
        whole = row.about in ("", FORGOTTEN) or _hash(row.about) == row.digest
        yield row, whole and row.chain == _link(before, known)
        before = row.chain


def newest_audited(tx: Tx, limit: int, before: int = 0) -> list[Any]:
    """Its newest lines, newest first; `before` the one with this id."""
    query = select(audit).where(audit.c.id < before) if before else select(audit)
    return list(tx.execute(query.order_by(audit.c.id.desc()).limit(limit)))


FORGOTTEN = '{"forgotten": true}'
"""In the place of what a line was about, once that was to be forgotten."""


def _link(before: str, row: Mapping[str, Any]) -> str:
    parts = (before, repr(float(row["at"])), row["who"], row["what"], row["digest"])
    return _hash(json.dumps(parts, ensure_ascii=False))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def decided(tx: Tx, key: str) -> list[Any]:
    """What people decided about a record, oldest first."""
    query = select(audit).where(audit.c.about.contains(json.dumps(key), autoescape=True))
    return list(tx.execute(query.order_by(audit.c.id)))


def ask(tx: Tx, at: float, name: str, arguments: Any) -> int:
    """Leave a command for the process that holds the store; returns its id."""
    values = {"name": name, "arguments": json.dumps(arguments), "state": "waiting", "at": at}
    made = tx.execute(insert(commands).values(**values).returning(commands.c.id))
    return int(made.scalar_one())


def asked(tx: Tx) -> list[Any]:
    """Commands that wait, oldest first."""
    return list(_ASKED(tx))


_ASKED = Sql(select(commands).where(commands.c.state == "waiting").order_by(commands.c.id))


def answer(tx: Tx, id: int, result: Any) -> None:
    """A command was carried out."""
    values = {"state": "done", "result": json.dumps(result, ensure_ascii=False)}
    tx.execute(update(commands).where(commands.c.id == id).values(**values))


def answered(tx: Tx, id: int) -> Any | None:
    """The result of a command that was left; None while it waits."""
    row = _COMMAND.first(tx, id=id)
    return json.loads(row.result) if row and row.state == "done" else None


_COMMAND = Sql(select(commands).where(commands.c.id == bindparam("id")))


def prune(tx: Tx, now: float, *, keep_attempts: float, keep_changes: float) -> None:
    """Drop history older than the given seconds."""
    tx.execute(delete(attempts).where(attempts.c.at < now - keep_attempts))
    tx.execute(delete(changes).where(changes.c.at < now - keep_changes))
    tx.execute(delete(runs).where(runs.c.at < now - keep_changes))
    day = datetime.fromtimestamp(now - keep_changes, UTC).date()
    tx.execute(delete(calls).where(calls.c.day < day.isoformat()))
    tx.execute(delete(commands).where(commands.c.at < now - keep_attempts))


def derive_later(store: Store, tx: Tx, object: str, keys: Sequence[str]) -> None:
    """Ask for derived records to be computed again."""
    if not keys:
        return
    store.upsert(tx, derivations, [{"object": object, "key": k, "mark": 1} for k in set(keys)])


def waiting(tx: Tx, objects: Iterable[str]) -> set[str]:
    """Of these, the objects of which derived records wait to be computed."""
    return {row.value for row in _WAITING(tx, objects=list(objects))}


_OBJECT = each("objects")
_WAITING = Sql(
    select(_OBJECT).where(select(derivations.c.key).where(derivations.c.object == _OBJECT).exists())
)


def to_derive(tx: Tx, object: str, limit: int) -> list[Any]:
    """Derived records that wait to be computed; nobody can ask again unheard meanwhile."""
    return list(_TO_DERIVE(tx, object=object, most=limit))


_TO_DERIVE = Sql(
    select(derivations)
    .where(derivations.c.object == bindparam("object"))
    .order_by(derivations.c.key)
    .limit(bindparam("most", type_=Integer))
    .with_for_update()
)


def derived(tx: Tx, object: str, keys: Sequence[str]) -> None:
    """These were computed, in this transaction."""
    tx.execute(
        delete(derivations).where(derivations.c.object == object, among(derivations.c.key, keys))
    )
