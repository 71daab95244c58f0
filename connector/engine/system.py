"""The compiled configuration: connections, feeds and flows as the engine uses them."""

from __future__ import annotations

import hashlib
import json
import random
import threading
from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connector.clock import Clock
from connector.contract import Adapter, FormCapabilities, Settings
from connector.engine.insight import Insight
from connector.engine.limits import Limits, Rest
from connector.engine.scope import Scope, scope
from connector.hints import Hints
from connector.mapping.expr import Expression
from connector.mapping.model import Mapping
from connector.mapping.reading import Reader
from connector.mapping.writing import Writer, getter
from connector.objects import OBJECTS
from connector.settings import HUB, FlowSettings, KeepSettings
from connector.store.engine import Store

THEIRS = "theirs"
"""The step of a record that people made in the target, as long as we have not changed it."""

SPARE = 60.0
"""Seconds of a lease beyond what two of the longest requests take."""


@dataclass(slots=True)
class Connection:
    """A system we speak to."""

    name: str
    settings: Settings
    adapter: Adapter

    @property
    def settle(self) -> float:
        """Seconds a record in doubt is left alone."""
        if self.settings.settle is not None:
            return self.settings.settle
        return self.longest_request + self.adapter.capabilities.visibility_delay + 60.0

    @property
    def longest_request(self) -> float:
        """Seconds after which a request that we gave up cannot still arrive, as far as we know."""
        return max(self.settings.timeout, self.adapter.capabilities.longest_write)

    @property
    def lease(self) -> float:
        """Seconds for which claimed records, or a reading, are one process's alone."""
        return 2 * self.longest_request + SPARE


@dataclass(slots=True)
class Feed:
    """The reading of one object from one connection."""

    connection: Connection
    object: str
    reader: Reader
    flows: list[Flow] = field(default_factory=list)
    """Every flow that takes the object from there, read-only ones included."""

    @property
    def name(self) -> str:
        return f"{self.connection.name}/{self.object}"

    @property
    def shape_id(self) -> str:
        """Changes when the mapping asks for other fields."""
        text = json.dumps([self.reader.shape.form, *self.fields], ensure_ascii=False)
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()

    @property
    def fields(self) -> list[Any]:
        shape = self.reader.shape
        tables = [[n, t.key, list(t.fields)] for n, t in shape.tables.items()]
        return [list(shape.fields), tables]

    @property
    def reads(self) -> str:
        return self.connection.adapter.capabilities.of(self.reader.shape.form).reads

    @property
    def vital(self) -> bool:
        """Some flow that takes it goes on while calls run short."""
        return any(flow.settings.vital for flow in self.flows)

    @property
    def pair(self) -> str:
        """The field by which records are paired with those of other systems; empty: not."""
        return next((flow.settings.pair for flow in self.flows if flow.settings.pair), "")


def idempotency(mapping: Mapping, form: FormCapabilities) -> str:
    """A: the target refuses a second record of ours. B: it can be searched. C: neither."""
    if mapping.onto:
        return "A"
    if not mapping.reference or not form.search:
        return "C"
    return "A" if mapping.reference_unique else "B"


@dataclass(slots=True)
class Flow:
    """An object on its way from one connection (or the hub) to another."""

    name: str
    settings: FlowSettings
    source: str
    target: Connection | None = None
    writer: Writer | None = None
    when: Expression | None = None
    hold: Expression | None = None
    review: str = ""
    """Version of the review that its records need; empty: none."""
    made_by: str = ""
    """Version of the mappings by which those records are read and written, without value maps."""

    @property
    def object(self) -> str:
        return self.settings.object

    @property
    def mapping(self) -> Mapping:
        assert self.writer is not None
        return self.writer.mapping

    @property
    def delivers(self) -> bool:
        """It writes somewhere; otherwise it only reads."""
        return self.target is not None

    @property
    def ends(self) -> frozenset[str]:
        """The two systems that it goes between, whichever way."""
        return frozenset((self.source, self.target.name if self.target else ""))

    def into(self, connection: str, object: str) -> bool:
        """It takes this object to there."""
        there = self.target is not None and self.target.name == connection
        return there and self.object == object

    @property
    def derived(self) -> bool:
        """It tells a record in the target what we found out: nobody's word stands against it."""
        return self.source == HUB and bool(self.mapping.onto)

    @property
    def finishes(self) -> bool:
        """What it carries is people's to finish, and to throw away."""
        return self.object == "todo"

    @property
    def until(self) -> str:
        return self.settings.until or self.mapping.until

    def reached(self, step: str) -> bool:
        """Our side has taken a record at this step as far as it should."""
        steps, until = self.capabilities.steps, self.until
        if not until or until not in steps or step == THEIRS:
            return True
        return step in steps and steps.index(step) >= steps.index(until)

    @property
    def capabilities(self) -> FormCapabilities:
        assert self.target is not None
        return self.target.adapter.capabilities.of(self.mapping.form)

    @property
    def idempotency(self) -> str:
        """Of what it creates."""
        return idempotency(self.mapping, self.capabilities)

    @property
    def scope_id(self) -> str:
        """The flow's name with a mark that changes with what belongs to it."""
        settings = self.settings
        text = json.dumps([str(settings.since), settings.when, settings.hold, settings.on_demand])
        return f"{self.name} {hashlib.blake2b(text.encode(), digest_size=6).hexdigest()}"

    def scope(self, get: Callable[[str], Any]) -> Scope:
        """Whether a record belongs here."""
        settings = self.settings
        return scope(self.object, get, since=settings.since, when=self.when, hold=self.hold)

    def scope_of(self, values: MappingOf[str, Any]) -> Scope:
        """The same for a record as stored."""
        return self.scope(getter(values, OBJECTS[self.object]))

    def priority(self, get: Callable[[str], Any]) -> int:
        value = get(self.settings.priority) if self.settings.priority else 0
        return int(value or 0)

    def line(self, key: str, values: Callable[[str], Any]) -> str:
        """The target record's queue, where several flows write onto one record."""
        if self.target is None or not self.mapping.onto:
            return ""
        return f"{self.target.name}/{self.mapping.form}/{values(self.mapping.onto) or key}"


@dataclass(slots=True)
class System:
    """Everything the engine works with."""

    store: Store
    clock: Clock
    connections: dict[str, Connection]
    feeds: dict[str, Feed]
    flows: dict[str, Flow]
    owner: str
    """Who we are in claims and leases: differs for every process start."""
    keep: KeepSettings = field(default_factory=KeepSettings)
    insight: Insight = field(default_factory=Insight)
    """How it is computed what only both sides together can tell."""
    random: random.Random = field(default_factory=random.Random)
    language: str = "zh"
    """In which reasons are written to other systems, whoever runs the command."""
    seen: Path | None = None
    """File beside the store in which its starts are counted, too; None: nowhere."""
    watched: frozenset[tuple[str, str]] = frozenset()
    """Connections, each with a kind of record in it, that rules watch."""
    reckoned: frozenset[str] = frozenset()
    """Derived objects that conditions and texts name of the records they are about."""
    shown: frozenset[str] = frozenset()
    """What pages for people show: derived objects, and the board of orders."""
    hints: MappingOf[str, Hints] = field(default_factory=dict)
    """What remote texts mean, by connection."""
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set when we are to end: what is under way is finished, nothing new is begun."""
    limits: dict[str, Limits] = field(init=False)
    """What each connection lets us do now."""

    def __post_init__(self) -> None:
        self.limits = {
            name: Limits(name, known.settings, known.adapter, self.store, self.clock)
            for name, known in self.connections.items()
        }

    def resting(self, part: Feed | Flow) -> Rest | None:
        """Why a feed is not to be read, or a flow not to write, now; None: go on."""
        if isinstance(part, Feed):
            return self.limits[part.connection.name].reading(vital=part.vital)
        if part.target is None:
            return None
        limits, onto = self.limits[part.target.name], bool(part.mapping.onto)
        return limits.writing(vital=part.settings.vital, onto=onto)

    def settle_calls(self, *, at_once: bool = False) -> None:
        """Add what was called to the store's counts; see `Limits.settle`."""
        for limits in self.limits.values():
            limits.settle(at_once=at_once)

    def asked_of_hub(self) -> set[str]:
        """The derived objects that flows carry on, rules watch, conditions name or pages show."""
        carried = {flow.object for flow in self.flows.values() if flow.source == HUB}
        watched = {object for connection, object in self.watched if connection == HUB}
        return carried | watched | self.reckoned | self.shown

    def delivering(self) -> list[Flow]:
        """The flows that write, those that others wait for first."""
        return [flow for flow in self.flows.values() if flow.delivers]

    def taking(self, connection: str, object: str) -> list[Flow]:
        """The flows that deliver this object from this connection."""
        return [
            flow
            for flow in self.flows.values()
            if flow.delivers and flow.source == connection and flow.object == object
        ]

    def opposite(self, flow: Flow) -> Flow | None:
        """The flow that carries the same object the other way: the two share links."""
        assert flow.target is not None
        back = self.taking(flow.target.name, flow.object)
        return next((f for f in back if f.target and f.target.name == flow.source), None)

    def named_in(self, flow: Flow) -> str:
        """The connection whose keys the flow's records name: the hub's own are those of the ERP."""
        return self.insight.erp if flow.source == HUB else flow.source

    @property
    def own_zone(self) -> ZoneInfo:
        """In which the firm tells the time: the ERP's, or that of the first system."""
        return self.zone(self.insight.erp or next(iter(self.connections)))

    def zone(self, connection: str) -> ZoneInfo:
        return self.connections[connection].settings.zone
