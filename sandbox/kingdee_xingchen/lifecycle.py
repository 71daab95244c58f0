"""What bills go through: audited and back, closed, deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sandbox.books import Books, Record

from .faults import business
from .forms import AUDITED, BY_HAND, OPEN, ROWS
from .showing import local


class Lifecycle:
    """Moves bills of one account set."""

    def __init__(self, books: Books, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._switches = switches
        self.operations: dict[str, Callable[[Record, str], None]] = {
            "audit": self.audit,
            "unaudit": self.unaudit,
            "close_donothing": self.close,
            "delete": self.delete,
        }

    def audit(self, record: Record, by: str) -> None:
        self._ask(record, OPEN, of="审核")
        now = local(self._books.clock.now())
        self._move(record.with_values(audit_time=now), AUDITED, by, "audit")

    def unaudit(self, record: Record, by: str) -> None:
        self._ask(record, AUDITED, of="反审核")
        self._check_alone(record)
        self._move(record.with_values(audit_time=None), OPEN, by, "unaudit")

    def close(self, record: Record, by: str) -> None:
        self._ask(record, AUDITED, of="关闭")
        self._move(record.with_values(bill_close_state=BY_HAND), AUDITED, by, "close")

    def delete(self, record: Record, by: str) -> None:
        self._ask(record, OPEN, of="删除")
        self._books.remove(record.form, record.key, by=by)

    def _ask(self, record: Record, state: str, of: str) -> None:
        if record.state != state:
            raise business(f"单据{record.number}的状态不允许{of}")
        if record.values.get("bill_close_state"):
            raise business(f"单据{record.number}已关闭，不允许{of}")

    def _check_alone(self, record: Record) -> None:
        if any(row.values.get("inv_qty") for row in record.each(ROWS)):
            raise business(f"单据{record.number}已生成下游单据，不允许反审核")

    def _move(self, record: Record, state: str, by: str, operation: str) -> None:
        """Whether a step counts as a modification, nobody knows."""
        self._books.recompute(record)
        self._books.move(record.form, record.key, state, by=by, operation=operation)
        if not self._switches["steps_modify"]:
            moved = self._books.get(record.form, record.key)
            self._books.recompute(replace(moved, stamp=record.stamp))
