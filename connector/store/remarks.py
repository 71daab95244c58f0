"""What people say of a record under review: each remark stands as it was made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select

from connector.store.engine import Tx
from connector.store.statement import Row, Sql, among
from connector.store.tables import remarks


def add(tx: Tx, row: Row) -> Any:
    """One more, as it stands now."""
    return tx.execute(insert(remarks).values(**row).returning(remarks)).one()


def of(tx: Tx, flow: str, keys: Sequence[str]) -> dict[str, list[Any]]:
    """Those about each of these records, oldest first, under whichever review they were made."""
    found: dict[str, list[Any]] = {key: [] for key in keys}
    for row in _OF(tx, flow=flow, keys=list(keys)):
        found[row.key].append(row)
    return found


_OF = Sql(
    select(remarks)
    .where(remarks.c.flow == bindparam("flow"), among(remarks.c.key, "keys"))
    .order_by(remarks.c.id)
)


def asks(row: Any) -> list[str]:
    """Whom a remark is for; nobody in particular: all whom the review concerns."""
    return list(json.loads(row.asks)) if row.asks else []
