"""Taking over a record that carries our reference: which of its rows are which of our lines."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from connector.contract import Record, is_empty
from connector.engine.base import LineKeys
from connector.engine.plan import Held
from connector.mapping.document import Canonical, Node, canon, like, places
from connector.mapping.model import Mapping
from connector.mapping.writing import Writer
from connector.objects.money import rounded


def line_keys(
    document: Node, sent: Canonical, shown: Record, writer: Writer
) -> dict[str, dict[str, str]] | None:
    """`{table: {line: row key}}`, or None where rows cannot be told apart for certain.

    Position only proposes: a row is taken for a line when it shows the same material, first
    at the line's own position in what was `sent`, then wherever exactly one such row is left.
    """
    found: dict[str, dict[str, str]] = {}
    for table, lines in document.tables.items():
        order = list(sent.get("t", {}).get(table, lines))
        rows = list(shown.fields.get(table) or ())
        paired = _paired(order, lines, rows, writer, table)
        # Without knowing what was sent, a row too many may be a line that is gone since.
        unknown = table not in sent.get("t", {})
        if paired is None or (unknown and len(paired) < len(rows)):
            return None
        found[table] = paired
    return found


def is_another(reference: str, shown: Record, mapping: Mapping) -> bool:
    """Whether this cannot be the record that we made, which carries our mark for ever. One with
    its key and another mark, or none, was given that key after the target had been put back to an
    earlier day."""
    mark = shown.fields.get(mapping.reference, reference)
    return str(mark or "").strip() != reference


def added(
    document: Node, sent: Canonical, known: LineKeys, shown: Record, writer: Writer
) -> dict[str, dict[str, str]]:
    """The known row keys, and those of rows that an unanswered update may have added.

    A row nobody knows that shows exactly what was sent for a line without a row is that
    line's: were it a person's, one of the two would be too many anyway.
    """
    keys = {table: dict(lines) for table, lines in known.items()}
    for table, lines in sent.get("t", {}).items():
        mine = keys.setdefault(table, {})
        key_field = writer.tables[table].key
        rows = {str(row[key_field]): row for row in shown.fields.get(table) or ()}
        strangers = [row for key, row in rows.items() if key not in mine.values()]
        for line, form in lines.items():
            node = document.tables.get(table, {}).get(line)
            # A line that was taken away and came back has a new row: the one we knew is gone.
            if mine.get(line) in rows:
                continue
            row = next((r for r in strangers if _was_sent(form, node, r, writer, table)), None)
            if row is not None:
                strangers.remove(row)
                mine[line] = str(row[key_field])
    return keys


def cleared(
    held: Held, sent: Canonical, writer: Writer, *, made: bool = False
) -> tuple[Canonical, Canonical]:
    """What is delivered, and its base, after the target showed what became of an attempt, which
    `made` the record or changed it.

    `held` is what we knew before the attempt, with the target as it shows itself now. A field
    that shows what was sent is ours; any other stays as it was, so that what people did there
    is seen when the record is next compared.
    """
    assert held.theirs is not None
    shown, before = held.theirs.fields, held.delivered
    old = None if made else before["f"]
    fields, known = _arrived(sent["f"], old, held.base.get("f", {}), shown, writer, "")
    delivered: Canonical = {"f": fields}
    base: Canonical = {"f": known}
    for table in {**before.get("t", {}), **sent.get("t", {})}:
        rows = _arrived_rows(table, held, sent, writer, made=made)
        delivered.setdefault("t", {})[table], base.setdefault("t", {})[table] = rows
    return delivered, base


def _arrived_rows(
    table: str, held: Held, sent: Canonical, writer: Writer, *, made: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Our rows as far as they stand there, by line, and their bases, by the target's key."""
    assert held.theirs is not None
    shown = {str(row[writer.tables[table].key]): row for row in held.theirs.fields.get(table) or ()}
    before, bases = held.delivered.get("t", {}).get(table, {}), held.base.get("t", {})
    asked, keys = sent.get("t", {}).get(table, {}), held.line_keys.get(table, {})
    delivered: dict[str, Any] = {}
    base: dict[str, Any] = {}
    for line in {**before, **asked}:
        key, old = keys.get(line, ""), before.get(line)
        new: Canonical = asked[line] if line in asked else before[line]
        if key in shown:
            was = None if made else old["f"] if old else {}
            known = bases.get(table, {}).get(key, {})
            row, base[key] = _arrived(new["f"], was, known, shown[key], writer, f"{table}/")
            delivered[line] = {**new, "f": row}
        elif old is not None and line in asked:
            delivered[line] = old  # people took it away
    return delivered, base


def _arrived(
    sent: MappingOf[str, Any],
    before: MappingOf[str, Any] | None,
    base: MappingOf[str, Any],
    shown: MappingOf[str, Any],
    writer: Writer,
    prefix: str,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A head's or a row's fields as delivered, and their base. `before`: None of a new record."""
    delivered, known = dict(before or {}), dict(base)
    for name, value in sent.items():
        theirs = like(value, shown.get(_as(writer, prefix + name)))
        if str(value).startswith("→"):  # a link's number is not known here: it moved, or not
            ours = before is None or theirs != base.get(name)
        else:
            ours = _close(value, theirs)
        if before is None or (ours and (name not in before or value != before[name])):
            delivered[name], known[name] = value, theirs if ours else value
    return delivered, known


def _was_sent(
    form: Canonical, node: Node | None, row: MappingOf[str, Any], writer: Writer, table: str
) -> bool:
    """The row shows what was sent for a line, whatever the line says by now.

    Of a line that is not there any more links cannot be resolved; all the rest must be equal.
    """
    for name, value in form["f"].items():
        link = str(value).startswith("→")
        if link and node is None:
            continue
        sent = node.fields.get(name) if link and node else value
        if not _close(sent, row.get(_as(writer, f"{table}/{name}"))):
            return False
    return True


def _shows(
    form: Canonical, node: Node, row: MappingOf[str, Any], writer: Writer, table: str
) -> bool:
    return all(
        _close(value, row.get(_as(writer, f"{table}/{name}")))
        for name, value in node.fields.items()
        if name in form["f"]
    )


def _paired(
    order: Sequence[str],
    lines: MappingOf[str, Node],
    rows: Sequence[MappingOf[str, Any]],
    writer: Writer,
    table: str,
) -> dict[str, str] | None:
    key_field = writer.tables[table].key
    material = _material(writer, table)
    free = list(rows)
    paired: dict[str, str] = {}
    for position, line in enumerate(order):
        node = lines.get(line)
        same = [row for row in free if node is None or _same(node, row, material)]
        here = rows[position] if position < len(rows) else None
        row = here if here in same else (same[0] if len(same) == 1 else None)
        if row is None:
            return None
        free.remove(row)
        paired[line] = str(row[key_field])
    return paired


def _material(writer: Writer, table: str) -> str:
    prefix = f"{table}/"
    for path, rule in writer.rules.items():
        if path.startswith(prefix) and rule.sources[:1] == ("material",):
            return path.removeprefix(prefix)
    return ""


def _same(node: Node, row: MappingOf[str, Any], material: str) -> bool:
    if not material:
        return True
    ours = canon(node.fields.get(material))
    return bool(like(ours, row.get(material)) == ours)


def agrees(form: Canonical, document: Node, shown: Record, writer: Writer) -> bool:
    """Whether the target shows a document, as closely as it shows digits."""
    for name, value in document.fields.items():
        if name in form["f"] and not _close(value, shown.fields.get(_as(writer, name))):
            return False
    for table, lines in document.tables.items():
        rows = list(shown.fields.get(table) or ())
        paired = _paired(list(lines), lines, rows, writer, table)
        if paired is None or len(rows) != len(lines):
            return False
        by_key = {str(row[writer.tables[table].key]): row for row in rows}
        for line, node in lines.items():
            if not _shows(form["t"][table][line], node, by_key[paired[line]], writer, table):
                return False
    return True


def _as(writer: Writer, path: str) -> str:
    return writer.rules[path].reads_as or path.rpartition("/")[2]


def _close(value: Any, shown: Any) -> bool:
    ours = canon(value)
    theirs = like(ours, shown)
    if isinstance(ours, Decimal | int) and isinstance(theirs, Decimal):
        return rounded(Decimal(ours), places(shown)) == theirs
    return bool(ours == theirs) or (is_empty(ours) and theirs is None)
