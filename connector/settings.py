"""The configuration: one YAML file, checked whole before anything starts.

Secrets stand in it by reference only: `${env:NAME}` or `${file:/path}`. Every mistake is
listed with its place; unknown words are refused.
"""

from __future__ import annotations

import os
import re
from datetime import date, time
from decimal import Decimal
from inspect import get_annotations
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic.fields import FieldInfo

from connector import complaints
from connector.closed import Hours, opening
from connector.contract import ABOUT_HTTP, Adapter, Settings
from connector.errors import ConfigError, Problem
from connector.messages import LANGUAGES, Message, language, say, set_language
from connector.objects import DERIVED, OBJECTS, RELEASED, TOLD
from connector.overlay import Layers, mappings_beside

HUB = "hub"
"""The store seen as a connection: derived records come from it."""

_REFERENCE = re.compile(r"\$\{(\w+):([^}]*)\}")
_PASSWORD = re.compile(r"://[^/@:]*:(.+)@")
"""The password in a database's URL."""
SQLITE = "sqlite:///"
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "y": 31_536_000}


CHANGE_ME = "CHANGE_ME"
"""What `init` writes where only the site knows the value."""
STAND_INS = {"base_url": "https://change-me.invalid"}
"""Of settings that not every text will do for, what stands in a draft until they are filled in;
any other such setting has an example of its own."""


def stand_in(key: str, field: FieldInfo | None) -> Any:
    """What stands for a setting that nobody has filled in yet."""
    examples = field.examples if field else None
    return examples[0] if examples else STAND_INS.get(key, CHANGE_ME)


def seconds(value: Any) -> Any:
    """`30s`, `5m`, `1h`, `90d`, `1y` or a number, as seconds. Raises ValueError for other text."""
    if not isinstance(value, str) or re.fullmatch(r"\d+(\.\d+)?", value):
        return value
    if not re.fullmatch(r"\d+(\.\d+)?[smhdy]", value):
        raise ValueError(say("need_duration"))
    return float(value[:-1]) * _UNITS[value[-1]]


Duration = Annotated[float, BeforeValidator(seconds), Field(ge=0)]


def _whole(value: Any) -> Any:
    return None if value == "none" else value


def _since(value: Any) -> Any:
    return None if value == "all" else value


def _names(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
"""One name or several."""


def _clock(value: Any) -> Any:
    """`08:30`. Raises ValueError with a sentence."""
    if isinstance(value, time):
        return value
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", str(value)):
        raise ValueError(say("need_time"))
    hour, _, minute = str(value).partition(":")
    return time(int(hour), int(minute))


def _address(value: Any) -> Any:
    """`host:port`, or empty."""
    port = str(value).rpartition(":")[2]
    if value and not (":" in str(value) and port.isdigit() and int(port) < 65_536):
        raise ValueError(say("need_address"))
    return value


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class FlowSettings(_Model):
    """One flow: an object, from where, to where, when and how."""

    object: str
    """Kind of business object."""
    source: str = Field(alias="from")
    """Connection it comes from, or `hub` for what is derived."""
    to: str = ""
    """Connection it goes to; empty: it is only read."""
    every: Duration = 60.0
    """How often it is read."""
    compare: Duration = 86_400.0
    """How often everything is read, whatever its stamp, to find deletions and what a stamp did
    not tell; 0: never."""
    since: Annotated[date | None, BeforeValidator(_since)] = None
    """Records whose own date lies before this stay out, however often they are edited; `all`."""
    when: str = ""
    """Only records for which this expression holds."""
    hold: str = ""
    """Records for which this holds wait, as under an approval in their own system."""
    pair: Literal["", "number"] = ""
    """`number`: link records of this object in both systems that show the same number."""
    review: str = ""
    """The review, under `reviews`, that a record needs before it is delivered; empty: none."""
    priority: str = ""
    """Field by which records are urgent: higher goes first."""
    quiet: Duration = 0.0
    """Seconds without edits before a change is delivered."""
    on_conflict: Literal["ours", "theirs", "ask"] = "ask"
    """When people in the target changed a field that also changed in the source."""
    on_demand: bool = False
    """A record goes only when another's link asks for it; its changes then go like anybody's."""
    gone: Literal["stop", "cancel", "close", "follow"] = "stop"
    """What a deleted, cancelled or no longer matching record does to its delivered document;
    `follow`: what no longer matches is delivered all the same, once it stands there."""
    max_creates: Annotated[int | None, BeforeValidator(_whole)] = 500
    """A run that would create more than this stops first; `none`: no limit."""
    max_gone: int = Field(default=5, ge=0, le=100)
    """A reading in which more than this share (per cent) of the records is gone stops first."""
    vital: bool = False
    """It goes on while a connection's quota runs short; of a flow that only reads, its reading."""
    mode: Literal["live", "observe"] = "live"
    """`observe`: everything up to the plan, nothing is written."""
    until: Literal["", "saved", "submitted", "audited"] = ""
    """How far our side takes a bill; empty: as the mapping says."""
    on_change: Annotated[
        tuple[Literal["edit", "change_bill", "unaudit", "ask"], ...], BeforeValidator(_names)
    ] = ()
    """How a bill beyond plain editing may change; empty: as the mapping says."""
    accept: Names = ()
    """Prompts of the target that are answered yes; otherwise they stop the record."""
    group: int = Field(default=50, ge=1, le=500)
    """Records claimed together, whose intents are committed in one transaction."""
    attempts: int = Field(default=8, ge=1)
    """Counted failures before a record stops and waits for a person."""


class KeepSettings(_Model):
    """How long history is kept."""

    attempts: Duration = 90 * 86400.0
    """Attempts and their answers."""
    changes: Duration = 365 * 86400.0
    """What changed in which record."""
    personal: Duration = 30 * 86400.0
    """Of both, what tells of people."""


Rate = Annotated[Decimal, Field(ge=0, lt=1)]


class InsightSettings(_Model):
    """How it is computed what only both sides together can tell."""

    erp: str = ""
    """Connection whose materials, stock and documents count; empty: where the orders go."""
    stock: str = 'status == "usable" and (owner ?? "") == ""'
    """Which stock counts, in the expression language of mappings, over a stock record."""
    key_part: str = "lead_time_days > 20"
    """Which bought parts an order waits for before it can start, over a material."""
    plan_by: Literal["day", "week"] = "day"
    """Needs of one day, or of one week, are planned together."""
    margin_rate: Rate = Decimal("0.3")
    """Share of the price that an estimate adds to the cost as margin."""
    tax_rate: Rate = Decimal("0.13")
    """Tax of an estimated price."""
    terms: dict[str, Annotated[int, Field(ge=0)]] = {}
    """Days after shipment by which an order is paid, by its terms of payment."""
    slow_after: Duration = 180 * 86400.0
    """Stock that nobody has moved for so long is slow."""
    release_ahead: Duration | None = None
    """The daemon releases by itself what must be ordered or started within so long; `null`: people
    do it."""
    stale_after: Duration = 86400.0
    """An answer says so where one of its inputs was read longer ago than this."""


class PersonSettings(_Model):
    """Somebody, or a group, whom messages can reach."""

    name: str = ""
    """What people call them; empty: as they are named here."""
    roles: Names = ()
    """What they are for: rules tell roles."""
    is_: Names = Field(default=(), alias="is")
    """Who they are in the systems: numbers or keys of employees. A record's salesperson is found
    by it."""
    ids: dict[str, str] = {}
    """By connection, as whom it knows them: a mobile, a user id, an address; empty text: all who
    read it. The first is used where a rule names no channel."""
    logins: Names = ()
    """Who they are on this machine: what they do there is done in their name."""
    language: Literal["", "zh", "en"] = ""
    """Of what they are told; empty: the configuration's."""


class ReportSettings(_Model):
    """A report that comes by itself."""

    report: Literal["sales", "backlog", "overdue", "on_time"]
    to: Names
    """Roles or people who get it."""
    every: Literal[
        "day", "workday", "month",
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ] = "monday"  # fmt: skip
    """On which days; `month`: on its first."""
    at: Annotated[time, BeforeValidator(_clock)] = time(8, 30)
    """When; the firm's time."""


class MessageSettings(_Model):
    """When and how much is told."""

    quiet: Annotated[
        tuple[Annotated[Hours, BeforeValidator(Hours.parse)], ...], AfterValidator(opening)
    ] = (Hours(time(20), time(8)),)
    """Hours in which only what is urgent is told."""
    workdays: bool = True
    """The same on days on which nobody works."""
    fold: int = Field(default=10, ge=1)
    """Messages an hour that one recipient gets at most; what more there is to tell comes in one."""
    report: Names = ()
    """Roles or people who get the daily report; it comes on good days, too."""
    report_at: Annotated[time, BeforeValidator(_clock)] = time(8, 30)
    """When it comes."""
    reports: dict[str, ReportSettings] = {}
    """Other reports that come by themselves, each under a name of your own."""
    url: str = ""
    """Address under which people reach the page that answers reviews, such as
    `https://connector.example.com`; empty: messages hold no links."""
    to_customers: int = Field(default=2, ge=0)
    """Messages a day that an address outside the company gets at most."""


class DepartmentSettings(_Model):
    """Who looks at a record before it is delivered."""

    who: Names
    """Roles or people, any of whom may answer."""
    when: str = ""
    """Only records for which this holds, in the expressions of rules; empty: all."""
    asks: Names = ()
    """Fields that must be given with an approval: they are laid over the record."""
    shows: Names = ()
    """What it is shown, and what is kept as it was then: fields as rules name them."""


class ReviewSettings(_Model):
    """What departments look at before it is delivered (订单评审)."""

    departments: dict[str, DepartmentSettings]
    """By name; all of them are asked at once, and all must approve."""
    by: Names = ()
    """Connections that tell people; empty: as each can be reached first."""
    via: str = ""
    """Connection in which people approve: whoever it knows answers there; empty: nobody."""
    look: Duration = 300.0
    """How often it is looked there whether somebody has answered."""
    remind: Duration = 4 * 3600.0
    """After how long without an answer a department is reminded, again and again."""
    escalate: Duration = 86_400.0
    """After how long those under `escalate_to` are told, too, once."""
    escalate_to: Names = ()
    """Roles or people."""
    expires: Duration = 7 * 86_400.0
    """How long a link in a message can be used to answer."""


class ConsoleSettings(_Model):
    """The pages for people, and the interface for programs."""

    address: Annotated[str, BeforeValidator(_address)] = ""
    """Where `connector console` listens, such as `127.0.0.1:8090`; empty: there is none, and what
    it alone shows is not computed. An address that others reach needs TLS: `certificate` and `key`,
    or a proxy that speaks it and is reached under a `url` with `https`."""
    url: str = ""
    """Under which people reach it, such as `https://connector.example.com`; empty: `address`."""
    certificate: Path | None = None
    """File with its certificate, and those between it and the authority."""
    key: Path | None = None
    """File with the certificate's key."""
    idle: Duration = 1800.0
    """After so long without a page, people log in again."""
    longest: Duration = 43_200.0
    """The same, whatever they did meanwhile."""


class CalendarSettings(_Model):
    """Working days of the firm, over those that the State Council orders."""

    off: tuple[date, ...] = ()
    """Days on which nobody works."""
    on: tuple[date, ...] = ()
    """Days on which people work all the same."""


class Config(_Model):
    """The whole configuration."""

    extends: str = ""
    """A configuration that this one is laid over: mappings are merged, other values replaced. Its
    path is relative to this file; empty: this one stands alone."""
    store: str = "sqlite:///connector.db"
    """Database URL; a relative SQLite path is relative to this file."""
    language: Literal["zh", "en"] = "zh"
    """Language of reasons written to the CRM, of logs and of the command line."""
    connections: dict[str, dict[str, Any]]
    """Connections by name; the fields are the adapter's."""
    flows: dict[str, FlowSettings]
    """Flows by name."""
    keep: KeepSettings = KeepSettings()
    """How long history is kept."""
    insight: InsightSettings = InsightSettings()
    """What is computed from both sides."""
    rules: dict[str, Any] = {}
    """Rules by name: those of `rules/NAME.yaml`, changed by what stands here, or new ones."""
    people: dict[str, PersonSettings] = {}
    """Whom rules tell."""
    messages: MessageSettings = MessageSettings()
    """When and how much is told."""
    reviews: dict[str, ReviewSettings] = {}
    """Reviews that flows may ask for."""
    sees: dict[Literal["costs", "personal", "reports"], Names] = {}
    """Roles or people who see what things cost us, and what tells of people; admins see all. Where
    nobody is named: of costs only admins, of people those who run things as well."""
    console: ConsoleSettings = ConsoleSettings()
    """The pages for people."""
    calendar: CalendarSettings = CalendarSettings()
    """Working days."""
    workers: int = Field(default=8, ge=1, le=64)
    """Threads that read and deliver."""
    health: Annotated[str, BeforeValidator(_address)] = "127.0.0.1:8080"
    """Address of the health endpoint; empty: none."""


class Unfilled(ValueError):
    """A value that somebody still has to give."""

    def __init__(self, words: Message) -> None:
        super().__init__(words)
        self.words = words


class ConfigFile:
    """A configuration with the places of everything in it."""

    def __init__(
        self, path: Path, *, speak: bool = False, draft: bool = False, secrets: bool = True
    ) -> None:
        """Read and check `path`. Raises ConfigError with every problem that one reading finds.

        `speak`: messages are in the file's language from then on, those of its mistakes too.
        `draft`: what is still to be filled in is noted, and something stands in its place.
        Without `secrets` nothing is looked up that connections refer to: something stands there.
        """
        self.path = path
        self.problems: list[Problem] = []
        self.unfilled: list[Problem] = []
        """Of a draft, what is still to be filled in."""
        self._draft = draft
        self._looks_up = secrets
        self._layers = Layers.of(path)
        self.paths = self._layers.files
        """The file and those that it extends."""
        plain = self._layers.plain()
        if speak and isinstance(plain, dict):
            wanted = plain.get("language", Config.model_fields["language"].default)
            set_language(wanted if wanted in LANGUAGES else language())
        self.secrets: set[str] = set()
        self.files: set[Path] = set()
        """Secrets and certificates that it names and that were read."""
        self.config = self._config(plain)

    def _config(self, plain: Any) -> Config:
        try:
            config = Config.model_validate(plain)
        except ValidationError as error:
            raise ConfigError(self.translate(error, ())) from None
        for name, flow in config.flows.items():
            self._check_flow(name, flow, config)
        if self.problems:
            raise ConfigError(self.problems)
        return config

    def place(self, *path: Any) -> str:
        """Where an item stands, as `file:line:column`; as near as it is there."""
        return self._layers.find(path).place

    def inside(self, *path: Any) -> Layers:
        """What the files say of one item."""
        return self._layers.inside(*path)

    def directory(self, *path: Any) -> Path:
        """The folder of the file in which an item stands: relative names start there."""
        return self._layers.find(path).file.resolve().parent

    def mappings(self) -> list[Path]:
        """The site's folders of mappings; what stands in the first counts."""
        return mappings_beside(self.paths)

    def problem(self, path: tuple[Any, ...], id: str, /, **params: Any) -> None:
        """Note a mistake at `path`."""
        self.problems.append(Problem(self.place(*path), say(id, **params)))

    def translate(self, error: ValidationError, prefix: tuple[Any, ...]) -> list[Problem]:
        """Pydantic's complaints in our words, with their places."""
        return complaints.problems(error, prefix, lambda path: self.place(*path))

    def _check_flow(self, name: str, flow: FlowSettings, config: Config) -> None:
        where = ("flows", name)
        if flow.object not in OBJECTS:
            known = ", ".join(OBJECTS)
            self.problem((*where, "object"), "unknown_object", name=flow.object, known=known)
        known = ", ".join(config.connections)
        for item, connection in (("from", flow.source), ("to", flow.to)):
            if connection and connection not in (*config.connections, HUB):
                self.problem((*where, item), "unknown_connection", name=connection, known=known)
        if flow.to == HUB:
            self.problem((*where, "to"), "unknown_connection", name=HUB, known=known)
        if flow.on_demand and flow.since:
            self.problem((*where, "since"), "demand_since", name=name)
        released = flow.source == HUB and flow.object in RELEASED
        from_hub = flow.object in (*DERIVED, *TOLD) or released
        if (flow.source == HUB) != from_hub:
            self.problem((*where, "from"), "hub_objects", object=flow.object)

    def connection(self, name: str, adapter: type[Adapter]) -> Settings:
        """A connection's settings, references resolved. Raises ConfigError."""
        where = ("connections", name)
        values, problems = self._connection_values(name, adapter)
        wrong = {problem.place for problem in (*problems, *self.unfilled)}
        try:
            settings = adapter.settings_type.model_validate(values)
        except ValidationError as error:
            told = self.translate(error, where)
            # A value that could not be had is told once, and what follows from it not at all.
            problems += [one for one in told if one.place not in wrong]
            settings = adapter.settings_type.model_construct(**values)
        if problems:
            raise ConfigError(problems)
        self.secrets.update(settings.secrets())
        return settings

    def _connection_values(
        self, name: str, adapter: type[Adapter]
    ) -> tuple[dict[str, Any], list[Problem]]:
        fields = adapter.settings_type.model_fields
        folder = self.directory("connections", name)
        paths = {n: one.default for n, one in fields.items() if isinstance(one.default, Path)}
        values: dict[str, Any] = {n: folder / path for n, path in paths.items()}
        problems: list[Problem] = []
        for key, value in self.config.connections[name].items():
            known = fields.get(key)
            values[key] = value
            where = ("connections", name, key)
            annotation = known.annotation if known else None
            own = key in get_annotations(adapter.settings_type)
            if key in ABOUT_HTTP and not adapter.speaks_http and not own:
                problems.append(Problem(self.place(*where), say("about_http", name=key)))
            try:
                if not self._looks_up and _refers(value):
                    values[key] = stand_in(key, known)
                    continue
                values[key] = self._value(key, value, annotation, self.directory(*where))
            except Unfilled as gap:
                (self.unfilled if self._draft else problems).append(
                    Problem(self.place(*where), gap.words)
                )
                values[key] = stand_in(key, known)
            except ValueError as error:
                words = complaints.own(error)
                assert words is not None, error
                problems.append(Problem(self.place(*where), words))
        return values, problems

    def _value(self, key: str, value: Any, annotation: Any, folder: Path) -> Any:
        """A setting as the adapter wants it. Raises ValueError with a sentence."""
        if value == CHANGE_ME:
            raise Unfilled(say("fill_in", name=key))
        secret = _takes(annotation, SecretStr)
        if secret and isinstance(value, dict):
            if not self._looks_up:
                return dict.fromkeys(value, CHANGE_ME)
            return {n: self._resolved(one, folder, secret=True) for n, one in value.items()}
        value = self._resolved(value, folder, secret=secret)
        if _takes(annotation, float):
            try:
                return seconds(value)
            except ValueError as error:
                detail = complaints.own(error)
                words = say("bad_setting", name=key, value=value, detail=detail)
                raise ValueError(words) from None
        if key == "ca_file" and value and isinstance(value, str) and self._looks_up:
            return self._file(value, folder)
        return folder / value if _takes(annotation, Path) and isinstance(value, str) else value

    def _file(self, name: str, folder: Path) -> str:
        """A file named in the configuration; a relative name is relative to it."""
        path = folder / name
        if not path.is_file():
            raise ValueError(say("no_such_file", name=name))
        self.files.add(path)
        return str(path)

    def _resolved(self, value: Any, folder: Path, *, secret: bool) -> Any:
        if secret and value is not None and not _REFERENCE.fullmatch(str(value)):
            raise ValueError(say("plain_secret"))
        if not isinstance(value, str):
            return value
        return _REFERENCE.sub(lambda match: self._lookup(folder, *match.groups()), value)

    def _lookup(self, folder: Path, kind: str, name: str) -> str:
        """What a reference stands for. Raises ValueError with a sentence."""
        if kind == "env":
            if name not in os.environ:
                raise Unfilled(say("no_such_variable", name=name))
            return os.environ[name]
        if kind == "file":
            try:
                text = (folder / name).read_text("utf-8-sig").strip()
                self.files.add(folder / name)
                return text
            except (OSError, UnicodeDecodeError) as error:
                detail = getattr(error, "strerror", None) or "not UTF-8"
                words = say("no_such_secret_file", name=name, detail=detail)
                raise ValueError(words) from None
        raise ValueError(say("unknown_reference", kind=kind))

    def references(self, kind: str) -> list[str]:
        """What `${kind:…}` names in connections and store, looked up or not."""
        values = [v for settings in self.config.connections.values() for v in settings.values()]
        found = (_REFERENCE.findall(str(value)) for value in (self.config.store, *values))
        return sorted({name for one in found for known, name in one if known == kind})

    def store_url(self) -> str:
        """The store's URL, references resolved, a file's path whole. Raises ConfigError."""
        place, folder, text = self.place("store"), self.directory("store"), self.config.store
        password = _PASSWORD.search(text)
        if password and not _REFERENCE.fullmatch(password[1]):
            raise ConfigError([Problem(place, say("plain_secret"))])
        try:
            if password:
                self.secrets.add(self._resolved(password[1], folder, secret=True))
            url = _REFERENCE.sub(lambda m: quote(self._lookup(folder, *m.groups()), ""), text)
        except ValueError as error:
            words = complaints.own(error)
            assert words is not None, error
            raise ConfigError([Problem(place, words)]) from None
        path = url.removeprefix(SQLITE)
        here = url != path and not Path(path).is_absolute()
        return SQLITE + (folder / path).as_posix() if here else url


def _refers(value: Any) -> bool:
    return isinstance(value, str) and _REFERENCE.search(value) is not None


def _takes(annotation: Any, kind: type) -> bool:
    return annotation is kind or kind in getattr(annotation, "__args__", ())
