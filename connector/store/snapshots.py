"""Snapshots: the records of every system as last captured, and what changed in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import bindparam, func, insert, select, update

from connector import exact
from connector.objects import BusinessObject
from connector.store.engine import Store, Tx
from connector.store.statement import Row, Sql, among, begins
from connector.store.tables import FAULTY, changes, snapshots

Stored = TypeVar("Stored", bound=BusinessObject)

_HERE = (snapshots.c.connection == bindparam("here"), snapshots.c.object == bindparam("what"))

_THESE = (*_HERE, among(snapshots.c.key, "keys"))
_MARKS = Sql(
    select(
        snapshots.c.key,
        snapshots.c.raw_hash,
        snapshots.c.stamp,
        snapshots.c.shape,
        snapshots.c.deleted,
        snapshots.c.fault,
    ).where(*_THESE)
)
_WHOLE = Sql(select(snapshots).where(*_THESE))


def marks(tx: Tx, connection: str, object: str, keys: Sequence[str]) -> dict[str, Any]:
    """Just enough of the snapshots to see whether records changed, by key."""
    rows = _MARKS(tx, here=connection, what=object, keys=list(keys))
    return {row.key: row for row in rows}


def load(tx: Tx, connection: str, object: str, keys: Sequence[str]) -> dict[str, Any]:
    """Whole snapshots by key; keys that were never seen are left out."""
    rows = _WHOLE(tx, here=connection, what=object, keys=list(keys))
    return {row.key: row for row in rows}


def models(
    tx: Tx, connection: str, object: str, model: type[Stored], keys: Sequence[str]
) -> dict[str, Stored]:
    """The business objects with these keys, by key; without those that are gone or were never
    readable."""
    found = load(tx, connection, object, keys)
    return {
        key: model.model_validate_json(row.data)
        for key, row in found.items()
        if row.data and not row.deleted
    }


def named(tx: Tx, connection: str, object: str, text: str, limit: int) -> list[str]:
    """The keys of records whose number is this text, or in whose content it stands."""
    here = (snapshots.c.connection == connection, snapshots.c.object == object)
    query = select(snapshots.c.key).where(*here, snapshots.c.number == text)
    found = list(tx.execute(query.limit(limit)).scalars())
    if found:
        return found
    query = select(snapshots.c.key).where(*here, snapshots.c.data.contains(text, autoescape=True))
    return list(tx.execute(query.limit(limit)).scalars())


def every(tx: Tx, connection: str, object: str) -> list[Any]:
    """All records of an object that are not gone and were ever readable: their `key`, `number` and
    `data`."""
    query = select(snapshots.c.key, snapshots.c.number, snapshots.c.data).where(
        snapshots.c.connection == connection,
        snapshots.c.object == object,
        snapshots.c.deleted == 0,
        snapshots.c.data != "",
    )
    return list(tx.execute(query.order_by(snapshots.c.key)))


def save(store: Store, tx: Tx, rows: Sequence[Row]) -> None:
    """Write whole snapshots, new or known."""
    store.upsert(tx, snapshots, rows)


_STAMP = Sql(
    update(snapshots)
    .where(*_HERE, snapshots.c.key == bindparam("its"))
    .values(
        stamp=bindparam("new_stamp"), shape=bindparam("new_shape"), raw_hash=bindparam("new_raw")
    )
)
_CHANGE = Sql(insert(changes), ("connection", "object", "key", "at", "kind", "diff"))


def restamp(
    tx: Tx, connection: str, object: str, rows: Sequence[tuple[str, str, str, str]]
) -> None:
    """`(key, stamp, shape, raw hash)` of records whose content stays as it was."""
    if rows:
        names = ("its", "new_stamp", "new_shape", "new_raw")
        here = {"here": connection, "what": object}
        _STAMP.many(tx, [{**here, **dict(zip(names, row, strict=True))} for row in rows])


def log_changes(tx: Tx, rows: Sequence[Row]) -> None:
    """Append to the history of changes."""
    _CHANGE.many(tx, rows)


def keys(tx: Tx, connection: str, object: str) -> Iterator[str]:
    """The keys of all records that are not gone."""
    query = select(snapshots.c.key).where(
        snapshots.c.connection == connection,
        snapshots.c.object == object,
        snapshots.c.deleted == 0,
    )
    return iter(tx.execute(query).scalars())


def open_keys(tx: Tx, connection: str, object: str) -> list[str]:
    """The keys of records that may change without their stamp moving."""
    query = (
        select(snapshots.c.key)
        .where(
            snapshots.c.connection == connection,
            snapshots.c.object == object,
            snapshots.c.open == 1,
            snapshots.c.deleted == 0,
        )
        .order_by(snapshots.c.key)
    )
    return list(tx.execute(query).scalars())


def faulty_keys(tx: Tx, connection: str, object: str) -> list[str]:
    """The keys of records whose newest version cannot be read."""
    query = select(snapshots.c.key).where(
        snapshots.c.connection == connection,
        snapshots.c.object == object,
        FAULTY,
        snapshots.c.deleted == 0,
    )
    return list(tx.execute(query.order_by(snapshots.c.key)).scalars())


def faulty_feeds(tx: Tx) -> set[tuple[str, str]]:
    """Connections and objects of which some record cannot be read."""
    return {(row.connection, row.object) for row in _FAULTY_FEEDS(tx)}


_FAULTY_FEEDS = Sql(
    select(snapshots.c.connection, snapshots.c.object)
    .where(FAULTY, snapshots.c.deleted == 0)
    .distinct()
)


def by_number(tx: Tx, object: str, numbers: Sequence[str]) -> list[Any]:
    """Snapshots of an object, in any connection, with one of these numbers."""
    query = select(snapshots).where(
        snapshots.c.object == object, among(snapshots.c.number, numbers), snapshots.c.deleted == 0
    )
    return list(tx.execute(query))


def numbered(tx: Tx, connection: str, objects: Sequence[str], numbers: Sequence[str]) -> list[Any]:
    """The snapshots of a connection with one of these numbers, of any of these objects."""
    if not numbers:
        return []
    query = select(snapshots).where(
        snapshots.c.connection == connection,
        snapshots.c.object.in_(objects),
        among(snapshots.c.number, numbers),
        snapshots.c.deleted == 0,
    )
    return list(tx.execute(query))


def walk(tx: Tx, connection: str, object: str, after: str, limit: int) -> list[Any]:
    """Snapshots in order of their key, for passes over all of them."""
    query = (
        select(snapshots)
        .where(
            snapshots.c.connection == connection,
            snapshots.c.object == object,
            snapshots.c.key > after,
        )
        .order_by(snapshots.c.key)
        .limit(limit)
    )
    return list(tx.execute(query))


def groups(tx: Tx, connection: str, object: str, size: int, after: str = "") -> Iterator[list[Any]]:
    """All of them, group by group."""
    while some := walk(tx, connection, object, after, size):
        yield some
        after = some[-1].key


def below(tx: Tx, connection: str, object: str, key: str, limit: int) -> list[Any]:
    """The snapshots with this key, and those of its parts: `KEY/…`."""
    own = load(tx, connection, object, [key])
    parts = (
        select(snapshots)
        .where(snapshots.c.connection == connection, snapshots.c.object == object)
        .where(begins(snapshots.c.key, f"{key}/"))
        .order_by(snapshots.c.key)
        .limit(limit)
    )
    return [row for row in (*own.values(), *tx.execute(parts)) if row.data and not row.deleted]


def counts(tx: Tx) -> list[Any]:
    """`(connection, object, records, faults, open)` for status."""
    query = (
        select(
            snapshots.c.connection,
            snapshots.c.object,
            func.count().label("records"),
            func.count().filter(snapshots.c.fault != "").label("faults"),
            func.count().filter(snapshots.c.open == 1).label("open"),
        )
        .where(snapshots.c.deleted == 0)
        .group_by(snapshots.c.connection, snapshots.c.object)
    )
    return list(tx.execute(query))


def history(tx: Tx, connection: str, object: str, key: str) -> list[Any]:
    """All that changed in a record, oldest first."""
    query = (
        select(changes)
        .where(changes.c.connection == connection, changes.c.object == object, changes.c.key == key)
        .order_by(changes.c.id)
    )
    return list(tx.execute(query))


def data(row: Any) -> Mapping[str, Any]:
    """A snapshot's business object as JSON values; empty where it never was readable."""
    values: Mapping[str, Any] = exact.loads(row.data) if row.data else {}
    return values


def by_key(tx: Tx, connections: Sequence[str], object: str, key: str) -> list[Any]:
    """Snapshots of an object with this key, in any of these connections."""
    found = (load(tx, one, object, [key]).get(key) for one in connections)
    return [row for row in found if row is not None]


def keys_of_numbers(tx: Tx, connection: str, object: str, numbers: Sequence[str]) -> list[str]:
    """The keys of records that people would name so: by number, else by key."""
    return [row.key for row in _CALLED(tx, here=connection, what=object, keys=list(numbers))]


_CALLED = Sql(
    select(snapshots.c.key)
    .where(*_HERE, among(snapshots.c.number, "keys"))
    .union(select(snapshots.c.key).where(*_THESE))
)
"""Of both in turn, each by its own index."""


def forget_raw(tx: Tx, connection: str, object: str, some_keys: Sequence[str]) -> None:
    """Look at these records as if they had changed, next time they are read."""
    tx.execute(
        update(snapshots)
        .where(
            snapshots.c.connection == connection,
            snapshots.c.object == object,
            among(snapshots.c.key, some_keys),
        )
        .values(raw_hash="", shape="")
    )
