"""What must stand in the target after a save, before any further step.

Amounts within their tolerance (`Write.expect`), values as they were written, and of rows that were
added the keys that the target gave them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from connector.contract import Record, Shape, Table, Value, Write, is_empty
from connector.errors import Conflict, Rejected
from connector.messages import say

LineKeys = Mapping[str, Mapping[str, str]]
"""`{table: {source line: target row key}}`."""

RowKeys = Mapping[str, Sequence[str]]
"""`{table: keys of its rows}`, in their order."""

Rows = Mapping[str, Mapping[str, Any]]


def difference(
    write: Write, shown: Record, added: LineKeys | None = None, *, row_key: str = ""
) -> Rejected | None:
    """The first amount that is beyond its tolerance, by the target's own word in `shown`.

    `added` are the keys of rows that this write made. `row_key` names the field that holds a
    row's key, where `Write.show` does not. Rows that the write does not name are not looked at.
    """
    tables: dict[str, Rows] = {}
    for path, (ours, tolerance) in write.expect.items():
        table, _, rest = path.partition("/")
        line, _, name = rest.partition("/")
        if rest and table not in tables:
            tables[table] = _by_line(write, shown, added or {}, table, row_key)
        if rest and line not in tables[table]:
            continue
        values = tables[table][line] if rest else shown.fields
        theirs = values.get(name or path)
        if not isinstance(theirs, Decimal | int) or abs(theirs - ours) > tolerance:
            words = say("amount_differs", path=path, ours=ours, theirs=theirs)
            return Rejected(words, field=path)
    return None


def head_paths(write: Write) -> list[str]:
    """The fields of the head among what is expected."""
    return [path for path in write.expect if "/" not in path]


def numbers(write: Write, key: str, row_key: str) -> Shape:
    """What is expected, as a shape to read it by: heads known by `key`, rows by `row_key`."""
    heads = head_paths(write)
    rows: dict[str, dict[str, str]] = {}
    for path in write.expect:
        table, _, rest = path.partition("/")
        if rest:
            rows.setdefault(table, {})[rest.partition("/")[2]] = "number"
    tables = {name: Table(row_key, tuple(kinds), kinds=kinds) for name, kinds in rows.items()}
    kinds = dict.fromkeys(heads, "number")
    return Shape(write.form, (key,), tuple(heads), tables=tables, kinds=kinds)


def unmarked(write: Write, shown: str, words: str = "mark_not_kept") -> Rejected | None:
    """A new record does not show our mark: fields that a system lacks may be ignored without a
    word, and a doubt would find nothing by them. `shown` is what stands in the mark's field."""
    if write.key or write.reference is None or shown == write.reference[1].strip():
        return None
    return Rejected(say(words, field=write.reference[0]), field=write.reference[0])


def same(ours: Value, shown: Any) -> bool:
    """The target shows a value as we would write it."""
    if is_empty(ours) or is_empty(shown):
        return is_empty(ours) and is_empty(shown)
    if isinstance(ours, bool):
        return (str(shown).lower() in ("true", "1")) is ours
    if isinstance(ours, Decimal | int):
        return isinstance(shown, Decimal | int) and shown == ours
    if isinstance(ours, date):
        return str(shown)[:10] == ours.isoformat()[:10]
    return str(shown) == str(ours)


def new_rows(write: Write, shown: RowKeys, before: RowKeys, number: str) -> LineKeys:
    """The keys of rows that were added, where the target keeps them in the order sent. Raises
    Conflict where they cannot be told apart."""
    found: dict[str, dict[str, str]] = {}
    for table, change in write.tables.items():
        lines = [row.line for row in change.rows if not row.key]
        known = set(before.get(table, ()))
        added = [key for key in shown[table] if key not in known]
        if lines and len(added) != len(lines):
            raise Conflict(say("rows_unclear", number=number))
        if lines:
            found[table] = dict(zip(lines, added, strict=True))
    return found


def _by_line(write: Write, shown: Record, added: LineKeys, table: str, row_key: str) -> Rows:
    """The rows that the write names, by the source's line; one that is not shown is empty."""
    known = write.tables[table].rows if table in write.tables else ()
    keys = {row.line: row.key for row in known if row.key} | dict(added.get(table, {}))
    field = row_key or (write.show.tables[table].key if write.show else "")
    rows = {str(row[field]): row for row in shown.fields.get(table, ()) if field}
    return {line: rows.get(key, {}) for line, key in keys.items()}
