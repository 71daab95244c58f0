"""The rules of mappings, as people read them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from connector.engine.system import Flow, System
from connector.mapping import schema
from connector.mapping.model import RECORD, Each, LinkSpec, Mapping, Rule, Side
from connector.messages import Message, say
from connector.objects.showing import called, plainly

Shown = dict[str, Any]


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


# -- in plain words --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A rule, or the table that further ones stand in, in plain words."""

    tables: tuple[str, ...]
    """Those that it stands in, the outermost first."""
    field: str
    """What it fills: reading, one of ours in plain words, too."""
    origin: str
    how: tuple[str, ...]
    remark: str
    """What the file says beside it."""
    line: int
    is_table: bool = False


def told(side: Side, text: str, *, reads: bool) -> Iterator[Told]:
    """The rules of one side in the order in which they are applied; `text` is their file's."""
    return _told(side.rules, side.each, text.splitlines(), (), reads=reads)


def _told(
    rules: Sequence[Rule],
    tables: Sequence[Each],
    lines: Sequence[str],
    inside: tuple[str, ...],
    *,
    reads: bool,
) -> Iterator[Told]:
    for rule in rules:
        line = line_of(rule.place)
        how = tuple(map(str, _how(rule, reads=reads)))
        field = named(rule.target) if reads else rule.target
        yield Told(inside, field, str(_came_of(rule, reads=reads)), how, _remark(lines, line), line)
    for each in tables:
        line = line_of(each.place)
        when = (str(say("rule_when", expr=each.when.source)),) if each.when else ()
        field = named(each.target) if reads else each.target
        remark = _remark(lines, line)
        yield Told(inside, field, str(_rows_of(each, reads=reads)), when, remark, line, True)
        yield from _told(each.rules, each.each, lines, (*inside, each.target), reads=reads)


def line_of(place: str) -> int:
    """Of `file:line:column`; 0: it does not say."""
    line = place.rpartition(":")[0].rpartition(":")[2]
    return int(line) if line.isdigit() else 0


def named(name: str) -> str:
    """A field of ours as people call it, with its name as mappings spell it."""
    if name.startswith("record."):
        return str(say("field_of_record", field=named(name[7:])))
    if name.startswith("custom."):
        return str(say("field_own", name=name[7:]))
    label = called(name)
    return name if label.replace(" ", "_") == name else f"{label} ({name})"


def _names(names: Sequence[str], *, reads: bool) -> str:
    return ", ".join(names if reads else map(named, names))


def _came_of(rule: Rule, *, reads: bool) -> Message | str:
    if rule.has_value:
        return say("rule_value", value=_plain(rule.value))
    if rule.expr is not None:
        return say("rule_expr", expr=rule.expr.source)
    if rule.template:
        return say("rule_template", template=rule.template)
    if rule.call:
        return say("rule_call", name=rule.call, fields=_names(rule.sources, reads=reads))
    return _names(rule.sources, reads=reads)


def _rows_of(each: Each, *, reads: bool) -> Message:
    if reads:
        return say("rows_read", name=each.source)
    if each.source == RECORD:
        return say("rows_record")
    return say("rows_each", field=named(each.source))


def _how(rule: Rule, *, reads: bool) -> Iterator[Message]:
    """What becomes of it on the way, in that order."""
    if rule.when:
        yield say("rule_when", expr=rule.when.source)
    if rule.otherwise:
        yield say("rule_else", fields=_names(rule.otherwise, reads=reads))
    if rule.link:
        yield _linked(rule.link)
    if rule.map:
        yield say("rule_map", table=rule.map.name)
    if rule.type:
        yield say(f"rule_type_{rule.type}")
    if isinstance(rule.scale, int):
        yield say("rule_scale_digits", n=rule.scale)
    elif rule.scale:
        yield say(f"rule_scale_{rule.scale}")
    yield from _bounded(rule)
    yield from _lacking(rule)
    if rule.on != "always":
        yield say(f"rule_on_{rule.on}")


def _linked(link: LinkSpec) -> Message:
    known = {"number": "rule_link_number", "key": "rule_link_key"}
    return say(known.get(link.field, "rule_link_field"), object=link.object,
               field=called(link.field))  # fmt: skip


def _bounded(rule: Rule) -> Iterator[Message]:
    if rule.cut:
        yield say("rule_cut", n=rule.cut)
    if rule.max_bytes:
        yield say("rule_max_bytes", n=rule.max_bytes)
    if rule.tolerance is not None:
        yield say("rule_tolerance", value=rule.tolerance)
    if rule.reads_as:
        yield say("rule_reads_as", name=rule.reads_as)


def _lacking(rule: Rule) -> Iterator[Message]:
    """What happens where there is no value, no counterpart or no code."""
    if rule.default is not None:
        yield say("rule_missing_default", value=_plain(rule.default))
    elif rule.link:
        yield say(f"rule_missing_{'empty' if rule.missing == 'default' else rule.missing}")
    if rule.clear:
        yield say("rule_clear")


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else plainly(value)


def _remark(lines: Sequence[str], line: int) -> str:
    """The comment at the end of a line."""
    text, quote = lines[line - 1] if 0 < line <= len(lines) else "", ""
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"" and not (place and text[place - 1].isalnum()):
            quote = sign
        elif sign == "#" and (not place or text[place - 1].isspace()):
            return text[place + 1 :].strip()
    return ""
