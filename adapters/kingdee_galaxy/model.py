"""Writing: from a document's flat fields to the JSON that Save replays.

The server types a Model key by key as a person would, each key recomputing others. So the
order is the mapping's, but head fields go before sub-heads, and rows come last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from adapters.kingdee_galaxy.forms import form_of
from adapters.kingdee_galaxy.names import in_subhead, query_key, update_keys
from connector.contract import Fields, RowWrite, TableWrite, Value, Write
from connector.expected import head_paths

ROW_ID = "FEntryID"

Keep = Mapping[str, Sequence[str]]
"""`{table: row keys}`: rows to be named although nothing of them changes."""


def model_of(write: Write, *, numbered: bool, keep: Keep | None = None) -> dict[str, Any]:
    """The Model of one record. `numbered`: our own number goes with a new one."""
    model: dict[str, Any] = {form_of(write.form).key: int(write.key or 0)}
    fields = dict(write.fields)
    if not write.key:
        fields = {name: value for name, value in fields.items() if value is not None}
        if not numbered:
            fields.pop(write.number, None)
        if write.reference is not None:
            model[write.reference[0]] = write.reference[1]
    _nest(model, sorted(fields.items(), key=lambda item: in_subhead(item[0])))
    for table, change in write.tables.items():
        model[table] = list(_rows(change, (keep or {}).get(table, ())))
    return model


def save_options(*writes: Write, deletes: bool) -> dict[str, Any]:
    """What goes beside the Model of alike writes. `deletes`: rows not named are deleted."""
    write = writes[0]
    options: dict[str, Any] = {
        "IsDeleteEntry": "true" if deletes else "false",
        "IsVerifyBaseDataField": "true",
        "IgnoreInterationFlag": "false",
        "InterationFlags": accepted(write),
        "NeedReturnFields": list(dict.fromkeys(n for w in writes for n in returned(w))),
    }
    # A field listed with an empty value can end in a raw SQL error. Where something is
    # emptied nothing is listed: then every key that was sent is written.
    if write.key and not _empties(write):
        options["NeedUpDateFields"] = list(dict.fromkeys(_updated(write)))
    return options


def accepted(write: Write) -> str:
    """InterationFlags: the prompts that may be answered yes."""
    return ";".join(sorted(write.accept))


def returned(write: Write) -> Iterator[str]:
    """NeedReturnFields: key and entry ids, and the numbers that are read back."""
    yield form_of(write.form).key
    yield from map(query_key, head_decimals(write))
    for table in write.tables:
        yield f"{table}.{ROW_ID}"
        yield from (f"{table}.{query_key(name)}" for name in row_decimals(write, table))


def head_decimals(write: Write) -> list[str]:
    """Numbers of the head that are read back: what is to be checked and what is shown."""
    shown = write.show.fields if write.show else ()
    return list(dict.fromkeys([*head_paths(write), *_decimals(write.fields, shown)]))


def row_decimals(write: Write, table: str) -> list[str]:
    """The same for the rows of a table."""
    known = write.show.tables.get(table) if write.show else None
    paths = (path.split("/") for path in write.expect)
    found = [path[-1] for path in paths if path[0] == table]
    for row in write.tables[table].rows:
        found += _decimals(row.fields, known.fields if known else ())
    return list(dict.fromkeys(found))


def _decimals(fields: Fields, shown: Iterable[str]) -> list[str]:
    return [n for n, v in fields.items() if isinstance(v, Decimal) and n in shown]


def _rows(change: TableWrite, keep: Sequence[str]) -> Iterator[dict[str, Any]]:
    named = {row.key for row in change.rows}
    yield from ({ROW_ID: int(key)} for key in keep if key not in named)
    yield from map(_row, change.rows)


def _row(row: RowWrite) -> dict[str, Any]:
    made: dict[str, Any] = {ROW_ID: int(row.key)} if row.key else {}
    new = not row.key
    _nest(made, ((n, v) for n, v in row.fields.items() if not (new and v is None)))
    for table, rows in row.tables.items():
        made[table] = [_row(inner) for inner in rows]
    return made


def _nest(into: dict[str, Any], fields: Iterable[tuple[str, Value]]) -> None:
    for path, value in fields:
        *outer, last = path.split(".")
        place = into
        for part in outer:
            place = place.setdefault(part, {})
        place[last] = _encoded(value)


def _encoded(value: Value) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value


def _empties(write: Write) -> bool:
    rows = (row for change in write.tables.values() for row in change.rows)
    return any(None in fields.values() for fields in (write.fields, *(r.fields for r in rows)))


def _updated(write: Write) -> Iterator[str]:
    for path in write.fields:
        yield from update_keys(path)
    for table, change in write.tables.items():
        yield table
        for row in change.rows:
            for path in row.fields:
                yield from update_keys(path)
            yield from row.tables
