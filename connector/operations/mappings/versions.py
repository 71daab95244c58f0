"""The versions of mappings: what differs between two, and what was delivered by which.

Whoever is the engine keeps the text of what it works with, and of the value maps that it uses: they
are part of the version.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from connector.engine.system import System
from connector.mapping.load import load
from connector.mapping.values import ValueMap
from connector.messages import say
from connector.operations.finding import NotFound
from connector.operations.mappings import listing, sides
from connector.operations.mappings.sides import Used
from connector.store import mappings as store_mappings
from connector.store import snapshots
from connector.store.statement import Row

SHIPPED = "shipped"
"""In the place of a version: the file that comes along."""
AROUND = 3
"""Lines that are shown around what differs."""
SHOWN = 200
"""Records that are shown of those that went by a version."""

Files = dict[str, list[str]]
"""By name, the lines of what makes up a version."""


@dataclass(frozen=True, slots=True)
class Version:
    """One of them."""

    version: str
    since: float | None
    """When it was taken up, the last time that another one had been before; None: not yet."""
    file: str
    deliveries: int
    """Those that went by it last."""
    current: bool


@dataclass(frozen=True, slots=True)
class Went:
    """A record that went by a version."""

    key: str
    number: str
    state: str
    since: float | None


@dataclass(frozen=True, slots=True)
class Kept:
    """The whole of a version."""

    files: Files
    went: list[Went]
    """Some of the records that went by it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one or both of two files."""

    sign: str
    """`-`: only of the first; `+`: only of the second; a blank: of both."""
    old: int | None
    new: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two files: pieces of them, each with some lines around."""

    name: str
    pieces: tuple[tuple[Line, ...], ...]


Differences = Sequence[Difference]


def take_up(system: System) -> None:
    """Keep what the engine works with from now on."""
    store = system.store
    with store.reading() as tx:
        known = store_mappings.taken_up(tx)
    new = [
        used
        for used in sides.used(system)
        if known.get((used.flow.name, used.side), ("", 0.0))[0] != used.mapping.version
    ]
    if new:
        with store.transaction() as tx:
            now = store.now(tx)
            store_mappings.keep(store, tx, [_row(used, now) for used in new])


def versions(system: System, flow: str, side: str) -> list[Version]:
    """A side's versions, the newest first. Raises ConfigError."""
    used = sides.one(system, flow, side)
    current = used.mapping.version
    with system.store.reading() as tx:
        rows = store_mappings.versions(tx, flow, used.side)
        counts = store_mappings.counts(tx, flow) if used.side == "write" else {}
    made = [
        Version(row.version, row.at, row.file, counts.get((flow, row.version), 0),
                row.version == current)
        for row in rows
    ]  # fmt: skip
    if not any(one.current for one in made):
        made.insert(0, Version(current, None, used.file, counts.get((flow, current), 0), True))
    return made


def files(system: System, flow: str, side: str, version: str) -> Files:
    """The mapping of a version, and the value maps that it used. Raises ConfigError, NotFound."""
    used = sides.one(system, flow, side)
    if version == used.mapping.version:
        return _files(used.file, used.mapping.text, _tables(used.mapping.tables))
    if version == SHIPPED:
        return _shipped(used)
    with system.store.reading() as tx:
        row = store_mappings.load(tx, flow, used.side, version)
    if row is None:
        raise NotFound(say("no_such_version", version=version, flow=flow))
    return _files(row.file, row.text, json.loads(row.tables))


def kept(system: System, flow: str, side: str, version: str) -> Kept:
    """A version's text, and what went by it. Raises ConfigError, NotFound."""
    return Kept(files(system, flow, side, version), went_by(system, flow, side, version))


def differences(system: System, flow: str, side: str, one: str, other: str) -> Sequence[Difference]:
    """What differs between two versions, file by file. Raises ConfigError, NotFound."""
    before, after = (files(system, flow, side, version) for version in (one, other))
    if len(before) and len(after):  # one mapping, wherever it stood
        before = _renamed(before, next(iter(after)))
    names = dict.fromkeys([*after, *before])
    found = ((name, list(_pieces(before.get(name, []), after.get(name, [])))) for name in names)
    return [Difference(name, tuple(pieces)) for name, pieces in found if pieces]


def went_by(system: System, flow: str, side: str, version: str) -> list[Went]:
    """Some of the records that went by a version; by the mapping that reads none did. Raises
    ConfigError."""
    used = sides.one(system, flow, side)
    if used.side != "write":
        return []
    with system.store.reading() as tx:
        rows = store_mappings.went_by(tx, flow, version, SHOWN)
        keys = [row.key for row in rows]
        known = snapshots.load(tx, used.flow.source, used.flow.object, keys)
    numbers = {key: row.number for key, row in known.items()}
    made = [Went(row.key, numbers.get(row.key, ""), row.state, row.since) for row in rows]
    return sorted(made, key=lambda one: (one.number, one.key))


def _row(used: Used, now: float) -> Row:
    mapping = used.mapping
    tables = json.dumps(_tables(mapping.tables), ensure_ascii=False)
    return {"flow": used.flow.name, "side": used.side, "version": mapping.version, "at": now,
            "file": used.file, "text": mapping.text, "tables": tables}  # fmt: skip


def _tables(used: Mapping[str, ValueMap]) -> dict[str, dict[str, list[str]]]:
    """Value maps as `{name: {ours: [theirs]}}`; what is written stands first."""
    return {name: _codes(table) for name, table in sorted(used.items())}


def _codes(table: ValueMap) -> dict[str, list[str]]:
    found = {ours: [theirs] for ours, theirs in table.forward.items()}
    for theirs, ours in table.inverse.items():
        codes = found.setdefault(ours, [])
        if theirs not in codes:
            codes.append(theirs)
    return found


def _files(name: str, text: str, tables: Mapping[str, Mapping[str, Sequence[str]]]) -> Files:
    found = {name: text.splitlines()}
    for table, codes in tables.items():
        lines = [f"{ours}: {', '.join(theirs)}" for ours, theirs in codes.items()]
        found[f"mappings/values/{table}.yaml"] = lines
    return found


def _shipped(used: Used) -> Files:
    path = listing.shipped_of(used)
    if path is None:
        raise NotFound(say("not_shipped", file=used.file))
    found = load(path, listing.values_of(()))
    return _files(used.file, found.text, _tables(found.tables))


def _renamed(found: Files, name: str) -> Files:
    """The mapping under another name; it stands first."""
    first = next(iter(found))
    return {name if one == first else one: lines for one, lines in found.items()}


def _pieces(before: list[str], after: list[str]) -> Iterator[tuple[Line, ...]]:
    compared = SequenceMatcher(None, before, after, autojunk=False)
    for group in compared.get_grouped_opcodes(AROUND):
        yield tuple(line for code in group for line in _lines(code, before, after))


def _lines(
    code: tuple[str, int, int, int, int], before: list[str], after: list[str]
) -> Iterator[Line]:
    what, old, old_end, new, new_end = code
    if what == "equal":
        for n in range(old_end - old):
            yield Line(" ", old + n + 1, new + n + 1, before[old + n])
        return
    for n in range(old, old_end):
        yield Line("-", n + 1, None, before[n])
    for n in range(new, new_end):
        yield Line("+", None, n + 1, after[n])
