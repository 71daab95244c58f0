"""From a configuration file to a system that runs: adapters, mappings, feeds and flows."""

from __future__ import annotations

import hashlib
import os
import socket
import uuid
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib import resources
from pathlib import Path
from typing import TypeVar

from connector import log, registry
from connector.clock import Clock, SystemClock
from connector.contract import Adapter, Settings
from connector.contract import Http as HttpProtocol
from connector.engine.insight import Insight
from connector.engine.system import Connection, Feed, Flow, System
from connector.errors import ConfigError, Problem
from connector.hints import Hints
from connector.http import Http, NoHttp
from connector.mapping.expr import Expression, ExpressionFault
from connector.mapping.kinds import kinds
from connector.mapping.load import Values, load
from connector.mapping.model import Mapping
from connector.mapping.reading import Reader
from connector.mapping.writing import Writer
from connector.messages import say
from connector.objects import OBJECTS
from connector.reviews.board import Board, Compiler, version
from connector.rules.binding import Binder, todos_in
from connector.rules.book import Book
from connector.rules.load import rules_of
from connector.settings import HUB, ConfigFile, FlowSettings
from connector.store.engine import Store

T = TypeVar("T")
SHOWN = frozenset({
    "board", "order_progress", "order_margin", "three_flows", "kitting", "availability",
    "material_requirement", "price_estimate", "slow_stock", "customer_standing", "cash_forecast",
    "measures", "salesperson_month", "order_backlog", "salesperson_debt",
})  # fmt: skip
"""What the console shows."""
MakeHttp = Callable[[Settings, Clock], HttpProtocol]


def shipped() -> Path:
    """The mappings that come with the product."""
    return Path(str(resources.files("mappings")))


def mapping_files(
    folders: Sequence[Path], connection: str, adapter: str, object: str
) -> list[Path]:
    """Where a connection's mapping may stand, the first that is there counts; `folders` are the
    site's."""
    own = [folder / connection / f"{object}.yaml" for folder in folders]
    return [*own, *(folder / adapter / f"{object}.yaml" for folder in (*folders, shipped()))]


class Assembly:
    """Builds a `System`, collecting every problem on the way."""

    def __init__(
        self, file: ConfigFile, clock: Clock | None = None, make_http: MakeHttp = Http
    ) -> None:
        self._file = file
        self._clock = clock or SystemClock()
        # A clock that tells the real time is no reason not to ask the database for its own, which
        # all processes share.
        self._store_clock = None if isinstance(clock, SystemClock) else clock
        self._make_http = make_http
        self._folders = [*file.mappings(), shipped()]
        """Of mappings, the first that has one counts."""
        self._values = Values([folder / "values" for folder in reversed(self._folders)])
        self._mappings: dict[tuple[str, str], Mapping | None] = {}
        self._asked: dict[str, str] = {}
        """Of flows that rules ask for, the places where they do."""
        self._connections: dict[str, Connection] = {}
        self._rules, self.problems = rules_of(file, self._folders)
        self.book = Book()
        """The rules; complete once `build` has returned."""
        self.board = Board()
        """The reviews, likewise."""

    def build(self) -> System:
        """The system. Raises ConfigError with everything that is wrong."""
        config = self._file.config
        for name in config.connections:
            self._trying(partial(self._connection, name))
        flows = self._flows()
        insight = self._insight(flows.values())
        self.book = self._bound(flows.values())
        self.board = self._reviews(flows)
        hints = {name: self._trying(partial(self._hints, name)) for name in self._connections}
        store = self._trying(self.store)
        if self.problems:
            raise ConfigError(self.problems)
        assert store is not None
        log.keep_secret(self._file.secrets)
        return System(
            store=store,
            clock=self._clock,
            connections=self._connections,
            feeds=self._feeds(flows),
            flows=flows,
            owner=f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}",
            keep=config.keep,
            insight=insight,
            language=config.language,
            seen=self._seen(store),
            watched=frozenset(self.book.rules),
            reckoned=self.book.reckoned | self.board.reckoned,
            shown=SHOWN if config.console.address else frozenset(),
            hints={name: found for name, found in hints.items() if found},
        )

    def _trying(self, work: Callable[[], T]) -> T | None:
        """What `work` makes; its problems are noted, and it makes nothing then."""
        try:
            return work()
        except ConfigError as error:
            self.problems += error.problems
            return None

    def _flows(self) -> dict[str, Flow]:
        flows: dict[str, Flow] = {}
        made, own = self._messages() | self._approvals() | self._todos(), self._file.config.flows
        for name, settings in {**made, **own}.items():
            flow = self._flow(name, settings)
            if flow is not None:
                flows[name] = flow
        self._check_writers(flows.values())
        self._check_opposites(flows.values())
        return flows

    def _messages(self) -> dict[str, FlowSettings]:
        """Each connection that tells has a flow of its messages; one of its name may stand in the
        configuration in its place."""
        return {
            f"messages_{name}": FlowSettings.model_validate(
                {
                    "object": "message",
                    "from": HUB,
                    "to": name,
                    "when": f'channel == "{name}"',
                    "max_creates": None,
                }
            )
            for name, one in self._connections.items()
            if one.adapter.tells
        }

    def _approvals(self) -> dict[str, FlowSettings]:
        """The same for what people approve there. What is over is withdrawn where the system has a
        call for it, and left alone elsewhere: its answer counts for nothing."""
        return {
            f"approvals_{name}": FlowSettings.model_validate(
                {
                    "object": "approval",
                    "from": HUB,
                    "to": name,
                    "when": f'channel == "{name}" and open',
                    "gone": "cancel" if _withdraws(one.adapter) else "follow",
                    "max_creates": None,
                }
            )
            for name, one in self._connections.items()
            if one.adapter.approves
        }

    def _todos(self) -> dict[str, FlowSettings]:
        """The same for to-dos of rules; one that was made there is finished there, too. Of what
        people changed in theirs, nothing is taken back but that it is done."""
        wanted = todos_in(self._file.config, self._rules)
        for name, rule in wanted.items():
            self._asked[f"todos_{name}"] = self._file.place("rules", rule, "todo")
        return {
            f"todos_{name}": FlowSettings.model_validate(
                {
                    "object": "todo",
                    "from": HUB,
                    "to": name,
                    "when": f'channel == "{name}" and not done',
                    "gone": "follow",
                    "on_conflict": "ours",
                    "max_creates": None,
                }
            )
            for name in wanted
            if name in self._connections
        }

    def _seen(self, store: Store) -> Path | None:
        """Where the age of this store is repeated beside it."""
        folder = store.path.parent if store.path else self._file.directory("store")
        name = store.path.name if store.path else store.url.database
        return folder / f"{name}.age" if name != ":memory:" else None

    def store(self) -> Store:
        """The store. Raises ConfigError."""
        url = self._file.store_url()
        try:
            return Store(url, self._store_clock)
        except ConfigError as error:
            place = self._file.place("store")
            raise ConfigError([Problem(place, p.words) for p in error.problems]) from None

    # -- connections ------------------------------------------------------------------------

    def _connection(self, name: str) -> None:
        wanted = str(self._file.config.connections[name].get("adapter", ""))
        kind = registry.adapter(wanted)
        if kind is None:
            place = self._file.place("connections", name, "adapter")
            known = ", ".join(registry.adapters())
            words = say("unknown_adapter", name=wanted, known=known)
            raise ConfigError([Problem(place, words)])
        settings = self._file.connection(name, kind)
        http = self._http(name, settings) if kind.speaks_http else NoHttp(self._clock)
        made = Connection(name, settings, kind(settings, http, self._clock))
        least = made.longest_request + made.adapter.capabilities.visibility_delay
        if settings.settle is not None and settings.settle <= least:
            place = self._file.place("connections", name, "settle")
            words = say("settle_too_short", name=name, settle=settings.settle, least=least)
            raise ConfigError([Problem(place, words)])
        self._connections[name] = made

    def _http(self, name: str, settings: Settings) -> HttpProtocol:
        try:
            return self._make_http(settings, self._clock)
        except ConfigError as error:
            place = self._file.place("connections", name, "base_url")
            raise ConfigError([Problem(place, p.words) for p in error.problems]) from None

    def _hints(self, name: str) -> Hints:
        file = f"hints/{self._connections[name].settings.adapter}.yaml"
        return Hints([folder / file for folder in reversed(self._folders)])

    # -- mappings ---------------------------------------------------------------------------

    def _mapping(self, connection: str, object: str, place: str) -> Mapping | None:
        """The site's own mapping for this connection or adapter, else the shipped one."""
        if (connection, object) not in self._mappings:
            self._mappings[connection, object] = self._load(connection, object, place)
        return self._mappings[connection, object]

    def _load(self, connection: str, object: str, place: str) -> Mapping | None:
        adapter = self._connections[connection].settings.adapter
        tried = mapping_files(self._folders[:-1], connection, adapter, object)
        for path in tried:
            if path.is_file():
                return self._trying(partial(load, path, self._values))
        names = ", ".join(path.as_posix() for path in tried)
        words = say("no_mapping", adapter=adapter, object=object, tried=names)
        self.problems.append(Problem(place, words))
        return None

    # -- flows and feeds --------------------------------------------------------------------

    def _flow(self, name: str, settings: FlowSettings) -> Flow | None:
        place = self._asked.get(name) or self._file.place("flows", name)
        flow = Flow(name, settings, settings.source)
        where = ("flows", name)
        flow.when = self._expression(settings.when, settings.object, *where, "when")
        flow.hold = self._expression(settings.hold, settings.object, *where, "hold")
        if settings.priority:
            self._check_names([settings.priority], settings.object, *where, "priority")
        if settings.source != HUB and settings.source in self._connections:
            mapping = self._mapping(settings.source, settings.object, place)
            if mapping is not None and mapping.read is None:
                words = say("mapping_does_not_read", file=mapping.file, object=settings.object)
                self.problems.append(Problem(place, words))
        if settings.to and settings.to in self._connections:
            mapping = self._mapping(settings.to, settings.object, place)
            if mapping is None:
                return None
            if mapping.write is None:
                words = say("mapping_does_not_write", file=mapping.file, object=settings.object)
                self.problems.append(Problem(place, words))
                return None
            flow.target = self._connections[settings.to]
            flow.writer = Writer(mapping)
        return flow

    def _expression(self, text: str, object: str, *place: str) -> Expression | None:
        if not text:
            return None
        try:
            made = Expression(text)
        except ExpressionFault as fault:
            words = say("bad_expression", name=place[-1], detail=str(fault))
            self.problems.append(Problem(self._file.place(*place), words))
            return None
        self._check_names(made.names, object, *place)
        return made

    def _check_names(self, names: Iterable[str], object: str, *place: str) -> None:
        """A name that the object lacks would be empty for ever, and what asks for it silent."""
        for name in names:
            if not name.startswith("custom.") and name not in kinds(OBJECTS[object]):
                words = say("unknown_field", name=name, object=object)
                self.problems.append(Problem(self._file.place(*place), words))

    def _insight(self, flows: Iterable[Flow]) -> Insight:
        settings = self._file.config.insight
        if settings.erp and settings.erp not in self._file.config.connections:
            known = ", ".join(self._file.config.connections)
            words = say("unknown_connection", name=settings.erp, known=known)
            self.problems.append(Problem(self._file.place("insight", "erp"), words))
        targets = (f.target.name for f in flows if f.object == "sales_order" and f.target)
        return Insight(
            settings,
            settings.erp or next(targets, ""),
            self._expression(settings.stock, "stock", "insight", "stock"),
            self._expression(settings.key_part, "material", "insight", "key_part"),
        )

    def _bound(self, flows: Iterable[Flow]) -> Book:
        binder = Binder(self._file, self._connections, list(flows), self._rules)
        made = binder.book()
        self.problems += binder.problems
        return made

    def _reviews(self, flows: dict[str, Flow]) -> Board:
        approving = {name for name, one in self._connections.items() if one.adapter.approves}
        compiler = Compiler(self._file, flows, self.book, approving)
        made = compiler.board()
        self.problems += compiler.problems
        for flow in flows.values():
            flow.review = version(made.by_flow.get(flow.name))
            flow.made_by = self._made_by(flow) if flow.review else ""
        return made

    def _made_by(self, flow: Flow) -> str:
        """Changes when the text of a mapping does by which a flow's records are read or written."""
        read = self._mappings.get((flow.source, flow.object))
        texts = [one.text for one in (read, flow.writer and flow.writer.mapping) if one]
        return hashlib.blake2b("\0".join(texts).encode(), digest_size=8).hexdigest()

    def _feeds(self, flows: dict[str, Flow]) -> dict[str, Feed]:
        feeds: dict[str, Feed] = {}
        for flow in flows.values():
            if flow.source == HUB:
                continue
            name = f"{flow.source}/{flow.object}"
            if name not in feeds:
                connection = self._connections[flow.source]
                mapping = self._mappings[flow.source, flow.object]
                assert mapping is not None
                marked = any(one.into(flow.source, flow.object) for one in flows.values())
                reader = Reader(mapping, connection.settings.zone, marked=marked)
                feeds[name] = Feed(connection, flow.object, reader)
            feeds[name].flows.append(flow)
        return feeds

    def _check_opposites(self, flows: Iterable[Flow]) -> None:
        """What two flows of one object in opposite directions must have, so that nothing is made
        twice and neither writes over the other for ever."""
        for one, other in _opposites(flows):
            assert one.writer is not None
            policies = sorted((one.settings.on_conflict, other.settings.on_conflict))
            wrong = ""
            if policies not in (["ask", "ask"], ["ours", "theirs"]):
                wrong = "opposite_policies" if one.name < other.name else ""
            elif not one.mapping.reference:
                wrong = "opposite_reference"
            elif one.writer.tables:
                wrong = "opposite_rows"
            if wrong:
                words = say(wrong, flow=one.name, other=other.name, file=one.mapping.file)
                self.problems.append(Problem(self._file.place("flows", one.name), words))

    def _check_writers(self, flows: Iterable[Flow]) -> None:
        """Two flows that write one field of one form would overwrite each other for ever."""
        taken: dict[tuple[str, str, str], str] = {}
        for flow in flows:
            if flow.target is None or flow.writer is None:
                continue
            for path in flow.writer.rules:
                key = (flow.target.name, flow.mapping.form, path)
                other = taken.setdefault(key, flow.name)
                if other != flow.name:
                    params = {"flow": flow.name, "other": other, "form": flow.mapping.form}
                    words = say("written_twice", field=path, **params)
                    self.problems.append(Problem(self._file.place("flows", flow.name), words))
                    break


def _withdraws(adapter: Adapter) -> bool:
    return "cancel" in adapter.capabilities.of("approval").operations


def _opposites(flows: Iterable[Flow]) -> list[tuple[Flow, Flow]]:
    """Every two flows that carry one object between the same systems, one each way."""
    ways = {(f.object, f.source, f.target.name): f for f in flows if f.target and f.writer}
    turned = ((flow, ways.get((object, to, of))) for (object, of, to), flow in ways.items())
    return [(one, other) for one, other in turned if other is not None]
