"""The mappings in use, and how each stands: its version, its cases, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connector import yamlfile
from connector.assemble import mapping_files, shipped
from connector.engine.system import System
from connector.errors import ConfigError, Problem
from connector.mapping.load import Values, load
from connector.mapping.model import Mapping
from connector.operations.mappings import cases, rules, sides
from connector.operations.mappings.sides import Used
from connector.store import mappings as kept


@dataclass(frozen=True, slots=True)
class Marked:
    """What is wrong with a file, and where."""

    line: int
    """Of the mapping; 0: elsewhere, or nobody knows."""
    place: str
    words: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One side of a flow's mapping, and how it stands."""

    flow: str
    side: str
    object: str
    source: str
    target: str
    """Empty: the flow reads only."""
    connection: str
    form: str
    file: str
    path: str
    """The whole of it, on this machine."""
    shipped: bool
    """It is the one that comes along."""
    version: str
    since: float | None
    """When an engine took this version up; None: none has yet."""
    deliveries: int
    """Of the flow, those that went by this version last."""
    before: int
    """Those that went by others."""
    cases: int
    failed: int
    edited: bool
    """The files say something else now, which is not in force yet, or cannot be."""
    draft: str
    """The mapping as its file stands then."""
    problems: tuple[Marked, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """The same with all that it says."""

    listed: Listed
    text: str
    """As it is in force."""
    fields: tuple[rules.Told, ...]
    cases: list[dict[str, Any]]
    replaces: bool
    """It stands in the place of one that comes along."""
    sides: tuple[str, ...]
    """Those that the flow has."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What the file says of its form."""


def listing(system: System, folders: Sequence[Path]) -> list[Listed]:
    """Every mapping in use, by flow; `folders` are the site's, those of the product come last."""
    return list(_listed(system, folders, list(sides.used(system))))


def show(system: System, folders: Sequence[Path], flow: str, side: str) -> Shown:
    """One of them. Raises ConfigError."""
    used = sides.one(system, flow, side)
    mapping = used.mapping
    [listed] = _listed(system, folders, [used])
    return Shown(
        listed=listed,
        text=mapping.text,
        fields=tuple(rules.told(used.rules, mapping.text, reads=used.side == "read")),
        cases=cases.of([*folders, shipped()], mapping, used.side),
        replaces=shipped_of(used) is not None,
        sides=tuple(one.side for one in sides.used(system) if one.flow.name == flow),
        facts=_facts(used),
    )


def shipped_of(used: Used) -> Path | None:
    """The file that comes along, of which this one stands in the place."""
    path = shipped() / used.connection.settings.adapter / f"{used.mapping.object}.yaml"
    own = Path(used.mapping.file)
    return path if path.is_file() and path.resolve() != own.resolve() else None


def values_of(folders: Sequence[Path]) -> Values:
    """The value maps as they stand in the files now."""
    return Values([folder / "values" for folder in (shipped(), *reversed(folders))])


def _listed(system: System, folders: Sequence[Path], found: Sequence[Used]) -> Iterator[Listed]:
    with system.store.reading() as tx:
        one = found[0].flow.name if len(found) == 1 else ""
        taken_up, counts = kept.taken_up(tx), kept.counts(tx, one)
    values = values_of(folders)
    for used in found:
        flow, mapping = used.flow, used.mapping
        version, at = taken_up.get((flow.name, used.side), ("", 0.0))
        went = {by: n for (name, by), n in counts.items() if name == flow.name}
        went = went if used.side == "write" else {}
        results = cases.of([*folders, shipped()], mapping, used.side)
        edited = _edited(used, folders, values)
        yield Listed(
            flow=flow.name,
            side=used.side,
            object=flow.object,
            source=flow.source,
            target=flow.target.name if flow.target else "",
            connection=used.connection.name,
            form=mapping.form,
            file=used.file,
            path=mapping.file,
            shipped=Path(mapping.file).is_relative_to(shipped()),
            version=mapping.version,
            since=at if version == mapping.version else None,
            deliveries=went.get(mapping.version, 0),
            before=sum(n for by, n in went.items() if by != mapping.version),
            cases=len(results),
            failed=sum(not result["ok"] for result in results),
            edited=edited is not None,
            draft=edited.text if edited else "",
            problems=tuple(marked(edited.path.as_posix(), one) for one in edited.problems)
            if edited
            else (),
        )


@dataclass(frozen=True, slots=True)
class _Edited:
    """What the files say by now, where that is something else than is in force."""

    path: Path
    text: str
    problems: Sequence[Problem]


def _edited(used: Used, folders: Sequence[Path], values: Values) -> _Edited | None:
    mapping, connection = used.mapping, used.connection
    files = mapping_files(folders, connection.name, connection.settings.adapter, mapping.object)
    path = next((file for file in files if file.is_file()), Path(mapping.file))
    text = _text(path)
    if path.as_posix() == mapping.file and text == mapping.text and _known(mapping, values):
        return None
    try:
        load(path, values)
    except ConfigError as error:
        return _Edited(path, text, error.problems)
    return _Edited(path, text, ())


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig", "replace")
    except OSError:
        return ""


def _known(mapping: Mapping, values: Values) -> bool:
    """The value maps that it uses are as they were."""
    try:
        return all(values.get(name) == table for name, table in mapping.tables.items())
    except (ValueError, yamlfile.YamlFault):
        return False  # what is wrong with it is told with its place, by the loader


def marked(file: str, problem: Problem) -> Marked:
    """A problem as it is shown beside the mapping in a file."""
    own = problem.place.startswith(f"{file}:")
    line = rules.line_of(problem.place) if own else 0
    place = problem.place.removeprefix(f"{Path(file).parents[1].as_posix()}/")
    return Marked(line, place, str(problem.words))


def _facts(used: Used) -> dict[str, Any]:
    mapping, flow = used.mapping, used.flow
    found: dict[str, Any] = {"form": mapping.form, "key": ", ".join(mapping.key),
                             "number": mapping.number}  # fmt: skip
    if used.side == "read":
        conditions = {"usable": mapping.usable, "open": mapping.open}
        return found | {name: one.source for name, one in conditions.items() if one}
    settings = flow.settings
    return found | {
        "reference": mapping.reference,
        "onto": mapping.onto,
        "until": settings.until or mapping.until,
        "on_change": ", ".join(settings.on_change or mapping.on_change) if mapping.until else "",
    }
