"""What people say of a store that was put back to an earlier state."""

from __future__ import annotations

from pathlib import Path

from connector.engine import restored
from connector.engine.system import System
from connector.store import facts, feeds, journal, migrate


def say_restored(system: System, who: str) -> None:
    """It was put back where nobody could notice: be careful from now on, and read once more what
    was read since as if nothing had been forgotten."""
    store = system.store
    with store.transaction() as tx:
        restored.mark(system, tx)
        for feed in system.feeds.values():
            feeds.rewind(tx, feed.connection.name, feed.object)
        journal.log_audit(tx, store.now(tx), who, "restored", {})


def back_up(system: System, target: Path) -> None:
    """Copy the store while it is in use; from then on it is older than its copy. Raises ConfigError
    for another store than SQLite, ConnectorError where it cannot be written."""
    migrate.backup(system.store, target)
    restored.grow_older(system)


def trust(system: System, who: str) -> bool:
    """Both sides have been compared; whether there was anything to trust again."""
    store = system.store
    with store.transaction() as tx:
        trusted = facts.trust(tx)
        journal.log_audit(tx, store.now(tx), who, "trust", {})
    return trusted
