"""Check: who we are in each system, what we see there, and whether its calls suffice for us."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

from connector.contract import Shape
from connector.engine.identity import EVERY
from connector.engine.system import Connection, Feed, System
from connector.errors import AdapterError, ConnectorError
from connector.mapping.model import Mapping
from connector.messages import say
from connector.store import snapshots

Shown = dict[str, Any]

DAY = 86_400.0
PAGE = 100
"""Records that a call is taken to give, where the settings do not say."""


def check(system: System, *, offline: bool, sees: str = "") -> list[Shown]:
    """Each connection: who we are there or why we are not let in, whether it shows the record
    `sees`, and the calls a day that our settings make of it."""
    found = []
    for name, connection in system.connections.items():
        entry: Shown = {"connection": name, "adapter": connection.settings.adapter}
        if connection.settings.unencrypted:
            entry["warning"] = str(say("not_encrypted"))
        if not offline:
            entry |= _identity(system, connection)
        if sees and entry.get("ok"):
            entry["sees"] = list(_sees(system, connection, sees))
        if connection.adapter.speaks_http:
            entry["calls"] = _calls(system, connection)
        found.append(entry)
    return found


def _identity(system: System, connection: Connection) -> Shown:
    try:
        identity = connection.adapter.check()
    except ConnectorError as error:
        return {"ok": False, **_explained(system, connection, error)}
    shown = asdict(identity)
    return {"ok": True, "calls_told": shown.pop("calls"), **shown}


def _explained(system: System, connection: Connection, error: ConnectorError) -> Shown:
    """What went wrong, who acts and what they do about it."""
    explained = system.hints[connection.name].explain_error(error)
    who = explained.who or str(say("who_it"))
    return {"error": explained.words, "who": who, "do": explained.do, "remote": str(error)}


# -- what we see ----------------------------------------------------------------------------------


def _sees(system: System, connection: Connection, number: str) -> Iterator[Shown]:
    """Whether each mapped form shows a record with this number."""
    for form, mapping in _numbered(system, connection).items():
        shape = Shape(form, mapping.key, (), mapping.number)
        entry: Shown = {"form": form, "object": mapping.object}
        try:
            records = connection.adapter.find(shape, mapping.number, [number])
            seen = any(record.fields[mapping.number] == number for record in records)
        except AdapterError as error:
            yield {**entry, "seen": False, **_explained(system, connection, error)}
        else:
            yield {**entry, "seen": seen}


def _numbered(system: System, connection: Connection) -> dict[str, Mapping]:
    """The forms that are read or written there and can be searched by number."""
    mappings = [f.reader.mapping for f in system.feeds.values() if f.connection is connection]
    mappings += [f.mapping for f in system.delivering() if f.target is connection]
    search = connection.adapter.capabilities
    return {m.form: m for m in mappings if m.number and search.of(m.form).search}


# -- what our settings cost -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expected:
    """Calls a day that a feed makes; estimates, made of what was captured so far."""

    polls: int
    """To ask what is new."""
    comparing: int
    """To read everything once more."""
    rereading: int
    """To read what is open once more."""


def _calls(system: System, connection: Connection) -> Shown:
    """What reading alone is expected to take of a day's calls; deliveries come on top."""
    with system.store.reading() as tx:
        known = {(r.connection, r.object): (r.records, r.open) for r in snapshots.counts(tx)}
    feeds = {
        feed.name: _expected(feed, *known.get((connection.name, feed.object), (0, 0)))
        for feed in system.feeds.values()
        if feed.connection is connection
    }
    identity = ceil(DAY / EVERY)
    total = identity + sum(sum(asdict(feed).values()) for feed in feeds.values())
    quota = connection.settings.quota
    return {
        "feeds": {name: asdict(feed) for name, feed in feeds.items()},
        "identity": identity,
        "total": total,
        "allowed": quota.day if quota else None,
        "kept": quota.kept if quota else None,
        "fits": quota is None or quota.tight or total <= quota.day - quota.kept,
    }


def _expected(feed: Feed, records: int, unfinished: int) -> Expected:
    settings, flows = feed.connection.settings, [flow.settings for flow in feed.flows]
    forms = 1 + sum(bool(table.form) for table in feed.reader.shape.tables.values())
    every, compare = min(f.every for f in flows), min(f.compare for f in flows)

    def calls(times: float, some: int) -> int:
        return ceil(times * forms * ceil(some / (settings.page or PAGE)))

    polls = DAY / max(every, 1.0)
    if feed.reads == "full":
        return Expected(calls(polls, max(records, 1)), 0, 0)
    return Expected(
        calls(polls, 1),
        calls(DAY / compare, records) if compare else 0,
        calls(DAY / max(settings.reread, every), unfinished),
    )
