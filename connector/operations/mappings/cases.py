"""The named cases beside the mappings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connector import yamlfile
from connector.assemble import shipped
from connector.contract import Record, is_empty
from connector.errors import ConfigError, MappingFault, Problem
from connector.mapping.document import canonical, like
from connector.mapping.load import Values, load, read_yaml
from connector.mapping.model import Mapping
from connector.mapping.reading import Reader
from connector.mapping.writing import Writer
from connector.messages import say
from connector.objects import plain

Shown = dict[str, Any]


def test(directory: Path | None = None) -> list[Shown]:
    """Run every named case of the shipped mappings and of a site's."""
    roots = [shipped()] + ([directory / "mappings"] if directory else [])
    values = Values([root / "values" for root in roots])
    results: list[Shown] = []
    for root in roots:
        for path in sorted((root / "cases").glob("*/*.yaml")):
            results += _cases(path, _mapping_of(path, roots, values))
    return results


def of(folders: Sequence[Path], mapping: Mapping, side: str) -> list[Shown]:
    """The cases of one side of a mapping, those of every folder. A file of them that cannot be used
    is one that fails."""
    file, found = Path(mapping.file), list[Shown]()
    for folder in folders:
        path = folder / "cases" / file.parent.name / file.name
        if path.is_file():
            try:
                found += _run(path, path.stat().st_mtime, _Proved.of(mapping))
            except ConfigError as error:
                words = [str(problem) for problem in error.problems]
                found.append({"file": path.name, "name": "", "side": side, "ok": False,
                              "differences": words})  # fmt: skip
    return [case for case in found if case["side"] == side]


@dataclass(frozen=True, slots=True)
class _Proved:
    """A mapping, known by what cases can tell of it."""

    file: str
    version: str
    codes: tuple[Any, ...]
    mapping: Mapping = field(compare=False)

    @classmethod
    def of(cls, mapping: Mapping) -> _Proved:
        codes = [(name, *table.inverse.items()) for name, table in mapping.tables.items()]
        return cls(mapping.file, mapping.version, tuple(codes), mapping)


@lru_cache(256)
def _run(path: Path, stamp: float, proved: _Proved) -> list[Shown]:
    """The cases in a file of this stamp: they take long, and are looked at again and again."""
    return _cases(path, proved.mapping)


def _mapping_of(path: Path, roots: list[Path], values: Values) -> Mapping:
    for root in reversed(roots):
        file = root / path.parent.name / path.name
        if file.is_file():
            return load(file, values)
    name = f"{path.parent.name}/{path.name}"
    raise ConfigError([Problem(path.as_posix(), say("no_such_file", name=f"mappings/{name}"))])


def _cases(path: Path, mapping: Mapping) -> list[Shown]:
    node = read_yaml(path)
    if not isinstance(node, dict) or not isinstance(node.get("cases"), list):
        raise ConfigError([Problem(path.as_posix(), say("missing_word", name="cases"))])
    name = path.relative_to(path.parents[1]).as_posix()
    return [
        {"file": name, **_case(path, node["cases"], n, mapping)} for n in range(len(node["cases"]))
    ]


def _case(path: Path, cases: Any, n: int, mapping: Mapping) -> Shown:
    case, place = yamlfile.to_plain(cases[n]), yamlfile.place(path.as_posix(), cases, n)
    if not isinstance(case, dict) or not ("read" in case or {"object", "write"} <= case.keys()):
        raise ConfigError([Problem(place, say("case_shape"))])
    for word in {"read", "write"} & case.keys():
        if getattr(mapping, word) is None:
            raise ConfigError([Problem(place, say("missing_word", name=word))])
    differences = _reads(mapping, case) if "read" in case else _writes(mapping, case)
    name, side = str(case.get("name", n + 1)), "read" if "read" in case else "write"
    return {"name": name, "side": side, "ok": not differences, "differences": differences}


def _reads(mapping: Mapping, case: Shown) -> list[str]:
    record = dict(case["read"])
    number = str(record.get(mapping.number, "")) if mapping.number else ""
    zone = ZoneInfo(case.get("timezone", "Asia/Shanghai"))
    try:
        found: Any = plain(Reader(mapping, zone)(Record("case", record, number)))
    except MappingFault as fault:
        found = {"fault": fault.path}
    return compare(case.get("object", case), found)


def _writes(mapping: Mapping, case: Shown) -> list[str]:
    values = json.loads(json.dumps(case["object"], default=str))
    try:
        found: Any = canonical(Writer(mapping)(values))
    except MappingFault as fault:
        return compare(case["write"], {"fault": fault.path})
    tables: Shown = {}
    for table, rows in found.get("t", {}).items():
        by_line = {line: row["f"] for line, row in rows.items()}
        wanted = case["write"].get(table)
        tables[table] = by_line if isinstance(wanted, dict) else list(by_line.values())
    return compare(case["write"], {**found["f"], **tables})


def compare(wanted: Any, found: Any, path: str = "") -> list[str]:
    """What is named in `wanted` and differs in `found`; what it does not name is not looked at."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return [
            line
            for name, value in wanted.items()
            for line in compare(value, found.get(name), f"{path}{name}.")
        ]
    if isinstance(wanted, list) and isinstance(found, list):
        if len(wanted) != len(found):
            return [f"{path}: {len(found)} rows instead of {len(wanted)}"]
        return [
            line
            for n, (one, other) in enumerate(zip(wanted, found, strict=True))
            for line in compare(one, other, f"{path}{n}.")
        ]
    same = (
        str(wanted) == str(found)
        or like(found, wanted) == found
        or (is_empty(wanted) and is_empty(found))
    )
    return [] if same else [f"{path.rstrip('.')}: {found!r} instead of {wanted!r}"]
