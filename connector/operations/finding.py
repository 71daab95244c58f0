"""What people name on the command line: flows, objects and records. Or it is said what there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connector.engine.system import Flow, System
from connector.errors import ConfigError, ConnectorError, Problem, UnsafeRun
from connector.messages import Message, say
from connector.objects import OBJECTS
from connector.settings import HUB
from connector.store import deliveries, snapshots
from connector.store.engine import Tx


class NotFound(ConnectorError):
    """A record that was named is not known."""


class ChangedMeanwhile(ConnectorError):
    """What somebody decided about is not as they saw it any more."""


def _wrong(words: Message) -> ConfigError:
    return ConfigError([Problem("", words)])


def flow(system: System, name: str) -> Flow:
    """A flow by its name. Raises ConfigError."""
    found = system.flows.get(name)
    if found is None:
        raise _wrong(say("unknown_flow", name=name, known=", ".join(system.flows)))
    return found


def delivering(system: System, name: str) -> Flow:
    """A flow that writes into a system. Raises ConfigError."""
    found = flow(system, name)
    if not found.delivers:
        raise _wrong(say("only_reads", name=name))
    return found


def linking(system: System, name: str) -> Flow:
    """A flow whose records have counterparts of their own. Raises ConfigError."""
    found = delivering(system, name)
    if found.mapping.onto:
        raise _wrong(say("writes_onto", name=name))
    return found


def may_call(system: System, flow: Flow) -> Flow:
    """The flow, if its systems may be called. What a person asks for goes on while calls run
    short, and not when they are used up: raises UnsafeRun."""
    system.settle_calls()
    for name in {flow.source, flow.target.name if flow.target else ""} - {HUB, ""}:
        rest = system.limits[name].reading(vital=True)
        if rest is not None:
            raise UnsafeRun(rest.words)
    return flow


def connection(system: System, name: str) -> str:
    """A connection's name, if there is one. Raises ConfigError."""
    if name not in system.connections:
        raise _wrong(say("unknown_connection", name=name, known=", ".join(system.connections)))
    return name


def rows(system: System, tx: Tx, object: str, number: str) -> list[Any]:
    """The records of this object that people would name so, in any system.

    Raises ConfigError for an object that does not exist, NotFound for a record.
    """
    if object not in OBJECTS:
        raise _wrong(say("unknown_object", name=object, known=", ".join(OBJECTS)))
    found = snapshots.by_number(tx, object, [number])
    found = found or snapshots.by_key(tx, [*system.connections, HUB], object, number)
    if not found:
        raise NotFound(say("never_read", object=object, number=number))
    return found


def keys(system: System, flow: Flow, numbers: Sequence[str]) -> list[str]:
    """The keys of a flow's records by number or key. Raises NotFound naming what is unknown."""
    found: dict[str, list[str]] = {}
    with system.store.reading() as tx:
        for number in numbers:
            found[number] = snapshots.keys_of_numbers(tx, flow.source, flow.object, [number])
    missing = [number for number, some in found.items() if not some]
    if missing:
        raise NotFound(say("no_such_record", numbers=", ".join(missing), flow=flow.name))
    return [key for some in found.values() for key in some]


def as_seen(tx: Tx, flow: Flow, seen: Mapping[str, float]) -> list[str]:
    """Of a flow's stopped records those that still stand as somebody saw them: by key, since
    when. Nobody changes them until this transaction ends. Raises ChangedMeanwhile where none does.
    """
    known = deliveries.locked(tx, flow.name, list(seen))
    found = [k for k, row in known.items() if row.state == "stopped" and row.since == seen[k]]
    if not found:
        raise ChangedMeanwhile(say("changed_meanwhile"))
    return found


def one(tx: Tx, flow: Flow, number: str) -> Any:
    """The one record of a flow's source with this number or key. Raises NotFound."""
    some = snapshots.keys_of_numbers(tx, flow.source, flow.object, [number])
    if not some:
        raise NotFound(say("no_such_record", numbers=number, flow=flow.name))
    if len(some) > 1:
        params = {"number": number, "connection": flow.source, "count": len(some)}
        raise NotFound(say("not_one_record", keys=", ".join(some), **params))
    return snapshots.load(tx, flow.source, flow.object, some)[some[0]]
