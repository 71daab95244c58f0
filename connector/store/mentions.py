"""Which documents name which sales order, so that an order's progress can be put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from connector.store.engine import Tx
from connector.store.statement import among
from connector.store.tables import links, mentions, snapshots


def save(tx: Tx, connection: str, object: str, named: Mapping[str, Iterable[str]]) -> set[str]:
    """`{key: order numbers}` replaces what was known of these records; returns every number
    that one of them names or named."""
    here = (
        mentions.c.connection == connection,
        mentions.c.object == object,
        among(mentions.c.key, list(named)),
    )
    touched = set(tx.execute(select(mentions.c.number).where(*here)).scalars())
    tx.execute(delete(mentions).where(*here))
    rows = [
        {"connection": connection, "object": object, "key": key, "number": number}
        for key, numbers in named.items()
        for number in sorted(set(numbers))
    ]
    if rows:
        tx.execute(insert(mentions), rows)
    return touched | {row["number"] for row in rows}


def of_orders(tx: Tx, numbers: Sequence[str]) -> list[Any]:
    """The documents that name these order numbers: `number`, `object`, `data`."""
    query = (
        select(mentions.c.number, snapshots.c.object, snapshots.c.data)
        .join(
            snapshots,
            (snapshots.c.connection == mentions.c.connection)
            & (snapshots.c.object == mentions.c.object)
            & (snapshots.c.key == mentions.c.key),
        )
        .where(among(mentions.c.number, numbers), snapshots.c.deleted == 0)
    )
    return list(tx.execute(query))


def documents(tx: Tx, number: str) -> list[Any]:
    """The snapshots of the records that name this order number."""
    query = (
        select(snapshots)
        .join(
            mentions,
            (snapshots.c.connection == mentions.c.connection)
            & (snapshots.c.object == mentions.c.object)
            & (snapshots.c.key == mentions.c.key),
        )
        .where(mentions.c.number == number)
    )
    return list(tx.execute(query.order_by(snapshots.c.object, snapshots.c.key)))


def named(tx: Tx, numbers: Sequence[str]) -> set[str]:
    """Of these order numbers, those that some document names."""
    query = select(mentions.c.number).where(among(mentions.c.number, numbers))
    return set(tx.execute(query).scalars())


def orders(tx: Tx, numbers: Sequence[str]) -> list[Any]:
    """The links of the orders that stand in their targets under these numbers."""
    query = select(links).where(
        links.c.object == "sales_order", among(links.c.target_number, numbers)
    )
    return list(tx.execute(query))
