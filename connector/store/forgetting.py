"""Forgetting: what tells of people is taken out of records, and of what is kept about them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, or_, select, update

from connector.store.engine import Tx
from connector.store.journal import FORGOTTEN
from connector.store.statement import among
from connector.store.tables import (
    answers,
    attempts,
    audit,
    changes,
    deliveries,
    occasions,
    remarks,
    reviews,
    snapshots,
)

Scrub = Callable[[str], str]
"""A text without what is to be forgotten."""


def naming(tx: Tx, connection: str, objects: Sequence[str], customer: str) -> list[Any]:
    """The snapshots of these kinds that name a customer."""
    named = snapshots.c.data.contains(f'"customer":{json.dumps(customer)}', autoescape=True)
    there = (snapshots.c.connection == connection, snapshots.c.object.in_(objects))
    return list(tx.execute(select(snapshots).where(*there, named)))


def replace(tx: Tx, row: Any, data: str, hash: str) -> None:
    """A record's content, with the raw copy of one that could not be read gone."""
    here = {name: getattr(row, name) for name in ("connection", "object", "key")}
    matches = (snapshots.c[name] == value for name, value in here.items())
    tx.execute(update(snapshots).where(*matches).values(data=data, hash=hash, raw=""))


def diffs(tx: Tx, connection: str, object: str, key: str) -> list[Mapping[str, Any]]:
    """What changed in a record, `{field: [before, after]}`, oldest first."""
    here = (changes.c.connection == connection, changes.c.object == object, changes.c.key == key)
    query = select(changes.c.diff).where(*here).order_by(changes.c.id)
    return [json.loads(diff) for diff in tx.execute(query).scalars() if diff]


def scrub(
    tx: Tx, records: Mapping[str, Collection[str]], flows: Collection[str], clean: Scrub
) -> int:
    """Clean what is kept about records, `{connection: keys}`, and about their deliveries by these
    flows; how many rows had something in them."""
    keys = sorted({key for some in records.values() for key in some})
    of_flows = (deliveries.c.flow.in_(list(flows)), among(deliveries.c.key, keys))
    count = _clean(tx, deliveries, ("document", "sent", "base", "detail"), clean, *of_flows)
    tried = (attempts.c.flow.in_(list(flows)), among(attempts.c.key, keys))
    count += _clean(tx, attempts, ("words", "request", "answer"), clean, *tried)
    for connection, some in records.items():
        here = (changes.c.connection == connection, among(changes.c.key, sorted(some)))
        count += _clean(tx, changes, ("diff",), clean, *here)
    told = among(occasions.c.key, keys)
    count += _clean(tx, occasions, ("title", "text", "parameters"), clean, told)
    count += _reviews(tx, keys, clean)
    return count


def told_about(tx: Tx, keys: Collection[str]) -> list[str]:
    """The numbers of the messages and to-dos that told something of records with these keys."""
    query = select(occasions.c.message).where(among(occasions.c.key, sorted(keys))).distinct()
    return [number for number in tx.execute(query).scalars() if number]


def reviews_of(tx: Tx, keys: Collection[str]) -> list[Any]:
    """The reviews of records with these keys, once for each `department` that was asked."""
    query = select(reviews, answers.c.department).join(answers, reviews.c.id == answers.c.review)
    return list(tx.execute(query.where(among(reviews.c.key, sorted(keys)))))


def _reviews(tx: Tx, keys: Sequence[str], clean: Scrub) -> int:
    ids = list(tx.execute(select(reviews.c.id).where(among(reviews.c.key, keys))).scalars())
    count = _clean(tx, reviews, ("document", "why"), clean, reviews.c.id.in_(ids))
    count += _clean(tx, answers, ("evidence", "given", "comment"), clean, answers.c.review.in_(ids))
    return count + _clean(tx, remarks, ("text",), clean, among(remarks.c.key, keys))


def _clean(
    tx: Tx, table: Table, columns: Sequence[str], clean: Scrub, *where: ColumnElement[bool]
) -> int:
    ids = list(table.primary_key.columns)
    count = 0
    for row in tx.execute(select(*ids, *(table.c[name] for name in columns)).where(*where)).all():
        made = {n: clean(getattr(row, n)) for n in columns}
        if any(made[n] != getattr(row, n) for n in columns):
            here = [column == getattr(row, column.name) for column in ids]
            tx.execute(update(table).where(*here).values(**made))
            count += 1
    return count


def forget_audit(tx: Tx, names: Collection[str]) -> int:
    """What lines of the audit were about, where they name one of these; the chain stays whole."""
    about = [audit.c.about.contains(json.dumps(one, ensure_ascii=False), autoescape=True)
             for one in names]  # fmt: skip
    done = tx.execute(update(audit).where(or_(*about)).values(about=FORGOTTEN))
    return int(done.rowcount)


def age(tx: Tx, before: float, personal: Mapping[str, Collection[str]], most: int = 500) -> int:
    """Take what tells of people out of history that is older; how many rows had any. `personal`:
    fields by kind of record."""
    tx.execute(
        update(attempts)
        .where(attempts.c.at < before, (attempts.c.request != "") | (attempts.c.answer != ""))
        .values(request="", answer="")
    )
    count = 0
    for object, names in personal.items():
        named = or_(*(changes.c.diff.contains(f'{name}": [', autoescape=True) for name in names))
        query = select(changes).where(changes.c.at < before, changes.c.object == object, named)
        for row in tx.execute(query.limit(most)).all():
            diff = {n: v for n, v in json.loads(row.diff).items()
                    if n.rpartition(".")[2] not in names}  # fmt: skip
            values = {"diff": json.dumps(diff, ensure_ascii=False)}
            tx.execute(update(changes).where(changes.c.id == row.id).values(**values))
            count += 1
    return count
