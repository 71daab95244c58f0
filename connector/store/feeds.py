"""Feeds and connections: how far reading has come, and whom we speak to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from connector.store.engine import Store, Tx
from connector.store.statement import Sql
from connector.store.tables import (
    calls,
    connections,
    feeds,
    leases,
    links,
    snapshots,
)


def cursor(tx: Tx, connection: str, object: str) -> str | None:
    """Where reading resumes; None: from the beginning."""
    row = _feed(tx, connection, object)
    return row.cursor or None if row else None


def _feed(tx: Tx, connection: str, object: str) -> Any | None:
    return _FEED.first(tx, connection=connection, object=object)


_FEED = Sql(
    select(feeds).where(
        feeds.c.connection == bindparam("connection"), feeds.c.object == bindparam("object")
    )
)


def save(store: Store, tx: Tx, connection: str, object: str, **columns: Any) -> None:
    """Set columns of a feed, making it if need be."""
    store.upsert(tx, feeds, [{"connection": connection, "object": object, **columns}])


def last(tx: Tx, connection: str, object: str, what: str) -> float:
    """When a feed was last read (`run_at`), `reread_at` or `compared_at`; 0: never."""
    row = _feed(tx, connection, object)
    return float(getattr(row, what) or 0.0) if row else 0.0


def known_flows(tx: Tx, connection: str, object: str) -> list[str]:
    """The flows, by name and mark of their scope, that were shown everything captured before."""
    row = _feed(tx, connection, object)
    return json.loads(row.flows) if row and row.flows else []


def flow_names(tx: Tx, connection: str, object: str) -> set[str]:
    """The names of these flows, of other processes' configurations, too."""
    return {flow.rpartition(" ")[0] for flow in known_flows(tx, connection, object)}


def connection(tx: Tx, name: str) -> Any | None:
    """What is known of a connection."""
    return _CONNECTION.first(tx, name=name)


_CONNECTION = Sql(select(connections).where(connections.c.name == bindparam("name")))


def save_connection(store: Store, tx: Tx, name: str, **columns: Any) -> None:
    """Set columns of a connection, making it if need be."""
    store.upsert(tx, connections, [{"name": name, **columns}])


def forget_connection(tx: Tx, name: str, flows: Sequence[str]) -> None:
    """Drop everything learnt from a connection: cursors, snapshots, links, identity.

    `flows`, which write to it, will be shown everything again.
    """
    for feed in tx.execute(select(feeds)).all():
        known = json.loads(feed.flows or "[]")
        left = [flow for flow in known if flow.rpartition(" ")[0] not in flows]
        here = (feeds.c.connection == feed.connection, feeds.c.object == feed.object)
        tx.execute(update(feeds).where(*here).values(flows=json.dumps(left)))
    tx.execute(delete(feeds).where(feeds.c.connection == name))
    tx.execute(delete(snapshots).where(snapshots.c.connection == name))
    tx.execute(delete(links).where((links.c.source == name) | (links.c.target == name)))
    tx.execute(delete(calls).where(calls.c.connection == name))
    tx.execute(delete(connections).where(connections.c.name == name))


FOR_EVER = 100 * 365 * 86_400.0
"""Seconds for which a person pauses a connection."""


def paused_by_person(row: Any, now: float) -> bool:
    """The pause ends only when a person says so."""
    return bool(row.paused_until and row.paused_until - now > FOR_EVER / 2)


def end_pauses(tx: Tx, now: float) -> None:
    """Try every connection again at once that failures alone have paused."""
    failed = connections.c.paused_until.between(now, now + FOR_EVER / 2)
    tx.execute(
        update(connections).where(failed).values(paused_until=None, paused_why="", failures=0)
    )


def all_connections(tx: Tx) -> Sequence[Any]:
    """Every connection the store has met."""
    return list(tx.execute(select(connections).order_by(connections.c.name)))


def rewind(tx: Tx, connection: str, object: str) -> None:
    """Read from the beginning next time, and look at every record again."""
    here = (feeds.c.connection == connection, feeds.c.object == object)
    tx.execute(update(feeds).where(*here).values(cursor=""))
    tx.execute(
        update(snapshots)
        .where(snapshots.c.connection == connection, snapshots.c.object == object)
        .values(raw_hash="", shape="")
    )


_LEASE = ("owner", "epoch", "until")


def take_lease(store: Store, tx: Tx, name: str, owner: str, seconds: float) -> int | None:
    """Hold `name` for half of `seconds` at least; returns the epoch, or None while somebody else
    holds it. What is ours for that long is not written again."""
    now = store.now(tx)
    row = _LEASE_OF_LOCKED.first(tx, name=name)
    if row is None:
        free = {"name": name, "owner": "", "epoch": 0, "until": 0.0}
        store.upsert(tx, leases, [free], keep=_LEASE)
        row = _LEASE_OF_LOCKED.first(tx, name=name)
    assert row is not None
    if row.owner not in ("", owner) and row.until > now:
        return None
    if row.owner == owner and row.until - now >= seconds / 2:
        return int(row.epoch)
    epoch = row.epoch + (0 if row.owner == owner else 1)
    values = {"name": name, "owner": owner, "epoch": epoch, "until": now + seconds}
    store.upsert(tx, leases, [values])
    return int(epoch)


def keep_lease(store: Store, tx: Tx, name: str, owner: str, epoch: int, seconds: float) -> bool:
    """Whether the lease taken with this epoch is still ours; it then is for `seconds` more.

    Nobody else takes it before this transaction ends. One that ran out is ours as long as
    nobody took it.
    """
    row = (_LEASE_OF if store.is_sqlite else _LEASE_OF_LOCKED).first(tx, name=name)
    if row is None or (row.owner, row.epoch) != (owner, epoch):
        return False
    now = store.now(tx)
    if row.until - now < seconds / 2:
        tx.execute(update(leases).where(leases.c.name == name).values(until=now + seconds))
    return True


_OF_NAME = select(leases).where(leases.c.name == bindparam("name"))
_LEASE_OF = Sql(_OF_NAME)
_LEASE_OF_LOCKED = Sql(_OF_NAME.with_for_update())


def drop_lease(tx: Tx, name: str, owner: str) -> None:
    """Let go, so that another need not wait."""
    _DROP(tx, name=name, mine=owner)


_DROP = Sql(
    update(leases)
    .where(leases.c.name == bindparam("name"), leases.c.owner == bindparam("mine"))
    .values(owner="", until=0)
)


SERVES, ALIVE = "serves ", 60.0
"""Under which a daemon says that it serves the store, and seconds for which that is believed."""


def sign(store: Store, tx: Tx, owner: str) -> None:
    """A daemon is alive; those that have been silent for too long are forgotten."""
    silent = leases.c.until < store.now(tx)
    tx.execute(delete(leases).where(leases.c.name.startswith(SERVES), silent))
    take_lease(store, tx, f"{SERVES}{owner}", owner, ALIVE)


def sign_off(tx: Tx, owner: str) -> None:
    """It ends."""
    tx.execute(delete(leases).where(leases.c.name == f"{SERVES}{owner}"))


def serving(tx: Tx, now: float) -> list[str]:
    """The daemons that serve the store, as `host:process`."""
    there = (leases.c.name.startswith(SERVES), leases.c.until >= now)
    owners = tx.execute(select(leases.c.owner).where(*there).order_by(leases.c.owner)).scalars()
    return [owner.rpartition(":")[0] for owner in owners if owner]


def drop_leases(tx: Tx) -> None:
    """Let go of everything, for a process that knows that nobody else is alive."""
    tx.execute(update(leases).values(owner="", until=0))
