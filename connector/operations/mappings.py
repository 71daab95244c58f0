"""Mappings as people check, test and read them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connector import yamlfile
from connector.assemble import shipped
from connector.contract import FormField, Record
from connector.engine.system import Flow, System
from connector.errors import ConfigError, MappingFault, Problem, Rejected
from connector.mapping import naming, schema
from connector.mapping.document import canonical, like
from connector.mapping.load import Values, load
from connector.mapping.model import Mapping, Rule
from connector.mapping.naming import Named
from connector.mapping.reading import Reader
from connector.mapping.writing import Writer
from connector.messages import say
from connector.objects import plain

Shown = dict[str, Any]


def check(system: System) -> list[Shown]:
    """Fields that a mapping names and the live form lacks, per mapping and connection."""
    named: dict[tuple[str, str], list[Named]] = {}
    for feed in system.feeds.values():
        mapping = feed.reader.mapping
        named.setdefault((feed.connection.name, mapping.file), []).extend(naming.read(mapping))
    for flow in system.flows.values():
        if flow.target is not None:
            key = (flow.target.name, flow.mapping.file)
            named.setdefault(key, []).extend(naming.written(flow.mapping))
    return [
        {"connection": name, "file": file, "problems": _lacking(system, name, fields)}
        for (name, file), fields in named.items()
    ]


def _lacking(system: System, connection: str, named: list[Named]) -> list[str]:
    """One sentence for each field that its form lacks, where it first stands."""
    adapter = system.connections[connection].adapter
    forms: dict[str, Sequence[FormField]] = {}
    problems: dict[tuple[str, str], Problem] = {}
    for each in named:
        if each.form not in forms:
            try:
                forms[each.form] = adapter.describe(each.form)
            except Rejected as error:
                forms[each.form] = ()
                problems[each.form, ""] = Problem(each.place, error.words)
        if forms[each.form] and not _stands_in(forms[each.form], each):
            words = say("form_lacks", field=each.field, form=each.form)
            problems.setdefault((each.form, each.field), Problem(each.place, words))
    return [str(problem) for problem in problems.values()]


def _stands_in(fields: Sequence[FormField], named: Named) -> bool:
    """`Finance.FCurrId.FNumber` is there when a field `FCurrId` is, in whatever part."""
    inside = [field for field in fields if field.table == named.table] if named.table else ()
    known = {field.name for field in inside or fields}
    first, _, rest = named.field.partition(".")
    alone = {name.rpartition(".")[2] for name in known}
    return first in alone or not known.isdisjoint((named.field, f"{first}.{rest.split('.')[0]}"))


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
    raise ConfigError([])


def _cases(path: Path, mapping: Mapping) -> list[Shown]:
    made = []
    for case in yamlfile.to_plain(yamlfile.load(path))["cases"]:
        differences = _reads(mapping, case) if "read" in case else _writes(mapping, case)
        name = path.relative_to(path.parents[1]).as_posix()
        made.append(
            {
                "file": name,
                "name": case["name"],
                "ok": not differences,
                "differences": differences,
            }
        )
    return made


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
        or (wanted in (None, "") and found in (None, ""))
    )
    return [] if same else [f"{path.rstrip('.')}: {found!r} instead of {wanted!r}"]


def show(flow: Flow) -> list[Shown]:
    """A flow's write rules as rows for people."""
    rules = flow.writer.rules if flow.writer else {}
    return [
        {"field": path, "origin": _origin(rule), "as": _as(rule), "on": rule.on}
        for path, rule in rules.items()
    ]


def _origin(rule: Rule) -> str:
    if rule.has_value:
        return repr(rule.value)
    if rule.expr is not None:
        return rule.expr.source
    return rule.template or ", ".join(rule.sources) or rule.call


def _as(rule: Rule) -> str:
    parts = [
        f"link {rule.link.object}.{rule.link.field}" if rule.link else "",
        f"map {rule.map.name}" if rule.map else "",
        rule.type,
        str(rule.scale),
        f"when {rule.when.source}" if rule.when else "",
    ]
    return " ".join(part for part in parts if part)


def schema_text() -> str:
    """The JSON Schema of mapping files."""
    return json.dumps(schema.schema(), indent=2, ensure_ascii=False)
