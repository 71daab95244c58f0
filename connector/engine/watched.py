"""Records that rules watch: that they changed is noted in the transaction that changes them."""

from __future__ import annotations

from collections.abc import Sequence

from connector.engine.system import System
from connector.store import journal
from connector.store.engine import Tx


def queue(connection: str, object: str) -> str:
    """Under which the journal keeps the keys of records that rules have to look at."""
    return f"watched {connection}/{object}"


def note(system: System, tx: Tx, connection: str, object: str, keys: Sequence[str]) -> None:
    """Records changed, or are gone."""
    if (connection, object) in system.watched:
        journal.derive_later(system.store, tx, queue(connection, object), keys)
