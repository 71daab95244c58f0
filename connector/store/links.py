"""Links: which record there is which record here.

A link is made in the direction of the flow that made it and found from either side. Several
source records may point to one target; exactly one of them *owns* it and is delivered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select, union_all, update

from connector.store.engine import Row, Store, Tx, batches
from connector.store.tables import links, snapshots

_FORWARD = select(
    links.c.source_key.label("here"),
    links.c.target_key.label("there"),
    links.c.scope,
    links.c.part,
    links.c.target_number.label("number"),
    links.c.line_keys,
    links.c.owns,
).where(
    links.c.object == bindparam("what"),
    links.c.source == bindparam("from_"),
    links.c.target == bindparam("to_"),
    links.c.source_key.in_(bindparam("keys", expanding=True)),
)

_BACKWARD = select(
    links.c.target_key.label("here"),
    links.c.source_key.label("there"),
    links.c.scope,
    links.c.part,
    links.c.source_number.label("number"),
    links.c.line_keys,
    links.c.owns,
).where(
    links.c.object == bindparam("what"),
    links.c.source == bindparam("to_"),
    links.c.target == bindparam("from_"),
    links.c.target_key.in_(bindparam("keys", expanding=True)),
    links.c.owns == 1,
)

_BOTH = union_all(_FORWARD, _BACKWARD)


class Linked(NamedTuple):
    """A record's counterpart as one side sees it."""

    here: str
    there: str
    scope: str
    part: str
    number: str
    line_keys: str
    owns: int


def find(tx: Tx, object: str, source: str, target: str, keys: Sequence[str]) -> list[Linked]:
    """The counterparts in `target` of these records of `source`, whoever made the links."""
    found: list[Linked] = []
    for some in batches(keys):
        rows = tx.execute(
            _BOTH, {"what": object, "from_": source, "to_": target, "keys": list(some)}
        )
        found += (Linked(*row) for row in rows)
    return found


def save(store: Store, tx: Tx, rows: Sequence[Row]) -> None:
    """Make links, or change where they point to."""
    store.upsert(tx, links, rows)


def row(
    object: str,
    source: tuple[str, str, str],
    target: tuple[str, str, str],
    *,
    at: float,
    origin: str,
    scope: str = "",
    part: str = "",
    line_keys: str = "",
    owns: bool = True,
) -> Row:
    """A link's row; `source` and `target` are `(connection, key, number)`."""
    return {
        "object": object,
        "scope": scope,
        "source": source[0],
        "source_key": source[1],
        "source_number": source[2],
        "part": part,
        "target": target[0],
        "target_key": target[1],
        "target_number": target[2],
        "line_keys": line_keys,
        "owns": int(owns),
        "origin": origin,
        "at": at,
    }


def about(tx: Tx, object: str, connection: str, key: str) -> list[Any]:
    """Every link of a record, in either role."""
    here = ((links.c.source == connection) & (links.c.source_key == key)) | (
        (links.c.target == connection) & (links.c.target_key == key)
    )
    return list(tx.execute(select(links).where(links.c.object == object, here)))


def owner_of(tx: Tx, object: str, target: str, target_key: str) -> Any | None:
    """The link whose source owns this target record."""
    query = select(links).where(
        links.c.object == object,
        links.c.target == target,
        links.c.target_key == target_key,
        links.c.owns == 1,
    )
    return tx.execute(query).first()


def remove(tx: Tx, object: str, source: str, source_key: str, target: str) -> int:
    """Forget that a record has a counterpart; returns how many links went."""
    gone = tx.execute(
        delete(links).where(
            links.c.object == object,
            links.c.source == source,
            links.c.source_key == source_key,
            links.c.target == target,
        )
    )
    return int(gone.rowcount)


def targets(tx: Tx, object: str, connection: str, keys: Iterable[str]) -> dict[str, Any]:
    """What is known of records as targets: number, usability and content, by key."""
    found: dict[str, Any] = {}
    columns = (snapshots.c.key, snapshots.c.number, snapshots.c.usable, snapshots.c.deleted)
    for some in batches(list(keys)):
        query = select(*columns, snapshots.c.data).where(
            snapshots.c.connection == connection,
            snapshots.c.object == object,
            snapshots.c.key.in_(some),
        )
        found.update((r.key, r) for r in tx.execute(query))
    return found


def renumber(tx: Tx, object: str, target: str, target_key: str, number: str) -> None:
    """The target's number changed there."""
    tx.execute(
        update(links)
        .where(links.c.object == object, links.c.target == target, links.c.target_key == target_key)
        .values(target_number=number)
    )
