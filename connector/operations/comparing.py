"""Two environments side by side: what mappings count on, and only one of them has.

A constant that a test account set knows may be missing in the real one, or mean something else
there. Codes and fields are looked up in both; nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connector.contract import Adapter
from connector.engine.identity import fingerprint
from connector.errors import AccessDenied, AdapterError, Rejected
from connector.operations import forms
from connector.operations.environments import Environment, opened

Names = tuple[str | None, str | None]
"""What a code is called in either environment; None: it is not there."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a mapping or a setting names something."""

    form: str
    field: str
    place: str


@dataclass(slots=True)
class Code:
    """A code that is not the same in both."""

    connection: str
    code: str
    names: Names
    spots: list[Spot] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Lack:
    """A field, or a whole form, that one of them lacks."""

    connection: str
    environment: str
    spot: Spot
    words: str


@dataclass(slots=True)
class Compared:
    """What two environments do not have in common."""

    environments: tuple[str, str]
    codes: list[Code] = field(default_factory=list)
    fields: list[Lack] = field(default_factory=list)
    neither: int = 0
    """Codes that neither has."""
    untold: dict[str, str] = field(default_factory=dict)
    """Fields whose codes a system does not tell, with its reason where it gave one."""
    same: list[str] = field(default_factory=list)
    """Connections that lead both to one account set."""
    failed: dict[str, str] = field(default_factory=dict)
    """Connections that could not be compared, and why."""

    @property
    def differ(self) -> bool:
        return bool(self.codes or self.fields)


def compare(config: Path, names: tuple[str, str], *, speak: bool = False) -> Compared:
    """Compare two environments. Raises ConfigError with the mistakes of both."""
    with opened(config, names, speak=speak) as both:
        found = Compared(names)
        for name in both[0].system.connections:
            if name in both[1].system.connections:
                _Comparing(name, both, found).all()
        return found


class _Comparing:
    """Compares one connection."""

    def __init__(self, name: str, both: list[Environment], found: Compared) -> None:
        self._name, self._both, self._found = name, both, found
        self._connections = [one.system.connections[name] for one in both]

    def all(self) -> None:
        leads = [self._identity(place) for place in (0, 1)]
        if leads[0] == leads[1] and leads[0]:
            self._found.same.append(self._name)
        elif all(leads):
            try:
                self._fields()
                self._codes()
            except AdapterError as error:
                self._found.failed[self._name] = str(error)

    def _identity(self, place: int) -> str:
        """Where the connection leads in that environment; empty if it cannot be asked."""
        connection = self._connections[place]
        try:
            return fingerprint(connection, connection.adapter.check())
        except AdapterError as error:
            self._found.failed[f"{self._both[place].name} {self._name}"] = str(error)
            return ""

    # -- fields -----------------------------------------------------------------------------

    def _fields(self) -> None:
        named = [
            field
            for one in self._both
            for (connection, *_), fields in forms.named_by(one.system).items()
            if connection == self._name
            for field in fields
        ]
        lacks = [forms.lacking(one.adapter, named)[1] for one in self._connections]
        for mine, other, environment in zip(lacks, reversed(lacks), self._both, strict=True):
            for (form, name), problem in mine.items():
                if (form, name) not in other:
                    spot = Spot(form, name, problem.place)
                    lack = Lack(self._name, environment.name, spot, str(problem.words))
                    self._found.fields.append(lack)

    # -- codes ------------------------------------------------------------------------------

    def _codes(self) -> None:
        named: dict[tuple[str, str], dict[str, _Named]] = {}
        for place, one in enumerate(self._both):
            for form, name, code, at in one.coded(self._name):
                known = named.setdefault((form, name), {}).setdefault(code, _Named())
                known.by.add(place)
                known.spots[Spot(form, name, at)] = None
        for (form, name), codes in named.items():
            first, second = (self._told(c.adapter, form, name, codes) for c in self._connections)
            if first is not None and second is not None:
                for code, known in codes.items():
                    self._judge(code, known, (first.get(code), second.get(code)))

    def _told(
        self, adapter: Adapter, form: str, name: str, codes: Iterable[str]
    ) -> Mapping[str, str] | None:
        why = ""
        try:
            told = adapter.codes(form, name, list(codes))
        except (Rejected, AccessDenied) as error:
            told, why = None, str(error)
        if told is None:
            label = f"{self._name} {form} {name}"
            self._found.untold[label] = why or self._found.untold.get(label, "")
        return told

    def _judge(self, code: str, named: _Named, names: Names) -> None:
        if len(named.by) == 1:  # Whoever does not name it need not have it.
            differs = any(names[place] is None for place in named.by)
        else:
            differs = names[0] != names[1]
            self._found.neither += names == (None, None)
        if not differs:
            return
        alike = (self._name, code, names)
        known = [one for one in self._found.codes if (one.connection, one.code, one.names) == alike]
        entry = known[0] if known else Code(*alike)
        if not known:
            self._found.codes.append(entry)
        entry.spots += named.spots


@dataclass(slots=True)
class _Named:
    """Who names a code, and where."""

    by: set[int] = field(default_factory=set)
    spots: dict[Spot, None] = field(default_factory=dict)
