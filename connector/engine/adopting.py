"""Taking over a record that carries our reference: which of its rows are which of our lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from connector.contract import Record
from connector.mapping.document import Canonical, Node, canon, like
from connector.mapping.writing import Writer


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
        if paired is None:
            return None
        found[table] = paired
    return found


def _paired(
    order: Sequence[str],
    lines: Mapping[str, Node],
    rows: Sequence[Mapping[str, Any]],
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


def _same(node: Node, row: Mapping[str, Any], material: str) -> bool:
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
            row = by_key[paired[line]]
            fields = form["t"][table][line]["f"]
            for name, value in node.fields.items():
                if name in fields and not _close(value, row.get(_as(writer, f"{table}/{name}"))):
                    return False
    return True


def _as(writer: Writer, path: str) -> str:
    return writer.rules[path].reads_as or path.rpartition("/")[2]


def _close(value: Any, shown: Any) -> bool:
    ours = canon(value)
    theirs = like(ours, shown)
    if isinstance(ours, Decimal) and isinstance(theirs, Decimal):
        digits = max(-int(theirs.as_tuple().exponent), 0)
        return round(ours, digits) == theirs
    return bool(ours == theirs) or (ours in (None, "") and theirs is None)
