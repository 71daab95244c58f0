"""Mappings as deliveries went by them: the text of each version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, bindparam, func, select

from connector.store.engine import Store, Tx
from connector.store.statement import Row, Sql
from connector.store.tables import deliveries, mappings

_SIDE = (mappings.c.flow == bindparam("of"), mappings.c.side == bindparam("which"))


def keep(store: Store, tx: Tx, rows: Sequence[Row]) -> None:
    """Versions that are taken up now, new ones or again."""
    store.upsert(tx, mappings, rows)


def taken_up(tx: Tx) -> dict[tuple[str, str], tuple[str, float]]:
    """By flow and side, the version that was taken up last, and when."""
    return {(row.flow, row.side): (row.version, row.at) for row in _TAKEN_UP(tx)}


_TAKEN_UP = Sql(
    select(mappings.c.flow, mappings.c.side, mappings.c.version, mappings.c.at).order_by(
        mappings.c.at
    )
)


def versions(tx: Tx, flow: str, side: str) -> list[Any]:
    """Those of one side, without their text, the one that was taken up last first."""
    return list(_VERSIONS(tx, of=flow, which=side))


_VERSIONS = Sql(
    select(mappings.c.version, mappings.c.file, mappings.c.at)
    .where(*_SIDE)
    .order_by(mappings.c.at.desc(), mappings.c.version)
)


def load(tx: Tx, flow: str, side: str, version: str) -> Any | None:
    """One of them; None: it was not kept."""
    return _ONE.first(tx, of=flow, which=side, this=version)


_ONE = Sql(select(mappings).where(*_SIDE, mappings.c.version == bindparam("this")))


# -- what went by them -----------------------------------------------------------------------------


def counts(tx: Tx, flow: str = "") -> dict[tuple[str, str], int]:
    """By flow and version, the deliveries that went by it last, of all flows or of one; those that
    never went anywhere are left out."""
    rows = _COUNTS_OF(tx, of=flow) if flow else _COUNTS(tx)
    return {(row.flow, row.mapping): row.n for row in rows}


_BY = (deliveries.c.flow, deliveries.c.mapping)
_COUNTED = select(*_BY, func.count().label("n")).where(deliveries.c.mapping != "").group_by(*_BY)
_COUNTS = Sql(_COUNTED)
_COUNTS_OF = Sql(_COUNTED.where(deliveries.c.flow == bindparam("of")))


def went_by(tx: Tx, flow: str, version: str, limit: int) -> list[Any]:
    """The `key`, `state` and `since` of some of those of one version."""
    return list(_WENT_BY(tx, of=flow, this=version, most=limit))


_WENT_BY = Sql(
    select(deliveries.c.key, deliveries.c.state, deliveries.c.since)
    .where(deliveries.c.flow == bindparam("of"), deliveries.c.mapping == bindparam("this"))
    .limit(bindparam("most", type_=Integer))
)
