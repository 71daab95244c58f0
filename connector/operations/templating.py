"""A workbook to fill in, made of the mapping that reads it: so the two cannot disagree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from connector import sheets
from connector.contract import Shape
from connector.engine.system import Flow, System
from connector.errors import ConfigError, Problem
from connector.mapping.kinds import kinds
from connector.mapping.model import Mapping, Rule
from connector.messages import say
from connector.objects import OBJECTS
from connector.objects.base import Part
from connector.sheets import Column


def template(system: System, flow: Flow, path: Path) -> list[str]:
    """Write one for what a flow reads; its headings. Raises ConfigError."""
    feed = system.feeds.get(f"{flow.source}/{flow.object}")
    if feed is None:
        raise ConfigError([Problem("", say("no_template", flow=flow.name))])
    columns = list(_columns(feed.reader.mapping, feed.reader.shape))
    sheets.write_template(path, feed.reader.shape.form, columns)
    return [column.heading for column in columns]


def _columns(mapping: Mapping, shape: Shape) -> Iterator[Column]:
    """The record's own fields, then those of its rows; what is needed is marked."""
    assert mapping.read is not None
    model = OBJECTS[mapping.object]
    own = dict.fromkeys((*shape.key, *filter(None, [shape.number]), *shape.fields))
    yield from _told(own, dict(shape.kinds), mapping.read.rules, model, set(shape.key))
    for each in mapping.read.each:
        line, table = kinds(model)[each.target], shape.tables[each.source]
        assert isinstance(line, type)
        names = (n for n in (table.key, *table.fields) if not n.startswith(("record.", "#")))
        rows = dict.fromkeys(name for name in names if name not in own)
        yield from _told(rows, dict(table.kinds), each.rules, line, {table.key})


def _told(
    names: dict[str, None],
    taken_for: dict[str, str],
    rules: tuple[Rule, ...],
    model: type[Part],
    keys: set[str],
) -> Iterator[Column]:
    direct = {rule.sources[0]: rule for rule in rules if rule.sources and not rule.call}
    for name in names:
        rule = direct.get(name)
        needed = name in keys or (rule is not None and _is_needed(rule, model))
        choices = tuple(rule.map.forward.values()) if rule is not None and rule.map else ()
        kind = "text" if name in keys else taken_for.get(name, "")
        yield Column(name, kind, needed, choices)


def _is_needed(rule: Rule, model: type[Part]) -> bool:
    known = model.model_fields.get(rule.target)
    return known is not None and known.is_required() and not rule.otherwise
