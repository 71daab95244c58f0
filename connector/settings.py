"""The configuration: one YAML file, checked whole before anything starts.

Secrets stand in it by reference only: `${env:NAME}` or `${file:/path}`. Every mistake is
listed with its place; unknown words are refused.
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from connector import yamlfile
from connector.contract import Adapter, Settings
from connector.errors import ConfigError, Problem
from connector.messages import say
from connector.objects import DERIVED, OBJECTS

HUB = "hub"
"""The store seen as a connection: derived records come from it."""

_REFERENCE = re.compile(r"\$\{(\w+):([^}]*)\}")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "y": 31_536_000}


def seconds(value: Any) -> Any:
    """`30s`, `5m`, `1h`, `90d`, `1y` or a number, as seconds."""
    if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?[smhdy]", value):
        return float(value[:-1]) * _UNITS[value[-1]]
    return value


Duration = Annotated[float, BeforeValidator(seconds), Field(ge=0)]


def _whole(value: Any) -> Any:
    return None if value == "none" else value


def _since(value: Any) -> Any:
    return None if value == "all" else value


def _names(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class _Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, populate_by_name=True
    )


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
    priority: str = ""
    """Field by which records are urgent: higher goes first."""
    quiet: Duration = 0.0
    """Seconds without edits before a change is delivered."""
    on_conflict: Literal["ours", "theirs", "ask"] = "ask"
    """When people in the target changed a field that also changed in the source."""
    gone: Literal["stop", "cancel", "close"] = "stop"
    """What a deleted, cancelled or no longer matching record does to its delivered document."""
    max_creates: Annotated[int | None, BeforeValidator(_whole)] = 500
    """A run that would create more than this stops first; `none`: no limit."""
    max_gone: int = Field(default=5, ge=0, le=100)
    """A reading in which more than this share (per cent) of the records is gone stops first."""
    mode: Literal["live", "observe"] = "live"
    """`observe`: everything up to the plan, nothing is written."""
    until: Literal["", "saved", "submitted", "audited"] = ""
    """How far our side takes a bill; empty: as the mapping says."""
    on_change: Annotated[
        tuple[Literal["edit", "unaudit", "ask"], ...], BeforeValidator(_names)
    ] = ()
    """How a bill beyond plain editing may change; empty: as the mapping says."""
    accept: Annotated[tuple[str, ...], BeforeValidator(_names)] = ()
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


class Config(_Model):
    """The whole configuration."""

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
    workers: int = Field(default=8, ge=1, le=64)
    """Threads that read and deliver."""
    health: str = "127.0.0.1:8080"
    """Address of the health endpoint; empty: none."""


class ConfigFile:
    """A configuration with the places of everything in it."""

    def __init__(self, path: Path) -> None:
        """Read and check `path`. Raises ConfigError with every problem that one reading finds."""
        self.path = path
        self.directory = path.resolve().parent
        self.problems: list[Problem] = []
        self._node = self._read()
        self.secrets: set[str] = set()
        self.config = self._config()

    def _read(self) -> Any:
        if not self.path.is_file():
            raise ConfigError([Problem(self.path.as_posix(), say("no_config"))])
        try:
            return yamlfile.load(self.path)
        except yamlfile.YamlFault as fault:
            problem = Problem(fault.place, say(fault.reason, detail=fault.detail))
            raise ConfigError([problem]) from None

    def _config(self) -> Config:
        plain = yamlfile.to_plain(self._node)
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
        node, where = self._node, yamlfile.place(self.path.as_posix(), self._node)
        for item in path:
            if not isinstance(node, dict | list) or (isinstance(node, dict) and item not in node):
                break
            where = yamlfile.place(self.path.as_posix(), node, item)
            node = node[item]
        return where

    def problem(self, path: tuple[Any, ...], id: str, /, **params: Any) -> None:
        """Note a mistake at `path`."""
        self.problems.append(Problem(self.place(*path), say(id, **params)))

    def translate(self, error: ValidationError, prefix: tuple[Any, ...]) -> list[Problem]:
        """Pydantic's complaints in our words, with their places."""
        return [self._translated(item, prefix) for item in error.errors(include_url=False)]

    def _translated(self, item: Any, prefix: tuple[Any, ...]) -> Problem:
        path = (*prefix, *(part for part in item["loc"] if part != "[key]"))
        name = ".".join(str(part) for part in path)
        if item["type"] == "extra_forbidden":
            return Problem(self.place(*path), say("unknown_setting", name=name))
        if item["type"] == "missing":
            return Problem(self.place(*path), say("missing_setting", name=name))
        # A whole mapping is not repeated: it may hold secrets.
        given = item.get("input")
        value = "" if isinstance(given, dict | list) else str(given)[:80]
        words = say("bad_setting", name=name, value=value, detail=item["msg"])
        return Problem(self.place(*path), words)

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
        if (flow.source == HUB) != (flow.object in DERIVED):
            self.problem((*where, "from"), "hub_objects", object=flow.object)

    def connection(self, name: str, adapter: type[Adapter]) -> Settings:
        """A connection's settings, references resolved. Raises ConfigError."""
        raw = self.config.connections[name]
        where = ("connections", name)
        fields = adapter.settings_type.model_fields
        problems: list[Problem] = []
        values: dict[str, Any] = {}
        for key, value in raw.items():
            secret = key in fields and _is_secret(fields[key].annotation)
            if key in fields and _is_duration(fields[key].annotation):
                value = seconds(value)
            try:
                values[key] = self._resolved(value, secret=secret)
            except _BadReference as bad:
                problems.append(Problem(self.place(*where, key), bad.words))
        if problems:
            raise ConfigError(problems)
        try:
            settings = adapter.settings_type.model_validate(values)
        except ValidationError as error:
            raise ConfigError(self.translate(error, where)) from None
        self.secrets.update(settings.secrets())
        return settings

    def _resolved(self, value: Any, *, secret: bool) -> Any:
        if secret and not (isinstance(value, str) and _REFERENCE.fullmatch(value)):
            raise _BadReference(say("plain_secret"))
        if not isinstance(value, str):
            return value
        return _REFERENCE.sub(self._lookup, value)

    def _lookup(self, match: re.Match[str]) -> str:
        kind, name = match.groups()
        if kind == "env":
            if name not in os.environ:
                raise _BadReference(say("no_such_variable", name=name))
            return os.environ[name]
        if kind == "file":
            path = self.directory / name
            try:
                return path.read_text("utf-8-sig").strip()
            except (OSError, UnicodeDecodeError) as error:
                detail = getattr(error, "strerror", None) or "not UTF-8"
                words = say("no_such_secret_file", name=name, detail=detail)
                raise _BadReference(words) from None
        raise _BadReference(say("unknown_reference", kind=kind))


class _BadReference(Exception):
    def __init__(self, words: Any) -> None:
        super().__init__(words)
        self.words = words


def _is_secret(annotation: Any) -> bool:
    return annotation is SecretStr or SecretStr in getattr(annotation, "__args__", ())


def _is_duration(annotation: Any) -> bool:
    return annotation is float or float in getattr(annotation, "__args__", ())
