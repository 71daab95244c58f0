"""Save, BatchSave and Draft: a JSON is replayed as if a user typed it, key by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .account_set import AccountSet
from .checks import answer_prompts, find_problems, finish
from .envelope import truth, whole, words
from .errors import MsgCode, Refused
from .forms import Form
from .lifecycle import audit, check_audit, guard_lock, submit
from .records import Bill
from .replay import Typing
from .rules import Act

EDITABLE = ("Z", "A", "D")


@dataclass(frozen=True, slots=True)
class SaveOptions:
    """The options of one Save call."""

    only: frozenset[str]
    delete_missing: bool
    verify: bool
    adjust_order: bool
    refuse_repeat: bool
    audit_too: bool
    act: Act

    @classmethod
    def read(cls, options: Mapping[str, Any], by: str = "api") -> SaveOptions:
        return cls(
            only=frozenset(words(options.get("needupdatefields"))),
            delete_missing=truth(options.get("isdeleteentry"), True),
            verify=truth(options.get("isverifybasedatafield"), False),
            adjust_order=truth(options.get("isautoadjustfield"), False),
            refuse_repeat=truth(options.get("validaterepeatjson"), False),
            audit_too=truth(options.get("isautosubmitandaudit"), False),
            act=read_act(options, by, ignores_by_default=True),
        )


def read_act(options: Mapping[str, Any], by: str = "api", *, ignores_by_default: bool) -> Act:
    """Who acts and how prompts are answered: Save ignores them by default, Audit does not."""
    flags = str(options.get("interationflags") or "").split(";")
    ignore = truth(options.get("ignoreinterationflag"), ignores_by_default)
    return Act(by, ignore, frozenset(flag for flag in flags if flag))


def save(
    books: AccountSet, form: Form, model: Mapping[str, Any], options: SaveOptions,
    *, draft: bool = False,
) -> Bill:  # fmt: skip
    """Write one record and return it; raises `Refused` and then nothing was written."""
    act = options.act
    body = _refuse_repeat(books, model) if options.refuse_repeat else None
    before = _existing(books, form, model)
    if before is not None:
        _check_editable(books, before, act)
    bill = before.copy() if before else books.new_bill(form)
    typing = Typing(
        books, bill, options.only if before else frozenset(), options.delete_missing,
        options.verify,
    )  # fmt: skip
    typing.model(_in_order(form, model) if options.adjust_order else model)
    finish(books, bill, before, act, draft=draft)
    if not draft:
        problems = [*typing.problems, *find_problems(books, bill, before)]
        if problems:
            raise Refused(MsgCode.VALIDATION, *problems)
        answer_prompts(books, bill, act)
    if options.audit_too:
        check_audit(books, bill, act)
    commit_saved(books, bill, act.by)
    if body:
        books.repeats.add(body)
    if options.audit_too:
        submit(books, bill, act)
        audit(books, books.bill(form.id, bill.id), act)
    return books.bill(form.id, bill.id)


def _refuse_repeat(books: AccountSet, model: Mapping[str, Any]) -> str:
    body = repr(model)
    if body in books.repeats:
        raise Refused(MsgCode.VALIDATION, "请求数据重复提交")
    return body


def _existing(books: AccountSet, form: Form, model: Mapping[str, Any]) -> Bill | None:
    key = whole(model.get(form.pk))
    if not key:
        return None
    found = books.table(form.id).get(key)
    if found is None:
        raise Refused(MsgCode.DATA_NOT_FOUND, f"内码为{key}的数据不存在")
    return found


def _check_editable(books: AccountSet, before: Bill, act: Act) -> None:
    guard_lock(books, before, act)
    free = not before.form.is_bill and books.switches["edit_audited_base_data"]
    if before.status in EDITABLE or free:
        return
    state = "已审核" if before.status == "C" else "处于审核中"
    raise Refused(MsgCode.VALIDATION, f"单据[{before.number}]{state}，不允许修改")


def _in_order(form: Form, model: Mapping[str, Any]) -> dict[str, Any]:
    """IsAutoAdjustField: head, then sub-heads, then entries."""
    ranks = {**dict.fromkeys(form.subheads, 1), **dict.fromkeys(form.entries, 2)}
    return dict(sorted(model.items(), key=lambda item: ranks.get(item[0], 0)))


def commit_saved(books: AccountSet, bill: Bill, by: str) -> None:
    """Give ids, number and stamps to a new record, and commit."""
    form, values = bill.form, bill.values
    if not values.get(form.number) and values["FDocumentStatus"] != "Z":
        values[form.number] = books.next_number(form)
    if bill.id:
        copies = _copies(books, bill)
        books.commit("update", bill, by)
        for copy in copies:
            _follow(books, copy, bill, by)
        return
    bill.id = books.next_id(form)
    values["FCreateDate"], values["FCreatorId"] = books.now(), books.user(by)
    if not form.is_bill:
        values["FMasterId"] = bill.id
    books.commit("create", bill, by)


def _copies(books: AccountSet, bill: Bill) -> list[Bill]:
    """The copies that other organisations were given of this piece of base data."""
    if not bill.form.allocated or bill.values.get("FMasterId") != bill.id:
        return []
    before = books.bill(bill.form.id, bill.id)
    same_number = books.tables[bill.form.id].find(bill.form.number, before.number)
    return [b for b in same_number if b.values.get("FMasterId") == bill.id and b.id != bill.id]


def _follow(books: AccountSet, copy: Bill, master: Bill, by: str) -> None:
    """A copy follows its master in everything but organisation and status."""
    changed = replace(master.copy(), id=copy.id)
    for key in ("FUseOrgId", "FDocumentStatus", "FForbidStatus", "FCreateDate", "FApproveDate"):
        changed.values[key] = copy.values.get(key)
    books.commit("update", changed, by)
