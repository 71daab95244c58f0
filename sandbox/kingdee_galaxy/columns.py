"""Field names of queries, resolved once per query to functions that read a value.

Entry fields go by their bare key; only the entry's id and position take the entry's name
(`FSaleOrderEntry_FEntryID`). Base data goes one level deep (`FCustId.FNumber`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .account_set import AccountSet
from .errors import MsgCode, Refused, unknown_field
from .forms import DECIMALS, Field, Form
from .records import Bill, Row

Read = Callable[[Bill, Row | None], Any]

NUMBER, TEXT, TIME, BOOL, ID = "number", "text", "time", "bool", "id"
_KINDS = {"bool": BOOL, "int": NUMBER, "date": TIME, "time": TIME, "base": ID}


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a query."""

    key: str
    """As it was asked for."""
    kind: str
    entity: str
    read: Read
    path: str
    """The field's own key where an index on it may exist; empty for base data's fields."""
    joined: bool = False
    """Read from base data: null where that is not set."""


def resolve(books: AccountSet, form: Form, key: str) -> Column:
    """The column of a key; raises `Refused` for what the metadata does not know."""
    if key == form.pk:
        kind = TEXT if form.id == "STK_Inventory" else ID
        return Column(key, kind, "", lambda bill, row: bill.id, key)
    if key in ("FEntryID", "FENTRYID"):
        raise Refused(MsgCode.EXCEPTION, f"字段{key}：属性没有找到映射或不是简单属性")
    if "." in key:
        return _joined(books, form, key)
    for entity in form.entries:
        if key.startswith(f"{entity}_"):
            return _position(entity, key)
    made = form.fields.get(key)
    if made is None or made.kind == "list":
        raise unknown_field(key)
    return Column(key, _kind(made), made.entity, _reader(made), key)


def _kind(made: Field) -> str:
    return NUMBER if made.kind in DECIMALS else _KINDS.get(made.kind, TEXT)


def _reader(made: Field) -> Read:
    key = made.key
    if not made.entity:
        return lambda bill, row: bill.values.get(key)
    return lambda bill, row: row.values.get(key) if row is not None else None


def _position(entity: str, key: str) -> Column:
    match key.removeprefix(f"{entity}_"):
        case "FEntryID" | "FENTRYID":
            return Column(
                key, ID, entity, lambda bill, row: row and row.values.get(key, row.id), ""
            )
        case "FSeq" | "FSEQ":
            return Column(
                key, NUMBER, entity,
                lambda bill, row: row and row.values.get(key, row.values.get("FSeq")), "",
            )  # fmt: skip
    raise unknown_field(key)


def _joined(books: AccountSet, form: Form, key: str) -> Column:
    outer, _, inner = key.partition(".")
    made = form.fields.get(outer)
    if made is None:
        raise unknown_field(key)
    read = _reader(made)
    if made.kind == "assist" and inner in ("FNumber", "FName"):
        return Column(key, TEXT, made.entity, read, "")
    if made.kind != "base" or "." in inner:
        raise unknown_field(key)
    table = books.tables[made.base]
    column = resolve(books, table.form, inner)
    if column.entity:
        raise unknown_field(key)
    read_inner = column.read

    def follow(bill: Bill, row: Row | None) -> Any:
        target = table.bills.get(read(bill, row))
        return None if target is None else read_inner(target, None)

    return Column(key, column.kind, made.entity, follow, "", joined=True)


def printer(column: Column, empty_text: str, checkboxes: str) -> Callable[[Any], Any]:
    """How a column's values are printed. Texts that were never set come as `empty_text`."""
    if column.joined:
        return lambda value: value
    if column.kind == TEXT:
        return lambda value: value or empty_text
    if column.kind == ID:
        return lambda value: value or 0
    if column.kind == BOOL and checkboxes == "text":
        return lambda value: "1" if value else "0"
    if column.kind == BOOL:
        return bool
    return lambda value: value
