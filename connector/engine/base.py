"""The base: our fields as the target showed them after our last write of each. Pure.

It is kept as what differs from the delivered document: links as they were resolved, and
whatever the target made of a value. A field that we did not write keeps its old base, so
that what people typed there meanwhile is never taken for ours. Nor is what the target showed
before the write: a field that it passed over without a word, or that was put back at once, has
what was sent as its base, so that the difference shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from connector.contract import Record, is_empty
from connector.mapping.document import Canonical, Node, canon, like, places
from connector.mapping.writing import Level, Writer

LineKeys = Mapping[str, Mapping[str, str]]
"""`{table: {source line: target row key}}`."""

_NOTHING: Mapping[str, Any] = {}
_FORM: Canonical = {"f": {}}
_NODE = Node()


@dataclass(frozen=True, slots=True)
class Before:
    """What was delivered before a write, and its base as it was kept; nothing for a new record."""

    delivered: Canonical = field(default_factory=lambda: {"f": {}})
    kept: Canonical = field(default_factory=lambda: {"f": {}})


def after_write(
    form: Canonical,
    document: Node,
    shown: Record | None,
    writer: Writer,
    line_keys: LineKeys,
    before: Before,
    *,
    at_once: bool = True,
) -> Canonical:
    """The base to be kept after `form` was written; `document` tells what its links were.

    Where the target does not say what it made of a field, it is taken to hold what was sent.
    `at_once`: it shows by now what it made of all.
    """
    seen = shown.fields if shown else _NOTHING
    head = _fields(
        form, document, seen, writer.levels[""], before.delivered, before.kept["f"], at_once
    )
    tables: dict[str, Any] = {}
    for table, lines in form.get("t", {}).items():
        level, keys = writer.levels[table], line_keys.get(table, {})
        rows = {str(row[level.key]): row for row in seen.get(table) or ()}
        nodes = document.tables.get(table, {})
        old = before.delivered.get("t", {}).get(table, {})
        kept = before.kept.get("t", {}).get(table, {})
        made = {
            line: _fields(
                row,
                nodes.get(line, _NODE),
                rows.get(keys[line], _NOTHING),
                level,
                old.get(line, _FORM),
                kept.get(line, _NOTHING),
                at_once,
            )
            for line, row in lines.items()
            if line in keys
        }
        tables[table] = {line: fields for line, fields in made.items() if fields}
    return {"f": head, "t": tables} if any(tables.values()) else {"f": head}


def _fields(
    form: Canonical,
    node: Node,
    seen: Mapping[str, Any],
    level: Level,
    delivered: Canonical,
    kept: Mapping[str, Any],
    at_once: bool,
) -> dict[str, Any]:
    sent, old = form["f"], delivered["f"]
    was = _mirrored(old, kept, level) if at_once else _NOTHING
    same = {name for name, value in old.items() if name in sent and sent[name] == value}
    found = {name: value for name, value in kept.items() if name in same}
    for name in level.linked:
        if name in sent and name not in same:
            found[name] = canon(node.fields.get(name))
    for shown_as, value in seen.items():
        name = level.shown_as.get(shown_as, "")
        if name in sent and name not in same:
            ours = found.get(name, sent[name])
            theirs = like(ours, value)
            unmoved = name in was and was[name] == theirs
            if theirs != ours and not (unmoved and not _made_of(ours, theirs, value)):
                found[name] = theirs
    return found


def _mirrored(old: Mapping[str, Any], kept: Mapping[str, Any], level: Level) -> dict[str, Any]:
    """What the target showed before of the fields that it shows as they were sent."""
    links = {name: kept[name] for name in level.linked if name in kept}
    return {name: value for name, value in old.items() if name not in kept} | links


def _made_of(ours: Any, theirs: Any, shown: Any) -> bool:
    """A target may show this for our value: nothing, what stood there for nothing, or our value
    with fewer digits, cut, or in other letters."""
    if is_empty(theirs) or is_empty(ours):
        return True
    if isinstance(ours, Decimal | int) and isinstance(theirs, Decimal):
        return abs(ours - theirs) < Decimal(1).scaleb(-places(shown))
    return str(ours).strip().casefold().startswith(str(theirs).strip().casefold())


def whole(kept: Canonical, delivered: Canonical, line_keys: LineKeys) -> Canonical:
    """The base of every delivered field; rows by their key in the target."""
    base: Canonical = {"f": {**delivered["f"], **kept["f"]}, "t": {}}
    for table, lines in delivered.get("t", {}).items():
        keys, own = line_keys.get(table, {}), kept.get("t", {}).get(table, {})
        base["t"][table] = {
            keys[line]: {**form["f"], **own.get(line, {})}
            for line, form in lines.items()
            if line in keys
        }
    return base


def to_keep(base: Canonical, delivered: Canonical, line_keys: LineKeys) -> Canonical:
    """What of a whole base need be kept."""
    kept: Canonical = {"f": _differing(base["f"], delivered["f"])}
    for table, lines in delivered.get("t", {}).items():
        rows, keys = base.get("t", {}).get(table, {}), line_keys.get(table, {})
        kept.setdefault("t", {})[table] = {
            line: _differing(rows.get(keys.get(line, ""), {}), form["f"])
            for line, form in lines.items()
        }
    return kept


def _differing(base: Mapping[str, Any], delivered: Mapping[str, Any]) -> dict[str, Any]:
    return {n: value for n, value in base.items() if n in delivered and delivered[n] != value}
