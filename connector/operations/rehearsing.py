"""Rehearse: a year of records through mapping, value maps and links, and what would stop them.

Nothing is written and no system is asked: what was captured of both sides is enough. Everything
that is wrong with a record is found at once, and grouped by its cause over all records.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from connector.engine.resolving import Resolver
from connector.engine.scope import OWN_DATES, scope
from connector.engine.system import Flow, System
from connector.errors import ConnectorError, MappingFault, MissingLink, Words
from connector.mapping.document import LinkRef
from connector.mapping.writing import getter
from connector.messages import Message, load
from connector.objects import OBJECTS
from connector.store import deliveries, links, snapshots
from connector.store.engine import Tx

GROUP = 200
EXAMPLES = 3
TELLING = ("object", "record", "field", "table", "value", "path")
"""Parameters of a sentence that make another cause of it; sizes and details do not."""


@dataclass(slots=True)
class Cause:
    """What would keep records from arriving."""

    words: str
    who: str
    """Who must act."""
    count: int = 0
    """Records that it concerns."""
    examples: list[str] = field(default_factory=list)
    """Some of their numbers."""


@dataclass(slots=True)
class Rehearsal:
    """What would become of all of them."""

    records: int = 0
    linked: int = 0
    """Of them, those that have a counterpart already."""
    failing: int = 0
    """Of them, those that would not arrive."""
    causes: list[Cause] = field(default_factory=list)
    """The most frequent first."""
    first: dict[str, int] = field(default_factory=dict)
    """By object, records that another flow would create before."""


def rehearse(system: System, flow: Flow, since: date | None) -> Rehearsal:
    """What would stop the flow's records that are dated from `since` on, whatever its own
    `since` says."""
    return _Rehearsing(system, flow, since).all()


class _Rehearsing:
    """One rehearsal."""

    def __init__(self, system: System, flow: Flow, since: date | None) -> None:
        assert flow.target is not None
        assert flow.writer is not None
        self._system = system
        self._flow = flow
        self._target = flow.target.name
        self._writer = flow.writer
        self._since = since
        self._causes: dict[tuple[str, ...], Cause] = {}
        self._first: dict[str, set[str]] = {}
        self._found = Rehearsal()

    def all(self) -> Rehearsal:
        after = ""
        while True:
            with self._system.store.reading() as tx:
                rows = snapshots.walk(tx, self._flow.source, self._flow.object, after, GROUP)
                self._group(tx, [row for row in rows if self._concerned(row)])
            if not rows:
                break
            after = rows[-1].key
        found = self._found
        found.causes = sorted(self._causes.values(), key=lambda cause: -cause.count)
        found.first = {object: len(keys) for object, keys in self._first.items()}
        return found

    def _concerned(self, row: Any) -> bool:
        """It lies in the flow's scope as its conditions say, and is dated late enough."""
        values = snapshots.data(row)
        own = values.get(OWN_DATES.get(self._flow.object, "created_on"))
        if row.deleted or (self._since and own and date.fromisoformat(own) < self._since):
            return False
        get, flow = getter(values, OBJECTS[self._flow.object]), self._flow
        where = scope(flow.object, get, since=None, when=flow.when, hold=flow.hold)
        return not values or where != "out"

    def _group(self, tx: Tx, rows: Sequence[Any]) -> None:
        made = {row.key: self._made_of(row) for row in rows}
        resolver = Resolver(self._system, self._flow.source, self._target)
        resolver.prepare(tx, (ref for refs, _ in made.values() for ref in refs))
        creating = _Creating(self._system, tx, self._flow)
        keys = list(made)
        linked = links.find(tx, self._flow.object, self._flow.source, self._target, keys)
        self._found.records += len(rows)
        self._found.linked += len({link.here for link in linked})
        for row in rows:
            refs, faults = made[row.key]
            self._note(row, [*faults, *self._unresolved(refs, resolver, creating)])

    def _made_of(self, row: Any) -> tuple[list[LinkRef], list[MappingFault]]:
        """The links in its document, and everything that is in the document's way."""
        if row.fault or not row.data:
            return [], [MappingFault("", load(row.fault))]
        values = snapshots.data(row)
        try:
            return list(self._writer(values).links()), []
        except MappingFault:
            return self._writer.taken_apart(values)

    def _unresolved(
        self, refs: Sequence[LinkRef], resolver: Resolver, creating: _Creating
    ) -> Iterator[ConnectorError]:
        for ref in dict.fromkeys(refs):
            try:
                resolver(ref)
            except MissingLink as error:
                if creating.will(ref, error):
                    self._first.setdefault(ref.object, set()).add(ref.key)
                else:
                    yield error
            except MappingFault as error:
                yield error

    def _note(self, row: Any, errors: Sequence[ConnectorError]) -> None:
        self._found.failing += bool(errors)
        for key, error in {_cause(error.words): error for error in errors}.items():
            cause = self._causes.get(key)
            if cause is None:
                cause = self._causes[key] = self._explained(error)
            cause.count += 1
            if len(cause.examples) < EXAMPLES:
                cause.examples.append(row.number or row.key)

    def _explained(self, error: ConnectorError) -> Cause:
        reason = "waits_for" if isinstance(error, MissingLink) else "mapping"
        explained = self._system.hints[self._target].explain(error.words, reason)
        return Cause(explained.words, explained.who)


class _Creating:
    """Which missing counterparts another flow would create before."""

    def __init__(self, system: System, tx: Tx, flow: Flow) -> None:
        self._tx = tx
        self._flow = flow
        self._system = system
        self._known: dict[tuple[str, str], bool] = {}

    def will(self, ref: LinkRef, error: MissingLink) -> bool:
        """It is only not there yet. One that is there and cannot be used needs people."""
        words = error.words
        if not isinstance(words, Message) or words.id != "link_missing":
            return False
        key = ref.object, ref.key
        if key not in self._known:
            self._known[key] = any(self._is_due(flow, ref.key) for flow in self._flows(ref.object))
        return self._known[key]

    def _flows(self, object: str) -> Iterator[Flow]:
        assert self._flow.target is not None
        for flow in self._system.taking(self._flow.source, object):
            if flow.target is self._flow.target:
                yield flow

    def _is_due(self, flow: Flow, key: str) -> bool:
        row = deliveries.states(self._tx, flow.name, [key]).get(key)
        return row is not None and row.state != "stopped" and row.reason != "unlinked"


def _cause(words: Words) -> tuple[str, ...]:
    """What makes two refusals the same one."""
    if not isinstance(words, Message):
        return (str(words),)
    params: Mapping[str, Any] = words.params
    return (words.id, *(str(params[name]) for name in TELLING if name in params))
