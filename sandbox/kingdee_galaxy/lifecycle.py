"""The life of a record: submit, audit, un-audit, withdraw, delete, and the workflow behind it.

Z draft · A created · B under audit · C audited · D again under audit. Texts of status refusals
are ours; only 只能删除创建/暂存/重新审核状态的数据 was seen on a real server.
"""

from __future__ import annotations

from collections.abc import Callable

from .account_set import AccountSet
from .errors import MsgCode, Refused
from .records import Bill
from .registry import rules_of
from .rules import Act, Rules

OPINION = "F_CRM_Opinion"
"""A custom head field into which the workflow writes the approver's words."""

Step = Callable[[AccountSet, Bill, Act], None]


def guard_lock(books: AccountSet, bill: Bill, act: Act) -> None:
    """Network control: nobody else writes a bill that somebody has open."""
    who, until = books.locks.get((bill.form.id, bill.id), ("", 0.0))
    if not act.is_person and until > books.clock.now().timestamp():
        text = (
            f"“{bill.form.label}”[{bill.number}]的业务操作与用户“{who}”正在执行的业务操作"
            "冲突，请稍候再使用"
        )
        raise Refused(MsgCode.NETWORK_CONTROL, text)


def has_workflow(books: AccountSet, bill: Bill) -> bool:
    return bool(books.switches["workflow"].get(bill.form.id))


def submit(books: AccountSet, bill: Bill, act: Act) -> None:
    """A or D → B; with a workflow, people decide from here on."""
    _require(bill, "AD", "提交")
    if bill.values.get("FCancelStatus") == "B":
        raise Refused(MsgCode.VALIDATION, f"单据[{bill.number}]已作废，不允许提交")
    guard_lock(books, bill, act)
    _commit_status(books, bill, "B", "submit", act)


def audit(books: AccountSet, bill: Bill, act: Act) -> None:
    """B → C. Refused while a workflow holds the bill; people approve with `approve`."""
    _require(bill, "B", "审核")
    check_audit(books, bill, act)
    approve(books, bill, act)


def check_audit(books: AccountSet, bill: Bill, act: Act) -> None:
    """Everything that an audit refuses besides the status."""
    guard_lock(books, bill, act)
    if has_workflow(books, bill) and not act.is_person:
        text = f"单据[{bill.number}]处于工作流审批中，不允许直接审核"
        raise Refused(MsgCode.VALIDATION, text)
    rules = rules_of(bill.form)
    asked = [p for p in rules.prompts(books, bill) if p.flag not in bill.answered]
    for prompt in [*asked, *rules.audit_prompts(books, bill)]:
        answered = act.ignore_prompts or prompt.flag in act.answered or act.is_person
        if not answered:
            raise Refused(MsgCode.VALIDATION, prompt.text)


def approve(books: AccountSet, bill: Bill, act: Act) -> None:
    """B → C by an audit or by the last approver of the workflow."""
    _require(bill, "B", "审核")
    rules = rules_of(bill.form)
    changed = bill.copy()
    changed.values["FApproveDate"], changed.values["FApproverId"] = books.now(), books.user(act.by)
    changed.values.pop(OPINION, None)
    rules.audit(books, changed)
    _commit_status(books, changed, "C", "audit", act)
    rules.audited(books, books.bill(bill.form.id, bill.id), act)


def reject(books: AccountSet, bill: Bill, act: Act, words: str) -> None:
    """The approver says no: B → D, with the words in the head where the form has room for them."""
    _require(bill, "B", "驳回")
    changed = bill.copy()
    if OPINION in bill.form.head:
        changed.values[OPINION] = words
    _commit_status(books, changed, "D", "reject", act, words)


def unaudit(books: AccountSet, bill: Bill, act: Act) -> None:
    """C → D unless something hangs on the bill or its period is closed."""
    _require(bill, "C", "反审核")
    guard_lock(books, bill, act)
    closed, day = books.switches["closed_before"], bill.values.get("FDate")
    if closed and day and day[:10] < closed:
        raise Refused(MsgCode.VALIDATION, f"单据[{bill.number}]所在期间已关账，不允许反审核")
    rules = rules_of(bill.form)
    rules.check_unaudit(books, bill)
    changed = bill.copy()
    changed.values["FApproveDate"] = changed.values["FApproverId"] = None
    changed.answered = frozenset()
    _commit_status(books, changed, "D", "unaudit", act)
    rules.unaudited(books, changed, act)


def cancel_assign(books: AccountSet, bill: Bill, act: Act) -> None:
    """Withdraw a submitted record: B → D."""
    _require(bill, "B", "撤销")
    guard_lock(books, bill, act)
    _commit_status(books, bill, "D", "cancel_assign", act)


def delete(books: AccountSet, bill: Bill, act: Act) -> None:
    """Z, A or D: gone without a trace, unless other records point to it."""
    if bill.status not in ("Z", "A", "D"):
        raise Refused(MsgCode.VALIDATION, "只能删除创建/暂存/重新审核状态的数据")
    guard_lock(books, bill, act)
    if _is_referenced(books, bill) or _has_downstream(books, bill, rules_of(bill.form)):
        raise Refused(MsgCode.VALIDATION, f"[{bill.number}]已被引用，不允许删除")
    books.remove("delete", bill, act.by)


STEPS: dict[str, Step] = {
    "Submit": submit,
    "Audit": audit,
    "UnAudit": unaudit,
    "CancelAssign": cancel_assign,
    "Delete": delete,
}


def _require(bill: Bill, states: str, action: str) -> None:
    if bill.status not in states:
        text = f"单据[{bill.number}]的单据状态为{STATES.get(bill.status)}，不允许{action}"
        raise Refused(MsgCode.VALIDATION, text)


STATES = {"Z": "暂存", "A": "创建", "B": "审核中", "C": "已审核", "D": "重新审核"}


def _commit_status(
    books: AccountSet, bill: Bill, status: str, operation: str, act: Act, words: str = ""
) -> None:
    changed = bill.copy()
    changed.values["FDocumentStatus"] = status
    details = {"words": words} if words else {}
    books.commit(operation, changed, act.by, details=details)


def _has_downstream(books: AccountSet, bill: Bill, rules: Rules) -> bool:
    return any(rules.has_downstream(books, row) for row in bill.each_row())


def _is_referenced(books: AccountSet, bill: Bill) -> bool:
    """Whether any record uses this piece of base data: a scan, deletions are rare."""
    if bill.form.is_bill:
        return False
    for table in books.tables.values():
        pointers = [made for made in table.form.fields.values() if made.base == bill.form.id]
        for other in table.bills.values() if pointers else ():
            for made in pointers:
                rows = other.rows.get(made.entity, ()) if made.entity else (other,)
                if any(row.values.get(made.key) == bill.id for row in rows):
                    return True
    return False
