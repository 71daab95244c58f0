"""Editing in the client: fields, and rows that people insert, split or delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from .account_set import AccountSet
from .amounts import decimal
from .checks import find_problems, finish
from .errors import MsgCode, Refused
from .forms import Entity, Form
from .records import Bill, Row
from .registry import rules_of
from .replay import Typing
from .rules import Act
from .save import commit_saved
from .values import plain

QUANTITY = "FQty"


def as_sent(form: Form, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Base data may be given by its bare number; unknown keys are an error here."""
    unknown = set(fields) - set(form.fields)
    if unknown:
        raise KeyError(f"{form.id} has no {sorted(unknown)}")
    return {
        key: {"FNumber": value}
        if form.fields[key].kind == "base" and not isinstance(value, dict)
        else value
        for key, value in fields.items()
    }


def main_entry(form: Form) -> Entity:
    return next(iter(form.entries.values()))


def row_of(bill: Bill, entry_id: int | None, seq: int | None) -> Row:
    """A row by its entry id or by its position from 1."""
    for row in bill.each_row():
        if row.id == entry_id or (entry_id is None and row.values.get("FSeq") == seq):
            return row
    raise KeyError(f"{bill.number} has no row {entry_id or seq}")


def edit(books: AccountSet, bill: Bill, act: Act, change: Callable[[Bill, Typing], None]) -> None:
    """Change a copy, check it as a save does, commit it as one update in any state."""
    changed = bill.copy()
    org = bill.values.get(bill.form.org)
    typing = Typing(books, changed, frozenset(), False, False, org)
    change(changed, typing)
    finish(books, changed, bill, act, draft=bill.status == "Z")
    problems = [*typing.problems, *find_problems(books, changed, bill)]
    if problems:
        raise Refused(MsgCode.VALIDATION, *problems)
    commit_saved(books, changed, act.by)


def edit_fields(books: AccountSet, bill: Bill, fields: Mapping[str, Any], act: Act) -> None:
    sent = as_sent(bill.form, fields)
    edit(books, bill, act, lambda changed, typing: typing.model(sent))


def edit_row(books: AccountSet, bill: Bill, row: Row, fields: Mapping[str, Any], act: Act) -> None:
    sent, entry = as_sent(bill.form, fields), main_entry(bill.form)
    edit(
        books, bill, act,
        lambda changed, typing: typing.fill_row(entry, row_of(changed, row.id, None), sent),
    )  # fmt: skip


def insert_row(
    books: AccountSet, bill: Bill, fields: Mapping[str, Any], position: int | None, act: Act
) -> int:
    """A new row before `position` (from 1), or at the end; returns its entry id."""
    entry, sent = main_entry(bill.form), as_sent(bill.form, fields)
    row = books.new_row(bill.form, entry.key)

    def insert(changed: Bill, typing: Typing) -> None:
        rows = changed.rows.setdefault(entry.key, [])
        rows.insert(len(rows) if position is None else position - 1, row)
        typing.fill_row(entry, row, sent)

    edit(books, bill, act, insert)
    return row.id


def split_row(books: AccountSet, bill: Bill, row: Row, quantity: Decimal, act: Act) -> int:
    """Move `quantity` of a row to a new row right below it; returns the new entry id."""
    left = decimal(row.values, QUANTITY) - quantity
    if quantity <= 0 or left <= 0:
        raise ValueError(f"cannot split {quantity} from {row.values.get(QUANTITY)}")
    made = books.next_row(bill.form)
    made.values = {
        key: value for key, value in row.values.items() if key not in ("FStockOutQty", "FDeliQty")
    }

    def divide(changed: Bill, typing: Typing) -> None:
        rules, old = rules_of(bill.form), row_of(changed, row.id, None)
        rows = changed.rows[main_entry(bill.form).key]
        rows.insert(rows.index(old) + 1, made)
        for part, amount in ((old, left), (made, quantity)):
            part.values[QUANTITY] = plain(amount)
            rules.typed(books, changed, part, QUANTITY)

    edit(books, bill, act, divide)
    return made.id


def delete_row(books: AccountSet, bill: Bill, row: Row, act: Act) -> None:
    key = main_entry(bill.form).key

    def remove(changed: Bill, typing: Typing) -> None:
        changed.rows[key] = [kept for kept in changed.rows[key] if kept.id != row.id]

    edit(books, bill, act, remove)
