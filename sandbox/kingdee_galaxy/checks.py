"""What a save checks once everything is typed: validators first, then questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from .account_set import AccountSet
from .errors import MsgCode, Problem, Refused
from .forms import Field
from .records import Bill
from .registry import rules_of
from .rules import Act


def finish(books: AccountSet, bill: Bill, before: Bill | None, act: Act, *, draft: bool) -> None:
    """Number the rows, fill what the client would fill for people, sum up."""
    values, rules = bill.values, rules_of(bill.form)
    for rows in bill.rows.values():
        for seq, row in enumerate(rows, 1):
            row.values["FSeq"] = seq
    if not bill.form.is_bill and not values.get("FUseOrgId") and "FUseOrgId" in bill.form.head:
        values["FUseOrgId"] = values.get("FCreateOrgId")
    if act.is_person or books.switches["fills_defaults"]:
        rules.fill(books, bill)
    if before is None or before.status == "Z":
        values["FDocumentStatus"] = "Z" if draft else "A"
    rules.finish(books, bill)


def find_problems(books: AccountSet, bill: Bill, before: Bill | None) -> Iterator[Problem]:
    """Everything that the save validators find, in the order of the form."""
    yield from _missing(bill)
    yield from _manual_number(books, bill, before)
    yield from _used_values(books, bill)
    yield from _closed_period(books, bill, before)
    yield from rules_of(bill.form).problems(books, bill)


def _missing(bill: Bill) -> Iterator[Problem]:
    for made in bill.form.required:
        if not made.entity:
            if _lacks(made, bill.values):
                yield Problem(f"字段[{made.label}]是必录字段", made.key)
            continue
        for seq, row in enumerate(bill.rows.get(made.entity, ()), 1):
            if _lacks(made, row.values):
                yield Problem(f"第{seq}行分录，字段[{made.label}]是必录字段", made.key)
    entity = next(iter(bill.form.entries.values()), None)
    if bill.form.is_bill and entity and not bill.rows.get(entity.key):
        yield Problem(f"单据体[{entity.label}]不能为空", entity.key)


def _lacks(made: Field, values: Mapping[str, Any]) -> bool:
    value = values.get(made.key)
    return value is None or value == "" or (isinstance(value, Decimal) and not value)


def _manual_number(books: AccountSet, bill: Bill, before: Bill | None) -> Iterator[Problem]:
    """Half of the sites forbid manual numbers; here the switch is for sales orders."""
    refuses = books.switches["numbering"] == "erp" and bill.form.id == "SAL_SaleOrder"
    old = before.number if before else ""
    if refuses and bill.number != old:
        yield Problem("单据编码规则不允许手工录入编码", bill.form.number)


def _used_values(books: AccountSet, bill: Bill) -> Iterator[Problem]:
    keys = {bill.form.number: "编码唯一"}
    copies = bill.form.id == "SAL_XORDER"  # a change bill carries the mark of its order
    if books.switches["unique_reference"] and "F_CRM_Ref" in bill.form.head and not copies:
        keys["F_CRM_Ref"] = "CRM单号唯一"
    table = books.tables[bill.form.id]
    for key, rule in keys.items():
        value = bill.values.get(key)
        if value and any(_clashes(other, bill) for other in table.find(key, value)):
            text = f"违反字段唯一性要求：{rule}。[{value}]在当前系统中已经被使用。"
            yield Problem(text, key)


def _clashes(other: Bill, bill: Bill) -> bool:
    """A record never clashes with itself, nor with its copy in another organisation."""
    master = bill.values.get("FMasterId") or bill.id
    return other.id != bill.id and (other.values.get("FMasterId") or other.id) != master


def _closed_period(books: AccountSet, bill: Bill, before: Bill | None) -> Iterator[Problem]:
    closed, day = books.switches["closed_before"], bill.values.get("FDate")
    if closed and day and day[:10] < closed and (before is None or before.values["FDate"] != day):
        text = f"单据日期[{day[:10]}]早于关账日期[{closed}]，所在期间已关账，不允许操作"
        yield Problem(text, "FDate")


def answer_prompts(books: AccountSet, bill: Bill, act: Act) -> None:
    """Ask the save's questions; one that was answered is not asked again at the audit."""
    for prompt in rules_of(bill.form).prompts(books, bill):
        if act.ignore_prompts or prompt.flag in act.answered or act.is_person:
            bill.answered |= {prompt.flag}
        elif prompt.flag not in bill.answered:
            raise Refused(MsgCode.VALIDATION, prompt.text)
