"""What people said that fields of records should be, where they cannot be delivered as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select

from connector.store.engine import Store, Tx
from connector.store.statement import Row, Sql, among
from connector.store.tables import corrections


def of(tx: Tx, flow: str, keys: Sequence[str]) -> dict[str, list[Any]]:
    """Those of a flow's records, by key."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in _OF(tx, flow=flow, keys=list(keys)):
        found[row.key].append(row)
    return found


_OF = Sql(
    select(corrections)
    .where(corrections.c.flow == bindparam("flow"), among(corrections.c.key, "keys"))
    .order_by(corrections.c.key, corrections.c.field)
)


def save(store: Store, tx: Tx, rows: Sequence[Row]) -> None:
    """Correct fields, instead of what was said of them before."""
    store.upsert(tx, corrections, rows)


def drop(tx: Tx, flow: str, key: str, field: str = "") -> int:
    """Take corrections back: all of a record, or of one field; returns how many."""
    query = delete(corrections).where(corrections.c.flow == flow, corrections.c.key == key)
    if field:
        query = query.where(corrections.c.field == field)
    return int(tx.execute(query).rowcount)
