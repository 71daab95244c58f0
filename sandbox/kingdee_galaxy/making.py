"""New bills as a person's save makes them, for pushing and for people's daily work."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .account_set import AccountSet
from .lifecycle import audit, submit
from .records import Bill
from .registry import rules_of
from .rules import Act
from .values import plain

Quantity = int | str | Decimal
"""As people give one: JSON numbers, or text where digits count."""
DATES = ("FDate", "FDATE", "FApplicationDate")
"""A bill's business date, by the form's own spelling."""


def today(books: AccountSet) -> str:
    return books.now()[:10] + "T00:00:00"


def code_of(books: AccountSet, form_id: str, number: str) -> Any:
    """The id of a small table's entry; None where the account set lacks it."""
    found = books.find(form_id, number)
    return found.id if found else None


def amount_of(quantity: Quantity) -> Decimal:
    return plain(Decimal(str(quantity)))


def organisation_of(books: AccountSet, number: str) -> int:
    """The organisation's id; without a number that of the first one."""
    if number:
        return int(books.require("ORG_Organizations", number).id)
    return int(next(iter(books.tables["ORG_Organizations"].bills)))


def create(books: AccountSet, bill: Bill, act: Act) -> None:
    """Give a new bill its id, number, date and stamps, and commit it in state A."""
    form, values = bill.form, bill.values
    bill.id = books.next_id(form)
    values |= {
        form.number: bill.number or books.next_number(form), "FDocumentStatus": "A",
        "FCreateDate": books.now(), "FCreatorId": books.user(act.by),
    }  # fmt: skip
    for key in DATES:
        if key in form.head:
            values[key] = values.get(key) or today(books)
    for rows in bill.rows.values():
        for seq, row in enumerate(rows, 1):
            row.values["FSeq"] = seq
    rules_of(form).finish(books, bill)
    books.commit("create", bill, act.by)


def finish_by_hand(books: AccountSet, bill: Bill, act: Act) -> None:
    """Submit and audit."""
    submit(books, bill, act)
    audit(books, books.bill(bill.form.id, bill.id), act)


def create_audited(books: AccountSet, bill: Bill, act: Act) -> str:
    """A new bill, taken to its end; its number."""
    create(books, bill, act)
    finish_by_hand(books, bill, act)
    return bill.number
