"""Match: pair what stands on both sides, by a sheet that people decide. It makes links alone.

The source is where a flow delivers the object from; several records of it may be one in the
target. Which of them is delivered from then on, its *owner*, the sheet says too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.engine import pairing
from connector.engine.system import Flow, System
from connector.errors import ConfigError, Problem
from connector.matching import Pair, marked, propose
from connector.matching.pairs import SHARED
from connector.messages import Message, say
from connector.objects import OBJECTS
from connector.store import journal, links, snapshots
from connector.store.engine import Tx

GROUP = 500


@dataclass(frozen=True, slots=True)
class Sides:
    """An object and the two connections between which its records are paired."""

    object: str
    source: str
    target: str
    flow: Flow | None = None
    """What delivers it, if anything does."""


@dataclass(slots=True)
class Matched:
    """Every proposal for the records of the source that have no counterpart yet."""

    sides: Sides
    pairs: list[Pair]
    owners: Mapping[str, str]
    """Keys of the target's records that have an owner already, with that owner's number."""


def sides(system: System, object: str, source: str = "", target: str = "") -> Sides:
    """Between which connections an object is matched. Raises ConfigError."""
    if object not in OBJECTS:
        raise _wrong(say("unknown_object", name=object, known=", ".join(OBJECTS)))
    read = [feed.connection.name for feed in system.feeds.values() if feed.object == object]
    flows = [f for f in system.delivering() if f.object == object and f.source in read]
    flow = next((f for f in flows if source in ("", f.source)), None)
    here = source or (flow.source if flow else next(iter(read), ""))
    there = target or (flow.target.name if flow and flow.target else "")
    there = there or next((name for name in read if name != here), "")
    for name in (here, there):
        if name not in read:
            known = ", ".join(system.connections)
            raise _wrong(say("nobody_reads", object=object, connection=name or "?", known=known))
    return Sides(object, here, there, flow)


def _wrong(words: Message) -> ConfigError:
    return ConfigError([Problem("", words)])


# -- proposing --------------------------------------------------------------------------------


def match(system: System, chosen: Sides) -> Matched:
    """What may be what, by everything that was captured of both sides."""
    with system.store.reading() as tx:
        linked, owners = _linked(tx, chosen)
        others = {name: _counterparts(tx, chosen, name) for name in ("customer", "material")}
        targets = [
            marked(chosen.object, row.key, row.number, values)
            for row, values in _records(tx, chosen.target, chosen.object)
        ]
        sources = [
            marked(chosen.object, row.key, row.number, values, lambda o, k: others[o].get(k, ""))
            for row, values in _records(tx, chosen.source, chosen.object)
            if row.key not in linked and _in_scope(chosen.flow, values)
        ]
    return Matched(chosen, propose(chosen.object, sources, targets), owners)


def _in_scope(flow: Flow | None, values: Mapping[str, Any]) -> bool:
    return flow is None or flow.scope_of(values) != "out"


def _records(tx: Tx, connection: str, object: str) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    for rows in snapshots.groups(tx, connection, object, GROUP):
        for row in rows:
            if row.data and not row.deleted:
                yield row, snapshots.data(row)


def _linked(tx: Tx, chosen: Sides) -> tuple[set[str], dict[str, str]]:
    """Records of the source that have a counterpart, and the target's with their owner."""
    found = links.between(tx, chosen.object, chosen.source, chosen.target)
    return {one.here for one in found}, {one.there: one.here_number for one in found if one.owns}


def _counterparts(tx: Tx, chosen: Sides, object: str) -> dict[str, str]:
    return {one.here: one.there for one in links.between(tx, object, chosen.source, chosen.target)}


# -- deciding ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decision:
    """A row of the sheet that says yes."""

    place: str
    """Where it stands, for messages."""
    source: str
    """Key of the record."""
    target: str
    """Number of its counterpart, or its key."""
    owner: bool | None = None
    """It is the one that is delivered; None: whichever comes first."""


@dataclass(slots=True)
class Linked:
    """What a sheet has done."""

    owners: int = 0
    aliases: int = 0
    known: int = 0
    """They were linked so before."""


@dataclass(slots=True)
class _Deciding:
    """Checks every decision before any link is made."""

    tx: Tx
    chosen: Sides
    now: float
    who: str
    done: Linked = field(default_factory=Linked)
    problems: list[Problem] = field(default_factory=list)
    _made: dict[str, dict[str, Any]] = field(default_factory=dict)

    def rows(self, decisions: Sequence[Decision]) -> list[dict[str, Any]]:
        """The links to be made. Raises ConfigError."""
        known = {o.here: o for o in links.between(self.tx, *self._between())}
        taken = {one.there for one in known.values() if one.owns}
        # Whoever is named as the owner comes first; of the others the first is it.
        for one in sorted(decisions, key=lambda one: one.owner is not True):
            self._decide(one, known.get(one.source), taken)
        if self.problems:
            raise ConfigError(self.problems)
        return list(self._made.values())

    def _between(self) -> tuple[str, str, str]:
        return self.chosen.object, self.chosen.source, self.chosen.target

    def _decide(self, one: Decision, known: Any | None, taken: set[str]) -> None:
        source = self._record(one, self.chosen.source, one.source, by_key=True)
        target = self._record(one, self.chosen.target, one.target)
        if source is None or target is None:
            return
        if known is not None:
            if known.there == target.key:
                self.done.known += 1
            else:
                self._refuse(one, "linked_already", number=source.number, there=known.number)
            return
        if source.key in self._made:
            self._refuse(one, "decided_twice", number=source.number)
            return
        owns = target.key not in taken
        if not owns and (one.owner or self.chosen.object not in SHARED):
            self._refuse(one, "has_owner", number=target.number)
            return
        taken.add(target.key)
        self._make(source, target, owns=owns)

    def _make(self, source: Any, target: Any, *, owns: bool) -> None:
        chosen = self.chosen
        self._made[source.key] = links.row(
            chosen.object,
            (chosen.source, source.key, source.number),
            (chosen.target, target.key, target.number),
            at=self.now,
            origin=self.who,
            owns=owns,
        )
        self.done.owners += owns
        self.done.aliases += not owns

    def _record(self, one: Decision, connection: str, name: str, *, by_key: bool = False) -> Any:
        object = self.chosen.object
        keys = snapshots.keys_of_numbers(self.tx, connection, object, [name])
        keys = [key for key in keys if key == name] if by_key else keys
        if len(keys) == 1:
            return snapshots.load(self.tx, connection, object, keys)[keys[0]]
        id = "not_one_there" if keys else "never_read_there"
        self._refuse(one, id, number=name, connection=connection)
        return None

    def _refuse(self, one: Decision, id: str, /, **params: Any) -> None:
        self.problems.append(Problem(one.place, say(id, **params)))


def decide(system: System, chosen: Sides, decisions: Sequence[Decision], who: str) -> Linked:
    """Make the links that people decided, all of them or none. Raises ConfigError."""
    store = system.store
    with store.transaction() as tx:
        store.make_links(tx)
        now = store.now(tx)
        deciding = _Deciding(tx, chosen, now, who)
        rows = deciding.rows(decisions)
        pairing.link(system, tx, chosen.object, rows, now)
        about = {"object": chosen.object, "links": len(rows)}
        journal.log_audit(tx, now, who, "match", about)
    return deciding.done
