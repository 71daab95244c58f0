"""Mappings as people test and read them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connector import yamlfile
from connector.assemble import shipped
from connector.contract import Record, is_empty
from connector.engine.system import Flow, System
from connector.errors import ConfigError, MappingFault, Problem
from connector.mapping import schema
from connector.mapping.document import canonical, like
from connector.mapping.load import Values, load, read_yaml
from connector.mapping.model import Each, Mapping, Rule, Side
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
    name = str(case.get("name", n + 1))
    return {"name": name, "ok": not differences, "differences": differences}


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


def show(system: System, flow: Flow) -> dict[str, Shown]:
    """A flow's rules, as they `read` its source and `write` its target."""
    feed = system.feeds.get(f"{flow.source}/{flow.object}")
    reads = feed.reader.mapping if feed else None
    writes = flow.writer.mapping if flow.writer else None
    return {
        "read": _side(reads, reads.read if reads else None),
        "write": _side(writes, writes.write if writes else None),
    }


def _side(mapping: Mapping | None, side: Side | None) -> Shown:
    if mapping is None or side is None:
        return {"file": "", "form": "", "rules": []}
    rules = [*_rules(side.rules), *(row for each in side.each for row in _table(each))]
    return {"file": mapping.file, "form": mapping.form, "rules": rules}


def _table(each: Each) -> Iterator[Shown]:
    for row in (*_rules(each.rules), *(row for inner in each.each for row in _table(inner))):
        yield row | {"field": f"{each.target}/{row['field']}"}


def _rules(rules: Sequence[Rule]) -> list[Shown]:
    return [{"field": r.target, "origin": _origin(r), "as": _as(r), "on": r.on} for r in rules]


def _origin(rule: Rule) -> str:
    if rule.has_value:
        return repr(rule.value)
    if rule.expr is not None:
        return rule.expr.source
    return rule.template or ", ".join([*rule.sources, *rule.otherwise]) or rule.call


def _as(rule: Rule) -> str:
    default = "" if rule.default is None else f"default {rule.default}"
    parts = [
        f"link {rule.link.object}.{rule.link.field}" if rule.link else "",
        f"map {rule.map.name}" if rule.map else "",
        rule.type,
        f"scale {rule.scale}" if rule.scale != "" else "",
        f"max {rule.max_bytes} bytes" if rule.max_bytes else "",
        default,
        f"when {rule.when.source}" if rule.when else "",
    ]
    return ", ".join(part for part in parts if part)


def schema_text() -> str:
    """The JSON Schema of mapping files."""
    return json.dumps(schema.schema(), indent=2, ensure_ascii=False)
