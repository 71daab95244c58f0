"""Receivables, payables, invoices and payments: what is invoiced and written off, and of what."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from .account_set import AccountSet
from .amounts import ZERO, decimal
from .errors import Problem
from .executing import Source, add, execute, sources
from .records import Bill, Row
from .rules import Act, Rules
from .values import plain

BLUE, RED = "01"
"""FRedBlue. The letters are not confirmed."""
DEBT_ROW = Source("FSRCBILLNO", "FSRCROWID", "FPRICEQTY")
RECEIVABLE = "AR_receivable"
PLAN = "FEntityPlan"


def total(rows: Iterator[Row], key: str) -> Decimal:
    return sum((decimal(row.values, key) for row in rows), ZERO)


class Debt(Rules):
    """AR_receivable, AP_Payable: what the plan says is what the rows say."""

    def finish(self, books: AccountSet, bill: Bill) -> None:
        bill.values["FALLAMOUNTFOR"] = plain(total(bill.each_row(), "FALLAMOUNTFOR_D"))

    def problems(self, books: AccountSet, bill: Bill) -> Iterator[Problem]:
        planned = total(iter(bill.rows.get(PLAN, ())), "FPAYAMOUNTFOR")
        if planned != bill.values["FALLAMOUNTFOR"]:
            yield Problem("计划金额合计与价税合计不一致", "FPAYAMOUNTFOR")


class Invoice(Rules):
    """IV_SALESIC, IV_SALESOC: an audit counts as invoiced on the receivable and on the order."""

    def finish(self, books: AccountSet, bill: Bill) -> None:
        bill.values["FAFTERTOTALTAXFOR"] = plain(total(bill.each_row(), "FALLAMOUNTFOR"))
        bill.values["FTAXAMOUNTFOR"] = plain(total(bill.each_row(), "FDETAILTAXAMOUNTFOR"))

    def audited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        self._execute(books, bill, act, 1)

    def unaudited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        self._execute(books, bill, act, -1)

    def _execute(self, books: AccountSet, bill: Bill, act: Act, sign: int) -> None:
        amounts = {
            row.values.get("FSRCROWID"): row.values["FALLAMOUNTFOR"] for row in bill.each_row()
        }
        ordered: dict[str, dict[int, Decimal]] = {}

        def invoice(row: Row, quantity: Decimal) -> None:
            add(row, "FIVQTY", quantity)
            add(row, "FIVAMOUNTFOR", amounts[row.id] * sign)
            lines = ordered.setdefault(row.values.get("FORDERNUMBER") or "", {})
            line = row.values.get("FORDERENTRYID") or 0
            lines[line] = lines.get(line, ZERO) + quantity

        for number, lines in sources(bill, DEBT_ROW, sign).items():
            execute(books, RECEIVABLE, number, lines, act, invoice)
        for number, lines in ordered.items():
            execute(books, "SAL_SaleOrder", number, lines, act, _invoiced)


def _invoiced(row: Row, quantity: Decimal) -> None:
    add(row, "FInvoiceQty", quantity)


class Payment(Rules):
    """AR_RECEIVEBILL, AR_REFUNDBILL: an audit writes off the receivables that it names."""

    def __init__(self, entry: str, kind: str, amount: str, sign: int) -> None:
        self._entry, self._kind, self._amount, self._sign = entry, kind, amount, sign

    def audited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        self._write_off(books, bill, act, self._sign)

    def unaudited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        self._write_off(books, bill, act, -self._sign)

    def _write_off(self, books: AccountSet, bill: Bill, act: Act, sign: int) -> None:
        for row in bill.rows.get(self._entry, ()):
            if row.values.get(self._kind) == RECEIVABLE:
                amount = decimal(row.values, self._amount) * sign
                write_off(books, str(row.values["FSRCBILLNO"]), amount, act)


def write_off(books: AccountSet, number: str, amount: Decimal, act: Act) -> None:
    """核销: the plan's parts in their order, none beyond its amount; the stamp does not move."""
    debt = books.find(RECEIVABLE, number)
    if debt is None:
        return
    changed = debt.copy()
    left = amount
    for row in changed.rows.get(PLAN, ()):
        planned, settled = (
            decimal(row.values, "FPAYAMOUNTFOR"),
            decimal(row.values, "FWRITTENOFFAMOUNTFOR_P"),
        )
        reach = planned - settled if amount * planned > 0 else -settled
        part = min(left, reach) if amount > 0 else max(left, reach)
        add(row, "FWRITTENOFFAMOUNTFOR_P", part)
        left -= part
    done = total(iter(changed.rows.get(PLAN, ())), "FWRITTENOFFAMOUNTFOR_P")
    whole = changed.values["FALLAMOUNTFOR"]
    changed.values["FWRITTENOFFSTATUS"] = "C" if done == whole else "B" if done else "A"
    books.commit("executed", changed, act.by, moves=False)
