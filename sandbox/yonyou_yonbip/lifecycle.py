"""What bills go through: submitted, audited and back, opposed, closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.books import Books, Record
from sandbox.books.books import Rows

from .faults import business
from .forms import AUDITED, CLOSED, OPEN, OPPOSED, ORDER, REJECTED, SUBMITTED

PERSON = "person:"


class Lifecycle:
    """Moves bills of one tenant; `by` tells people, who may approve, from calls."""

    def __init__(self, books: Books, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._switches = switches

    def flows(self, form: str) -> bool:
        """Bills of this form go through an approval flow."""
        return bool(form in self._switches["workflow"])

    def submit(self, record: Record, by: str) -> None:
        self._ask(record, OPEN, REJECTED, of="提交")
        ends = self._switches["submit_audits"] and not self.flows(record.form)
        self._move(record, AUDITED if ends else SUBMITTED, by, "submit")

    def audit(self, record: Record, by: str) -> None:
        self._ask(record, SUBMITTED, of="审核")
        if self.flows(record.form) and not by.startswith(PERSON):
            raise business(f"单据{record.number}已启用审批流，请在审批中心审批")
        self._move(record, AUDITED, by, "audit")

    def unaudit(self, record: Record, by: str) -> None:
        self._ask(record, AUDITED, of="弃审")
        if record.form == ORDER and _executed(record):
            raise business(f"单据{record.number}已生成下游单据，不能弃审")
        if record.values.get("lockIn"):
            raise business(f"单据{record.number}存在未审核的变更单")
        self._move(record, OPEN, by, "unaudit")

    def reject(self, record: Record, by: str, words: str) -> None:
        """Approvers send it back."""
        self._ask(record, SUBMITTED, of="驳回")
        self._move(record.with_values(opposeMemo=words), REJECTED, by, "reject")

    def oppose(self, record: Record, by: str, words: str) -> None:
        """An order that is not wanted any more (已取消)."""
        self._ask(record, OPEN, REJECTED, of="驳回")
        self._move(record.with_values(opposeMemo=words), OPPOSED, by, "oppose")

    def close(self, record: Record, by: str) -> None:
        self._ask(record, AUDITED, of="关闭")
        self._move(record, CLOSED, by, "close")

    def close_rows(self, record: Record, keys: list[str], by: str) -> None:
        self._ask(record, AUDITED, of="行关闭")
        made = record
        for key in keys:
            if all(row.key != key for row in record.each("orderDetails")):
                raise business("单据行不存在")
            made = made.with_values("orderDetails", key, lineClosed=True)
        self._books.recompute(made)
        rows: Rows = {"orderDetails": [(key, {}) for key in keys]}
        self._books.change(record.form, record.key, {}, rows, by=by, operation="lineclose")

    def _ask(self, record: Record, *states: str, of: str) -> None:
        if record.state not in states:
            raise business(f"单据{record.number}的状态不允许{of}")

    def _move(self, record: Record, state: str, by: str, operation: str) -> None:
        self._books.recompute(record.with_values(editor=by))
        self._books.move(record.form, record.key, state, by=by, operation=operation)


def _executed(record: Record) -> bool:
    names = ("sendQty", "totalOutStockQuantity", "invoiceQty")
    return any(row.values.get(name) for row in record.each("orderDetails") for name in names)
