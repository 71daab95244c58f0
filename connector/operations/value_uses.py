"""Who uses a value map: the rules of the mappings in use, and the records that go through them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from connector.contract import Adapter
from connector.engine.system import System
from connector.errors import ConfigError, Problem
from connector.mapping import using
from connector.mapping.coding import spots
from connector.mapping.model import Mapping
from connector.mapping.using import Use
from connector.messages import Message, say
from connector.objects import OBJECTS


@dataclass(frozen=True, slots=True)
class Used:
    """A rule that uses the table, of which connection, for which records."""

    connection: str
    object: str
    source: str
    """Connection of the records: the rule reads those of its own, it writes those of another."""
    use: Use

    def shown(self) -> dict[str, Any]:
        """As people and programs see it."""
        return {
            "way": "read" if self.use.reads else "write",
            "object": self.object,
            "ours": list(self.use.ours),
            "theirs": [f"{form} {field}" for form, field in self.use.theirs],
            "source": self.source,
            "place": self.use.place,
        }


def mappings(system: System) -> Iterator[tuple[Adapter, Mapping, bool]]:
    """The mappings in use and the adapters that they are for; whether it is by their read side."""
    for feed in system.feeds.values():
        yield feed.connection.adapter, feed.reader.mapping, True
    for flow in system.delivering():
        assert flow.target is not None
        yield flow.target.adapter, flow.mapping, False


def uses(system: System, table: str, connection: str) -> list[Used]:
    """The rules of one connection that use a table. Raises ConfigError.

    Where rules of several do, `connection` must name one.
    """
    found = list({(u.connection, u.source, u.use.place): u for u in _all(system, table)}.values())
    names = list(dict.fromkeys(used.connection for used in found))
    if not found:
        raise _wrong(_unused(system, table))
    if connection not in names and (connection or len(names) > 1):
        id = "not_used_there" if connection else "used_by_several"
        raise _wrong(say(id, table=table, connection=connection, known=", ".join(names)))
    return [used for used in found if used.connection == (connection or names[0])]


def _all(system: System, table: str) -> Iterator[Used]:
    for feed in system.feeds.values():
        name = feed.connection.name
        for use in using.read(feed.reader.mapping, table):
            yield Used(name, feed.object, name, use)
    for flow in system.delivering():
        assert flow.target is not None
        for use in using.written(flow.mapping, table):
            yield Used(flow.target.name, flow.object, flow.source, use)


def _unused(system: System, table: str) -> Message:
    if table in OBJECTS:
        return say("pairs_are_links", of=table)
    known = {
        spot.rule.map.name
        for _, mapping, reads in mappings(system)
        for spot in spots(mapping.read if reads else mapping.write)
        if spot.rule.map
    }
    return say("unused_table", table=table, known=", ".join(sorted(known)))


def _wrong(words: Message) -> ConfigError:
    return ConfigError([Problem("", words)])
