"""When which part of a debt is to be paid, and what money is not used for any debt yet.

Settlement is the ERP's word alone: payments are never spread over debts by guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from connector.derive.order import ZERO
from connector.derive.papers import COUNTS
from connector.objects.finance import Debt, Payment


class Open(NamedTuple):
    """What is open of a debt, for one day."""

    on: date
    amount: Decimal
    whole: Decimal = ZERO
    """What it was before any of it was paid."""


def open_dues(debt: Debt) -> list[Open]:
    """What is open of a debt, day by day; together its amount less what is settled."""
    return [due for due in dues_of(debt) if due.amount]


def dues_of(debt: Debt) -> list[Open]:
    """The same, with what is paid already.

    What `dues` do not cover is due on the debt's own day. Where the debt itself says how much is
    settled, and its dues say less, the rest settles the oldest dues first.
    """
    if debt.status not in COUNTS:
        return []
    left = [Open(due.due_on, due.amount - due.settled, due.amount) for due in debt.dues]
    over = debt.amount_with_tax - sum((due.amount for due in debt.dues), ZERO)
    if over or not debt.dues:
        left.append(Open(debt.due_on or debt.booked_on, over, over))
    told = sum((due.settled for due in debt.dues), ZERO)
    rest = ZERO if debt.settled is None else debt.settled - told
    return settle(left, rest)


def settle(dues: Iterable[Open], amount: Decimal) -> list[Open]:
    """Dues after an amount was taken from them, the oldest first; what is over is taken from the
    last, so that nothing is lost."""
    left: list[Open] = []
    for due in sorted(dues):
        part = _of(amount, due.amount)
        amount -= part
        left.append(due._replace(amount=due.amount - part))
    if amount and left:
        left[-1] = left[-1]._replace(amount=left[-1].amount - amount)
    return left


def _of(amount: Decimal, due: Decimal) -> Decimal:
    """How much of an amount a due of the same sign takes."""
    if due > 0:
        return min(max(amount, ZERO), due)
    return max(min(amount, ZERO), due)


class Unused(NamedTuple):
    """What of a payment is used for no debt yet; of a refund negative."""

    by_order: dict[str, Decimal]
    """Of this, what was paid for an order in advance, by the order's number."""
    rest: Decimal
    """What is for nothing in particular."""


def unused(payment: Payment) -> Unused:
    """An ordinary payment is used by whatever it is allocated to. An advance, or a refund, for an
    order stays unused until it is set off against a receivable."""
    if payment.status not in COUNTS:
        return Unused({}, ZERO)
    sign = -1 if payment.kind == "refund" else 1
    uses = payment.allocations
    if payment.kind == "ordinary":
        used = sum((use.amount for use in uses), ZERO)
        return Unused({}, max(payment.amount - used, ZERO))
    set_off = sum((use.amount for use in uses if use.receivable), ZERO)
    free = max(payment.amount - set_off, ZERO)
    by_order: dict[str, Decimal] = {}
    for use in sorted(uses, key=lambda x: (x.order_number, x.amount)):
        if use.order_number and not use.receivable:
            part = min(use.amount, free)
            free -= part
            by_order[use.order_number] = by_order.get(use.order_number, ZERO) + sign * part
    return Unused(by_order, sign * free)
