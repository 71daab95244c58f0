"""Rows to put into a store."""

from __future__ import annotations

from typing import Any

from connector.store import deliveries, feeds
from connector.store.engine import Store, Tx


def delivery(key: str = "k1", **columns: Any) -> dict[str, Any]:
    """A delivery as the store keeps it, pending and due at 100."""
    row = {"flow": "f", "key": key, "part": "", "state": "pending", "reason": "new"}
    return {**row, "due_at": 100.0, "since": 50.0, "verb": "put", **columns}


def sending(key: str = "k1", owner: str = "me", epoch: int = 1, **columns: Any) -> dict[str, Any]:
    """One that somebody works on."""
    claim = {"state": "sending", "owner": owner, "epoch": epoch, "deadline": 200.0, "due_at": None}
    return delivery(key, **{**claim, **columns})


def add(store: Store, *rows: dict[str, Any]) -> None:
    """Put rows of any shape into the store."""
    with store.transaction() as tx:
        for row in rows:
            deliveries.add(tx, [row])


def one(tx: Tx, key: str = "k1") -> Any:
    return deliveries.load(tx, "f", [key])[key]


def note(store: Store, tx: Tx, name: str, value: str) -> None:
    """Something small, kept under its name."""
    feeds.save(store, tx, "notes", name, cursor=value)


def noted(tx: Tx, name: str) -> str:
    """What was kept under this name; empty if nothing was."""
    return feeds.cursor(tx, "notes", name) or ""
