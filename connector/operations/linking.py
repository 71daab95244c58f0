"""Links and connections, as people set and move them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connector.engine import deriving, pairing
from connector.engine.identity import fingerprint
from connector.engine.system import Connection, Flow, System
from connector.errors import ConnectorError
from connector.messages import dump, say
from connector.operations import agreeing, finding, reconciling
from connector.operations.reconciling import Finding
from connector.store import deliveries, feeds, journal, links, snapshots
from connector.store.engine import Tx

UNKNOWN = {"delivered": "", "document": "", "base": "", "step": "", "sent": "", "verb": "put"}
"""The columns of a delivery of which nothing stands in the target, as far as we know."""


def show(system: System, object: str, number: str) -> list[dict[str, Any]]:
    """Every link of the records with this number or key, in any system."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    with system.store.reading() as tx:
        for row in finding.rows(system, tx, object, number):
            for link in links.about(tx, object, row.connection, row.key):
                key = (link.source, link.source_key, link.target, link.part, link.scope)
                found[key] = link._asdict()
    return list(found.values())


def set_link(
    system: System, flow: Flow, number: str, target_number: str, who: str, *, agreed: bool
) -> agreeing.Agreed:
    """This source record is that target record: from now on changes are updates of it.

    `agreed`: it was entered there by hand as it stands here; else what differs is delivered.
    Raises AdapterError, NotFound.
    """
    assert flow.target is not None
    with system.store.reading() as tx:
        finding.one(tx, flow, number)
    target_key, shown = _in_target(flow, target_number)
    with system.store.transaction() as tx:
        system.store.make_links(tx)
        now = system.store.now(tx)
        source = finding.one(tx, flow, number)
        made = links.row(
            flow.object,
            (flow.source, source.key, source.number),
            (flow.target.name, target_key, shown),
            at=now,
            origin=who,
            owns=_owns(tx, flow, source.key, target_key),
        )
        _go_again(tx, flow, source.key, target_key, now)
        pairing.link(system, tx, flow.object, [made], now)
        journal.log_audit(tx, now, who, "link", made)
    return agreeing.linked(system, flow, source.key, as_of_now=agreed)


def _owns(tx: Tx, flow: Flow, key: str, target_key: str) -> bool:
    """Of several records that are one there, exactly one is delivered: the first, while it lives;
    the others only resolve references."""
    assert flow.target is not None
    owner = links.owner_of(tx, flow.object, flow.target.name, target_key)
    if owner is None or owner.source_key == key:
        return True
    known = snapshots.load(tx, flow.source, flow.object, [owner.source_key])
    if owner.source_key in known and not known[owner.source_key].deleted:
        return False
    links.disown(tx, flow.object, flow.target.name, target_key)
    return True


def _go_again(tx: Tx, flow: Flow, key: str, target_key: str, now: float) -> None:
    """What was linked before is looked at anew; nothing is known of another counterpart."""
    assert flow.target is not None
    for link in links.find(tx, flow.object, flow.source, flow.target.name, [key]):
        known = {} if link.there == target_key else UNKNOWN
        deliveries.awaken(tx, flow.name, [key], now, **known)


def _in_target(flow: Flow, number: str) -> tuple[str, str]:
    """The target record with this number, asked of the target itself."""
    assert flow.target is not None
    assert flow.writer is not None
    field = flow.mapping.number or flow.mapping.key[0]
    for record in flow.target.adapter.find(flow.writer.shape, field, [number]):
        return record.key, record.number or number
    raise finding.NotFound(say("not_in_target", number=number, connection=flow.target.name))


def remove_link(system: System, flow: Flow, number: str, who: str) -> int:
    """Forget a record's counterpart; it stops until a person says what it is instead."""
    assert flow.target is not None
    with system.store.transaction() as tx:
        system.store.make_links(tx)
        now = system.store.now(tx)
        source = finding.one(tx, flow, number)
        deriving.after_delivery(system, tx, flow, [source.key])
        count = links.remove(tx, flow.object, flow.source, source.key, flow.target.name)
        words = dump(say("unlinked"))
        known = {"delivered": deliveries.UNSURE}
        deliveries.park(tx, flow.name, [source.key], now, "unlinked", words, **known)
        journal.log_audit(tx, now, who, "unlink", {"flow": flow.name, "key": source.key})
    return count


def create_anew(system: System, flow: Flow, number: str, who: str) -> int:
    """An unlinked record is to be created in the target after all."""
    assert flow.target is not None
    with system.store.transaction() as tx:
        now = system.store.now(tx)
        source = finding.one(tx, flow, number)
        linked = links.find(tx, flow.object, flow.source, flow.target.name, [source.key])
        if linked:
            there = linked[0].number or linked[0].there
            raise ConnectorError(say("has_counterpart", number=number, there=there))
        deliveries.ask(tx, flow.name, [source.key], now)
        columns = UNKNOWN | {"forced": 1}
        count = deliveries.awaken(tx, flow.name, [source.key], now, **columns)
        journal.log_audit(tx, now, who, "create", {"flow": flow.name, "key": source.key})
    return count


def bring_back(system: System, flow: Flow, lost: Sequence[Finding], who: str) -> int:
    """What the target has lost is to be created there once more, changed or ended; returns how
    many. What a flow goes the other way for is not changed: it carries that.

    Our mark is looked for again before, where the target can be searched.
    """
    assert flow.target is not None
    keys = [found.key for found in lost]
    gone = [found.key for found in lost if found.kind == "missing"]
    with system.store.transaction() as tx:
        system.store.make_links(tx)
        now = system.store.now(tx)
        deriving.after_delivery(system, tx, flow, keys)
        for key in gone:
            links.remove(tx, flow.object, flow.source, key, flow.target.name)
        count = deliveries.awaken(tx, flow.name, gone, now, **UNKNOWN)
        count += reconciling.assert_again(system, tx, flow, lost, now)
        journal.log_audit(tx, now, who, "bring back", {"flow": flow.name, "keys": keys})
    return count


def change(system: System, verb: str, connection: str, who: str) -> str:
    """`move`, `forget`, `pause` or `resume` a connection; what it is now, for `move`."""
    if verb == "move":
        return move(system, system.connections[connection], who)
    {"forget": forget, "pause": pause, "resume": resume}[verb](system, connection, who)
    return ""


def move(system: System, connection: Connection, who: str) -> str:
    """The same account set under a new address: believe what it says it is."""
    found = fingerprint(connection, connection.adapter.check())
    with system.store.transaction() as tx:
        now = system.store.now(tx)
        feeds.save_connection(
            system.store,
            tx,
            connection.name,
            fingerprint=found,
            paused_until=None,
            paused_why="",
            failures=0,
        )
        journal.log_audit(tx, now, who, "move", {"connection": connection.name, "to": found})
    return found


def forget(system: System, connection: str, who: str) -> None:
    """Another account set: everything learnt from the old one goes."""
    into = [f.name for f in system.flows.values() if f.target and f.target.name == connection]
    out_of = [f.name for f in system.flows.values() if f.source == connection]
    with system.store.transaction() as tx:
        now = system.store.now(tx)
        feeds.forget_connection(tx, connection, into)
        for flow in (*into, *out_of):
            deliveries.forget(tx, flow)
        journal.log_audit(tx, now, who, "forget", {"connection": connection})


def pause(system: System, connection: str, who: str) -> None:
    """Leave a connection alone until `resume`."""
    with system.store.transaction() as tx:
        now = system.store.now(tx)
        feeds.save_connection(
            system.store,
            tx,
            connection,
            paused_until=now + feeds.FOR_EVER,
            paused_why=dump(say("paused_by", who=who)),
        )
        journal.log_audit(tx, now, who, "pause", {"connection": connection})


def resume(system: System, connection: str, who: str) -> None:
    """Use a paused connection again, at once."""
    with system.store.transaction() as tx:
        now = system.store.now(tx)
        feeds.save_connection(
            system.store, tx, connection, paused_until=None, paused_why="", failures=0
        )
        journal.log_audit(tx, now, who, "resume", {"connection": connection})
