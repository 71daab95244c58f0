"""The store's views, for the reports of others."""

from __future__ import annotations

from connector.engine.system import System
from connector.store import journal, views


def make(system: System, who: str, *, wanted: bool) -> list[str]:
    """Make the views anew, or take them away; their names."""
    store = system.store
    with store.transaction() as tx:
        names = views.make(store, tx) if wanted else views.drop(store, tx)
        what = "views_made" if wanted else "views_dropped"
        journal.log_audit(tx, store.now(tx), who, what, {"count": len(names)})
    return names
