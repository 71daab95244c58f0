"""Safe mode: the store was put back to an earlier state, and the systems know more than it does.

The store counts its age, at each start of the engine and while it runs, and a file beside it
repeats it. A store that is younger than the file says is an old one. Then a flow delivers nothing
before whatever was under way has settled and its records have been read, so that no old version
goes out. All that were read, changed or not, are compared with the target, where a later version of
ours may stand that the store has forgotten: what differs there is nobody's for certain. What may be
created is searched for by our mark first, as always. Where nothing can be searched (class C),
nothing is created until a person has compared both sides and says so.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from connector import log
from connector.engine.system import System
from connector.faults import fault
from connector.settings import HUB
from connector.store import deliveries, facts, feeds
from connector.store.engine import Tx

_log = log.get(__name__)


def begin(system: System) -> None:
    """The engine starts: find out whether the store is older than what was seen here."""
    store, seen = system.store, system.seen
    with store.transaction() as tx:
        instance, age = facts.grow_older(store, tx)
        known, most = _read(seen)
        if known == instance and most >= age:
            mark(system, tx)
            instance, age = facts.grow_older(store, tx, most)
            _log.error("store_restored", age=age)
    fault("age_counted")
    try:
        _write(seen, instance, age)
    except OSError as error:  # a person has to say that the store was put back
        _log.warning("age_not_noted", file=str(seen), why=str(error))


def grow_older(system: System) -> None:
    """What has been backed up until now is older from now on."""
    with system.store.transaction() as tx:
        instance, age = facts.grow_older(system.store, tx)
    fault("age_counted")
    with suppress(OSError):  # it was told at the start
        _write(system.seen, instance, age)


def mark(system: System, tx: Tx) -> None:
    """The store was put back: what it knows of the systems is old."""
    facts.mark_restored(system.store, tx, system.store.now(tx))
    deliveries.doubt_all(tx)


def unread_since(tx: Tx, connection: str, object: str) -> bool:
    """Whether a feed has not been read to its end since the store was put back."""
    at = facts.restored_at(tx)
    return at is not None and feeds.last(tx, connection, object, "run_at") < at


def _read(seen: Path | None) -> tuple[str, int]:
    with suppress(OSError, ValueError):
        if seen is not None:
            instance, age = seen.read_text("utf-8").split()
            return instance, int(age)
    return "", 0


def _write(seen: Path | None, instance: str, age: int) -> None:
    if seen is not None:
        part = seen.with_name(f"{seen.name}.part")
        part.write_text(f"{instance} {age}\n", "utf-8")
        part.replace(seen)


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
        if flow.source != HUB and unread_since(tx, flow.source, flow.object)
    }
    # What the hub tells follows from all of them.
    return {f.name for f in flows if (f.source, f.object) in unread or (unread and f.source == HUB)}
