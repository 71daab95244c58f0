"""Writing: from a document's flat fields to the JSON that Save replays.

The server types a Model key by key as a person would, each key recomputing others. So the
order is the mapping's, but head fields go before sub-heads, and rows come last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from adapters.kingdee_galaxy.forms import form_of
from adapters.kingdee_galaxy.names import in_subhead, query_key, update_keys
from adapters.kingdee_galaxy.settings import KingdeeGalaxySettings
from connector.contract import Fields, RowWrite, TableWrite, Value, Write, is_empty
from connector.kit.expected import head_paths

ROW_ID = "FEntryID"

Keep = Mapping[str, Sequence[str]]
"""`{table: row keys}`: rows to be named although nothing of them changes."""

_AS_IT_IS = frozenset((str, int, Decimal))


class Models:
    """Makes the Models of one connection."""

    def __init__(self, settings: KingdeeGalaxySettings) -> None:
        self._numbered = settings.numbering == "manual"
        self._zone = settings.zone

    def of(self, write: Write, keep: Keep | None = None) -> dict[str, Any]:
        """The Model of one record; of a new one without what is empty."""
        model: dict[str, Any] = {form_of(write.form).key: int(write.key or 0)}
        fields: Fields = write.fields
        if not write.key:
            ours = "" if self._numbered else write.number
            fields = {n: v for n, v in fields.items() if not is_empty(v) and n != ours}
            if write.reference is not None:
                model[write.reference[0]] = write.reference[1]
        self._nest(model, sorted(fields.items(), key=_in_subhead))
        for table, change in write.tables.items():
            model[table] = list(self._rows(change, (keep or {}).get(table, ())))
        return model

    def _rows(self, change: TableWrite, keep: Sequence[str]) -> Iterator[dict[str, Any]]:
        named = {row.key for row in change.rows}
        yield from ({ROW_ID: int(key)} for key in keep if key not in named)
        yield from map(self._row, change.rows)

    def _row(self, row: RowWrite) -> dict[str, Any]:
        made: dict[str, Any] = {ROW_ID: int(row.key)} if row.key else {}
        given = row.fields.items()
        self._nest(made, given if row.key else (item for item in given if not is_empty(item[1])))
        for table, rows in row.tables.items():
            made[table] = [self._row(inner) for inner in rows]
        return made

    def _nest(self, into: dict[str, Any], fields: Iterable[tuple[str, Value]]) -> None:
        for path, value in fields:
            outer, last = _way(path)
            place = into
            for part in outer:
                place = place.setdefault(part, {})
            place[last] = value if type(value) in _AS_IT_IS else self._encoded(value)

    def _encoded(self, value: Value) -> Any:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, datetime):
            # The server knows no zones but its own.
            return value.astimezone(self._zone).replace(tzinfo=None).isoformat(" ", "seconds")
        if isinstance(value, date):
            return value.isoformat()
        return "" if value is None else value


@dataclass(frozen=True, slots=True)
class Asked:
    """The numbers that are read back after saving: what is to be checked and what is shown."""

    head: Sequence[str]
    rows: Mapping[str, Sequence[str]]
    """By table."""

    @classmethod
    def by(cls, write: Write) -> Asked:
        shown = write.show.fields if write.show else ()
        head = dict.fromkeys([*head_paths(write), *_decimals(write.fields, shown)])
        rows = {table: list(dict.fromkeys(_row_decimals(write, table))) for table in write.tables}
        return cls(list(head), rows)


def save_options(writes: Sequence[Write], asked: Sequence[Asked], *, deletes: bool) -> Any:
    """What goes beside the Model of alike writes. `deletes`: rows not named are deleted."""
    write = writes[0]
    names = (name for each in asked for name in _returned(write, each))
    options: dict[str, Any] = {
        "IsDeleteEntry": "true" if deletes else "false",
        "IsVerifyBaseDataField": "true",
        "IgnoreInterationFlag": "false",
        "InterationFlags": accepted(write),
        "NeedReturnFields": list(dict.fromkeys(names)),
    }
    # A field listed with an empty value can end in a raw SQL error. Where something is
    # emptied nothing is listed: then every key that was sent is written.
    if write.key and not _empties(write):
        options["NeedUpDateFields"] = list(dict.fromkeys(_updated(write)))
    return options


def accepted(write: Write) -> str:
    """InterationFlags: the prompts that may be answered yes."""
    return ";".join(sorted(write.accept))


def _returned(write: Write, asked: Asked) -> Iterator[str]:
    """NeedReturnFields: key, entry ids, the numbers that are read back, and of a new record our
    mark, by which it is told from others of its batch."""
    yield form_of(write.form).key
    if write.reference is not None:
        yield query_key(write.reference[0])
    yield from map(query_key, asked.head)
    for table, names in asked.rows.items():
        yield f"{table}.{ROW_ID}"
        yield from (f"{table}.{query_key(name)}" for name in names)


def _row_decimals(write: Write, table: str) -> Iterator[str]:
    known = write.show.tables.get(table) if write.show else None
    shown = known.fields if known else ()
    for path in write.expect:
        name, _, rest = path.partition("/")
        if rest and name == table:
            yield rest.rpartition("/")[2]
    for row in write.tables[table].rows:
        yield from _decimals(row.fields, shown)


def _decimals(fields: Fields, shown: Sequence[str]) -> list[str]:
    return [n for n, v in fields.items() if type(v) is Decimal and n in shown]


@cache
def _way(path: str) -> tuple[tuple[str, ...], str]:
    *outer, last = path.split(".")
    return tuple(outer), last


def _in_subhead(item: tuple[str, Value]) -> bool:
    return in_subhead(item[0])


def _empties(write: Write) -> bool:
    rows = (row for change in write.tables.values() for row in change.rows)
    filled = (write.fields, *(row.fields for row in rows))
    return any(is_empty(value) for fields in filled for value in fields.values())


def _updated(write: Write) -> Iterator[str]:
    for path in write.fields:
        yield from update_keys(path)
    for table, change in write.tables.items():
        yield table
        for row in change.rows:
            for path in row.fields:
                yield from update_keys(path)
            yield from row.tables
