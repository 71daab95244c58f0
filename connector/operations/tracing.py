"""Trace: the whole story of one record, in order, from both sides.

Told from what the store keeps: what changed in the record, every attempt to deliver it, what
was written back about it, the documents in the target that name it, and what people decided.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from connector.contract import is_empty
from connector.derive.subjects import subject
from connector.engine.system import Flow, System
from connector.mapping.document import Canonical, undigest
from connector.messages import Message, load, say, word
from connector.objects.showing import called, labels, plainly, readable
from connector.objects.sights import HIDDEN, hidden, names
from connector.operations import finding
from connector.settings import HUB
from connector.store import deliveries, journal, links, mentions, remarks, snapshots
from connector.store.engine import Tx


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    at: datetime
    """In the zone of the record's own system."""
    where: str
    """Connection or flow; before an object's name with its number, a document that names it."""
    what: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A record: where it stands, what it is linked to, and what happened."""

    object: str
    connection: str
    key: str
    number: str
    zone: str
    record: dict[str, Any]
    deliveries: list[dict[str, Any]]
    links: list[dict[str, Any]]
    events: list[Event]


def trace(
    system: System, object: str, number: str, *, hides: frozenset[str] = frozenset()
) -> list[Story]:
    """The story of every record of this object that has this number, or this key, without the
    kinds of fields that are hidden.

    Raises ConfigError for an object that does not exist, NotFound for a record.
    """
    with system.store.reading() as tx:
        found = finding.rows(system, tx, object, number)
        stories = [_Teller(system, tx, row, hides).story() for row in found]
    told = [story for story in stories if story.deliveries]
    return told or stories


class _Teller:
    """Puts one record's story together, inside one reading transaction."""

    def __init__(self, system: System, tx: Tx, row: Any, hides: frozenset[str]) -> None:
        self._system = system
        self._hides = hides
        self._tx = tx
        self._row = row
        self._values: Mapping[str, Any] = snapshots.data(row)
        self._zone = _zone(system, row.connection)
        self._lines = labels(self._values)
        self._links = links.about(tx, row.object, row.connection, row.key)
        self._flows = system.taking(row.connection, row.object)

    def story(self) -> Story:
        row = self._row
        # What happened in one moment stands in the order in which it follows: read, sent, told.
        events = [*self._read(row), *self._delivered(), *self._linked(), *self._made_of_it()]
        events += [*self._told(), *self._reviewed(), *self._decided()]
        return Story(
            object=row.object,
            connection=row.connection,
            key=row.key,
            number=row.number,
            zone=str(self._zone),
            record=hidden(names(row.object, self._hides), dict(self._values))[0],
            deliveries=[self._delivery(item) for item in self._rows()],
            links=[link._asdict() for link in self._links],
            events=sorted(events, key=lambda event: event.at),
        )

    def _rows(self) -> Iterator[Any]:
        yield from deliveries.about(self._tx, self._row.key, [flow.name for flow in self._flows])
        for flow, key in self._from_hub():
            yield from deliveries.about(self._tx, key, [flow.name])

    def _delivery(self, row: Any) -> dict[str, Any]:
        """Where it stands; what was sent is for those alone from whom nothing is hidden."""
        kept = ("flow", "state", "reason", "step", "attempts", "reference", "since", "due_at",
                "mapping")  # fmt: skip
        flow, sent = self._system.flows[row.flow], undigest(row.sent or row.document)
        told = dict(self._sent(sent, flow.source))
        if names(flow.object, self._hides):
            told = dict.fromkeys(told, HIDDEN)
        return {name: getattr(row, name) for name in kept} | {
            "words": readable(str(load(row.detail)), self._lines),
            "sent": told,
        }

    def _sent(self, form: Canonical, source: str, place: str = "") -> Iterator[tuple[str, str]]:
        """What a document says, by the target's fields; where it names a record's counterpart, as
        the record is called."""
        for name, value in form["f"].items():
            linked = _LINK.fullmatch(value) if isinstance(value, str) else None
            if linked:
                object, key = linked.groups()
                row = snapshots.load(self._tx, source, object, [key]).get(key)
                value = f"→ {row.number if row and row.number else key}"
            yield f"{place}{name}", plainly(value)
        for table, rows in form.get("t", {}).items():
            for line, inner in rows.items():
                where = f"{place}{table}[{self._lines.get(line, line)}]."
                yield from self._sent(inner, source, where)

    def _read(self, row: Any, document: str = "") -> Iterator[Event]:
        """What changed in a record, this one or one that names it."""
        where = f"{row.connection} {document}".strip()
        unseen = names(row.object, self._hides)
        changes = [
            (c, _seen(json.loads(c.diff or "{}"), unseen))
            for c in snapshots.history(self._tx, row.connection, row.object, row.key)
        ]
        for change, found in changes:
            words = _changed(found, self._lines)
            if change.kind == "new":
                words = _at_first(snapshots.data(row), [diff for _, diff in changes])
            yield self._event(change.at, where, f"source_{change.kind}", words)

    def _delivered(self) -> Iterator[Event]:
        names = [flow.name for flow in self._flows]
        yield from self._attempts(self._row.key, names)

    def _attempts(self, key: str, flows: list[str]) -> Iterator[Event]:
        for attempt in journal.attempts_of(self._tx, key, flows):
            words = self._words_of(attempt)
            yield self._event(attempt.at, attempt.flow, attempt.outcome, str(words))

    def _words_of(self, attempt: Any) -> Message | str:
        flow = self._system.flows.get(attempt.flow)
        return _named_fields(load(attempt.words), flow, self._lines)

    def _linked(self) -> Iterator[Event]:
        for link in self._links:
            if link.at:
                other = link.target if link.source == self._row.connection else link.source
                number = link.target_number if other == link.target else link.source_number
                known = link.origin in ("created", "adopted", "paired")
                what, words = (link.origin, number) if known else ("set", f"{number} {link.origin}")
                yield self._event(link.at, other, f"link_{what}", words)

    def _made_of_it(self) -> Iterator[Event]:
        """What was released for the order, the ERP's documents that name it, and what names one of
        those in its turn: a requisition's purchase order, and its receipt."""
        if self._row.object != "sales_order":
            return
        seen: set[tuple[str, str, str]] = set()
        for released in mentions.documents(self._tx, HUB, subject("demand", self._row.key)):
            yield self._event(released.changed_at, f"{HUB} {_named(released)}", "released", "")
            flows = [flow.name for flow in self._system.taking(HUB, released.object)]
            yield from self._attempts(released.key, flows)
            for link in links.about(self._tx, released.object, HUB, released.key):
                yield from self._naming(link.target, "document", link.target_number, seen)
        for link in self._links:
            yield from self._naming(link.target, "order", link.target_number, seen)

    def _naming(
        self, erp: str, kind: str, number: str, seen: set[tuple[str, str, str]]
    ) -> Iterator[Event]:
        """The ERP's documents that name the one with this number, directly or over others."""
        for document in mentions.documents(self._tx, erp, subject(kind, number)) if number else ():
            place = document.connection, document.object, document.key
            if place not in seen:
                seen.add(place)
                yield from self._read(document, _named(document))
                yield from self._naming(erp, "document", document.number, seen)

    def _from_hub(self) -> Iterator[tuple[Flow, str]]:
        """The flows that write about this record, and the key they know it by."""
        for flow in self._system.delivering():
            if flow.source == HUB and flow.object == "delivery_status":
                yield from ((flow, f"{mine.name}/{self._row.key}") for mine in self._flows)
            elif flow.source == HUB and self._row.object == "sales_order":
                yield flow, self._row.key

    def _told(self) -> Iterator[Event]:
        for flow, key in self._from_hub():
            yield from self._attempts(key, [flow.name])

    def _reviewed(self) -> Iterator[Event]:
        """What people said of it under review, in their own words."""
        for flow in self._flows:
            for row in remarks.of(self._tx, flow.name, [self._row.key])[self._row.key]:
                moment = datetime.fromtimestamp(row.at, self._zone)
                who = f"{row.who} ({row.department})" if row.department else row.who
                yield Event(moment, who, f"review_{row.kind}", row.text)

    def _decided(self) -> Iterator[Event]:
        names = {flow.name for flow in self._flows}
        for row in journal.decided(self._tx, self._row.key):
            about = json.loads(row.about)
            if about.get("flow") in names or about.get("object") == self._row.object:
                yield self._event(row.at, row.who, f"person_{row.what}", "")

    def _event(self, at: float, where: str, what: str, words: str) -> Event:
        moment = datetime.fromtimestamp(at, self._zone)
        return Event(moment, where, what, readable(words, self._lines))


def _named_fields(
    words: Message | str, flow: Flow | None, lines: Mapping[str, str]
) -> Message | str:
    """What is said of an attempt, with fields of the target by what they are called here."""
    if not (isinstance(words, Message) and words.id == "updated_fields" and flow and flow.writer):
        return words
    found = []
    for path in str(words.params["fields"]).split(", "):
        table, _, rest = path.partition("/")
        line, _, name = rest.partition("/")
        rule = flow.writer.rules.get(f"{table}/{name}" if name else path)
        if rule is None or not rule.sources:
            found.append(path)
        elif name:
            found.append(called(f"lines[{lines.get(line, line)}].{rule.sources[0]}"))
        else:
            found.append(called(rule.sources[0]))
    return say("updated_fields", fields=str(say("comma")).join(dict.fromkeys(found)))


def _named(document: Any) -> str:
    return str(say("document", object=document.object, number=document.number))


def _zone(system: System, connection: str) -> ZoneInfo:
    """The record's own zone; of the hub's records, that of the first connection."""
    known = system.connections
    return system.zone(connection if connection in known else next(iter(known)))


_LINK = re.compile(r"→(\w+)/(.+)\.\w+(?:@.*)?")
"""A link in a document: what it points to, and its key in the source."""
TELLING = (
    "status", "order_date", "amount_with_tax", "planned", "finished", "shipped_on", "waybill",
)  # fmt: skip
"""Fields that say what a record was when it was first read."""


def _seen(diff: Mapping[str, Any], unseen: frozenset[str]) -> dict[str, Any]:
    """What changed, as far as it may be seen."""
    return {name: hidden(unseen, both)[0] for name, both in diff.items()
            if name.rpartition(".")[2].rpartition("/")[2] not in unseen}  # fmt: skip


def _at_first(values: Mapping[str, Any], diffs: Sequence[Mapping[str, Any]]) -> str:
    """The record's own words then: what it says now, with every change since taken back."""
    first = {name: values.get(name) for name in TELLING}
    for found in reversed(diffs):
        first |= {name: old for name, (old, _) in found.items() if name in first}
    told = [f"{called(name)}: {_shown(name, value)}" for name, value in first.items() if value]
    return ", ".join(told)


def _changed(found: Mapping[str, Any], lines: Mapping[str, str]) -> str:
    return ", ".join(_difference(name, old, new, lines) for name, (old, new) in found.items())


def _difference(name: str, old: Any, new: Any, lines: Mapping[str, str]) -> str:
    path = called(readable(f"{name}.", lines).removesuffix("."))
    if isinstance(old, dict) or isinstance(new, dict):
        return str(say("line_dropped" if new is None else "line_added", line=path))
    return f"{path}: {_shown(name, old)} → {_shown(name, new)}"


def _shown(name: str, value: Any) -> str:
    if is_empty(value):
        return "∅"
    return word("status", value) if name.endswith("status") else plainly(value)
