"""What people say of a store that was put back to an earlier state."""

from __future__ import annotations

from connector.engine.system import System
from connector.store import facts, journal


def say_restored(system: System, who: str) -> None:
    """It was put back where nobody could notice: be careful from now on."""
    store = system.store
    with store.transaction() as tx:
        now = store.now(tx)
        facts.mark_restored(store, tx, now)
        journal.log_audit(tx, now, who, "restored", {})


def trust(system: System, who: str) -> bool:
    """Both sides have been compared; whether there was anything to trust again."""
    store = system.store
    with store.transaction() as tx:
        trusted = facts.trust(tx)
        journal.log_audit(tx, store.now(tx), who, "trust", {})
    return trusted
