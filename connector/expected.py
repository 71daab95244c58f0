"""`Write.expect`: the amounts that must stand in the target before any further step."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connector.contract import Record, Write
from connector.errors import Rejected
from connector.messages import say

LineKeys = Mapping[str, Mapping[str, str]]
"""`{table: {source line: target row key}}`."""

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


def _by_line(write: Write, shown: Record, added: LineKeys, table: str, row_key: str) -> Rows:
    """The rows that the write names, by the source's line; one that is not shown is empty."""
    known = write.tables[table].rows if table in write.tables else ()
    keys = {row.line: row.key for row in known if row.key} | dict(added.get(table, {}))
    field = row_key or (write.show.tables[table].key if write.show else "")
    rows = {str(row[field]): row for row in shown.fields.get(table, ()) if field}
    return {line: rows.get(key, {}) for line, key in keys.items()}
