"""Safe mode: the store was put back to an earlier state, and the systems know more than it does.

Each start of the engine is counted in the store and in a file beside it. A store that counts less
than the file is an old one. Then a flow delivers nothing before whatever was under way has settled
and its records have been read, so that no old version goes out; what may be created is searched
for by our mark first, as always. Where nothing can be searched (class C), nothing is created until
a person has compared both sides and says so.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from connector import log
from connector.engine.system import System
from connector.faults import fault
from connector.settings import HUB
from connector.store import facts, feeds
from connector.store.engine import Tx

_log = log.get(__name__)


def begin(system: System) -> None:
    """Note that the engine starts, and whether the store is older than what was seen here."""
    store, seen = system.store, system.seen
    with store.transaction() as tx:
        instance, starts = facts.count_start(store, tx)
        known, most = _read(seen)
        if known == instance and most >= starts:
            facts.mark_restored(store, tx, store.now(tx))
            facts.jump(store, tx, most + 1)
            starts = most + 1
            _log.error("store_restored", starts=starts)
    fault("start_counted")
    _write(seen, instance, starts)


def _read(seen: Path | None) -> tuple[str, int]:
    with suppress(OSError, ValueError):
        if seen is not None:
            instance, starts = seen.read_text("utf-8").split()
            return instance, int(starts)
    return "", 0


def _write(seen: Path | None, instance: str, starts: int) -> None:
    """Where it cannot be written, a person has to say that the store was put back."""
    if seen is None:
        return
    try:
        part = seen.with_name(f"{seen.name}.part")
        part.write_text(f"{instance} {starts}\n", "utf-8")
        part.replace(seen)
    except OSError as error:
        _log.warning("start_not_noted", file=str(seen), why=str(error))


def held_back(system: System, tx: Tx) -> set[str]:
    """The flows that may deliver nothing yet: what was under way has not settled, or what they
    take has not been read since."""
    at = facts.restored_at(tx)
    if at is None:
        return set()
    flows = system.delivering()
    settled = at + max(connection.settle for connection in system.connections.values())
    if system.store.now(tx) < settled:
        return {flow.name for flow in flows}
    unread = {
        (flow.source, flow.object)
        for flow in flows
        if flow.source != HUB and feeds.last(tx, flow.source, flow.object, "run_at") < at
    }
    # What the hub tells follows from all of them.
    return {f.name for f in flows if (f.source, f.object) in unread or (unread and f.source == HUB)}
