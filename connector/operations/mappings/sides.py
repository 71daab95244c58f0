"""The mappings in use: by which each flow reads, and by which it writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from connector.engine.system import Connection, Flow, System
from connector.errors import ConfigError, Problem
from connector.mapping.model import Mapping, Side
from connector.messages import say
from connector.operations import finding
from connector.settings import HUB

SIDES = ("write", "read")


@dataclass(frozen=True, slots=True)
class Used:
    """One side of a mapping, as a flow uses it."""

    flow: Flow
    side: str
    """`write`: into the flow's target; `read`: out of its source."""
    connection: Connection
    """Whose form it is."""
    mapping: Mapping

    @property
    def rules(self) -> Side:
        return rules_of(self.mapping, self.side) or Side()

    @property
    def file(self) -> str:
        """As people find it beside the configuration, or among what comes along."""
        path = Path(self.mapping.file)
        return f"mappings/{path.parent.name}/{path.name}"


def rules_of(mapping: Mapping, side: str) -> Side | None:
    """The rules of one side; None: it has none."""
    return mapping.write if side == "write" else mapping.read


def used(system: System) -> Iterator[Used]:
    """Every side of every flow, first of those that go from one system to another."""
    for flow in sorted(system.flows.values(), key=lambda f: (not f.delivers, f.source == HUB)):
        yield from _of(system, flow)


def one(system: System, flow: str, side: str = "") -> Used:
    """A flow's side; where none is named, the one that writes, if it writes. Raises ConfigError."""
    found = list(_of(system, finding.flow(system, flow)))
    chosen = next((used for used in found if side in ("", used.side)), None)
    if chosen is None:
        known = ", ".join(used.side for used in found)
        raise ConfigError([Problem("", say("no_such_side", flow=flow, side=side, known=known))])
    return chosen


def _of(system: System, flow: Flow) -> Iterator[Used]:
    if flow.target is not None and flow.writer is not None:
        yield Used(flow, "write", flow.target, flow.writer.mapping)
    feed = system.feeds.get(f"{flow.source}/{flow.object}")
    if feed is not None:
        yield Used(flow, "read", feed.connection, feed.reader.mapping)
