"""What bills go through: audited and back, closed, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.books import Books, Record

from .faults import business
from .forms import APPROVAL, AUDITED, CLOSED, OPEN, ORDER

PERSON = "person:"


class Lifecycle:
    """Moves bills of one account set; `by` tells people, who may approve, from calls."""

    def __init__(self, books: Books, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._switches = switches

    def audit(self, record: Record, by: str) -> None:
        """Where a flow decides, a call's audit begins it, and is answered like any other."""
        self._ask(record, OPEN, of="审核")
        flows = record.form in self._switches["workflow"] and not by.startswith(PERSON)
        self._move(record, APPROVAL if flows else AUDITED, by, "audit")

    def approve(self, record: Record, by: str) -> None:
        self._ask(record, APPROVAL, of="审批")
        self._move(record, AUDITED, by, "approve")

    def reject(self, record: Record, by: str) -> None:
        self._ask(record, APPROVAL, of="驳回")
        self._move(record, OPEN, by, "reject")

    def unaudit(self, record: Record, by: str) -> None:
        self._ask(record, AUDITED, of="弃审")
        if record.form == ORDER and _executed(record):
            raise business(f"单据{record.number}已有下游单据，不能弃审")
        self._move(record, OPEN, by, "unaudit")

    def close(self, record: Record, by: str) -> None:
        self._ask(record, AUDITED, of="中止")
        self._move(record, CLOSED, by, "close")

    def delete(self, record: Record, by: str) -> None:
        self._ask(record, OPEN, of="删除")
        self._books.remove(record.form, record.key, by=by)

    def _ask(self, record: Record, state: str, of: str) -> None:
        if record.state != state:
            raise business(f"单据{record.number}的状态[{record.state}]不允许{of}")

    def _move(self, record: Record, state: str, by: str, operation: str) -> None:
        self._books.move(record.form, record.key, state, by=by, operation=operation)


def _executed(record: Record) -> bool:
    return any(row.values.get("ExecutedQuantity") for row in record.each("SaleOrderDetails"))
