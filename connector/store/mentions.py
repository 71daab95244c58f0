"""Which records are about what, so that what is computed of a thing finds everything that tells of
it, and what changes finds everything to be computed anew.

A *subject* is text such as `order:XSDD000001` or `material:100101`; the connection of the record
that names it says whose numbers and keys these are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from connector.store.engine import Tx
from connector.store.statement import among
from connector.store.tables import mentions, snapshots


def save(tx: Tx, connection: str, object: str, named: Mapping[str, Iterable[str]]) -> set[str]:
    """`{key: subjects}` replaces what was known of these records; returns every subject
    that one of them names or named."""
    here = (
        mentions.c.connection == connection,
        mentions.c.object == object,
        among(mentions.c.key, list(named)),
    )
    touched = set(tx.execute(select(mentions.c.subject).where(*here)).scalars())
    tx.execute(delete(mentions).where(*here))
    rows = [
        {"connection": connection, "object": object, "key": key, "subject": subject}
        for key, subjects in named.items()
        for subject in sorted(set(subjects))
    ]
    if rows:
        tx.execute(insert(mentions), rows)
    return touched | {row["subject"] for row in rows}


def records(tx: Tx, connection: str, subjects: Sequence[str]) -> list[Any]:
    """The snapshots of a connection that are about these subjects: `subject`, `object`, `key`,
    `number`, `data`."""
    query = (
        select(
            mentions.c.subject,
            snapshots.c.object,
            snapshots.c.key,
            snapshots.c.number,
            snapshots.c.data,
        )
        .join(
            snapshots,
            (snapshots.c.connection == mentions.c.connection)
            & (snapshots.c.object == mentions.c.object)
            & (snapshots.c.key == mentions.c.key),
        )
        .where(
            among(mentions.c.subject, subjects),
            mentions.c.connection == connection,
            snapshots.c.deleted == 0,
        )
    )
    return list(tx.execute(query.order_by(mentions.c.subject, snapshots.c.object, snapshots.c.key)))


def subjects(tx: Tx, connection: str, object: str, keys: Sequence[str]) -> set[str]:
    """What these records are about."""
    query = select(mentions.c.subject).where(
        mentions.c.connection == connection,
        mentions.c.object == object,
        among(mentions.c.key, keys),
    )
    return set(tx.execute(query).scalars())


def documents(tx: Tx, connection: str, subject: str) -> list[Any]:
    """The whole snapshots of the records that are about a subject."""
    query = (
        select(snapshots)
        .join(
            mentions,
            (snapshots.c.connection == mentions.c.connection)
            & (snapshots.c.object == mentions.c.object)
            & (snapshots.c.key == mentions.c.key),
        )
        .where(mentions.c.subject == subject, mentions.c.connection == connection)
    )
    # In order by the statement, they are sought from end to end of the index that gives it.
    return sorted(tx.execute(query), key=lambda row: (row.object, row.key))
