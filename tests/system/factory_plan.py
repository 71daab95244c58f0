"""What is to happen on the day, and what must follow from it, reckoned by hand.

Times are minutes since midnight. The connector looks every five minutes by day and every hour by
night. It reads an order at the first look after it was entered, leaves it alone for four minutes
(`quiet`), and asks at the look after that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from tests.system.factory import ESCALATE, REMIND, WHO

STEP = 5
MORNING, EVENING, NEXT = 8 * 60, 20 * 60, 32 * 60
"""When messages may be told, from when on they wait, and when they are told again."""
LOOKS = (
    *range(MORNING, EVENING + 1, STEP),
    *range(EVENING + 60, NEXT, 60),
    *range(NEXT, NEXT + 60 + 1, STEP),
)
"""When the connector looks."""
ORDERS = 200


def look(minute: float) -> int:
    """The first look at or after a minute."""
    return next(one for one in LOOKS if one >= minute)


def after(minute: int) -> int:
    """The look after one."""
    return LOOKS[LOOKS.index(minute) + 1]


@dataclass(frozen=True)
class Placed:
    """An order."""

    n: int
    department: str
    """Whom it needs; empty: nobody."""
    customer: str
    material: str
    quantity: int
    price: str
    waits: float
    """Minutes until it is answered, since it was asked (the last time)."""
    verdict: str = "approved"
    wanted: int = 14
    """Days from now until the customer wants it."""
    changes: int = 0
    """The quantity that it is changed to, half an hour after it was asked; 0: it is not."""
    cancelled: bool = False
    """It is, ten minutes after it was asked."""
    overnight: bool = False
    """It is answered the next morning."""

    @property
    def number(self) -> str:
        return f"SO-{self.n:03}"

    @property
    def by(self) -> str:
        """How it is answered."""
        if self.department == "director":
            return "link" if self.n % 2 else "command"
        return "dingtalk" if self.department else ""

    @property
    def entered(self) -> float:
        return MORNING + 2 * self.n + 0.5

    @cached_property
    def asked(self) -> int:
        """When it was asked first; where it needs nobody, when it goes into the ERP."""
        return after(look(self.entered))

    @property
    def changed(self) -> float:
        return self.asked + 30.5

    @property
    def withdrawn(self) -> float:
        return self.asked + 10.5

    @cached_property
    def asked_anew(self) -> int:
        """When it was asked last."""
        return after(look(self.changed)) if self.changes else self.asked

    @property
    def answered(self) -> float:
        return OVERNIGHT if self.overnight else self.asked_anew + self.waits

    @cached_property
    def arrives(self) -> int | None:
        """When it is in the ERP; None: never."""
        if not self.department:
            return self.asked
        if self.cancelled or self.verdict == "refused":
            return None
        return look(self.answered)

    def promised(self, today: date) -> date:
        """What planning promises."""
        return today + timedelta(days=30 + self.n % 7)


def plan() -> list[Placed]:
    """200 orders: 15 need the director, 10 are short of material, 5 lack credit; of these 3 are
    changed while under review and 2 cancelled, 1 is refused, and 3 answered late. 5 are wanted a
    month ago."""
    return [_placed(n) for n in range(1, ORDERS + 1)]


def _placed(n: int) -> Placed:
    usual: dict[str, Any] = {
        "department": "",
        "customer": f"C{n % 2 + 1}",
        "material": "M1",
        "quantity": n,
        "price": "11.30",
        "waits": 0.0,
    }
    needs: dict[str, Any] = {}
    if n % 13 == 0:
        needs = {"department": "director", "quantity": 9000, "waits": 45.5}
    elif n % 20 == 7:
        needs = {"department": "planning", "material": "M2", "price": "5.65", "waits": 65.5}
    elif n % 40 == 15:
        needs = {"department": "finance", "customer": "C3", "quantity": 100, "waits": 35.5}
    return Placed(n, **{**usual, **needs, **SPECIAL.get(n, {})})


OVERNIGHT = NEXT + 20.5
"""When what was left in the evening is answered."""
SPECIAL: dict[int, dict[str, Any]] = {
    # Just as much as goes without the director.
    40: {"quantity": 1000, "price": "100.00"},
    # Changed while under review; 47 is answered in DingTalk just after, 65 by its old link.
    47: {"changes": 50},
    55: {"changes": 120},
    65: {"changes": 9500},
    # Cancelled while under review, before the director and in DingTalk.
    91: {"cancelled": True},
    107: {"cancelled": True},
    # Refused.
    175: {"verdict": "refused"},
    # Answered after a reminder, or after two and the general manager heard of it, or overnight.
    87: {"waits": 150.5},
    130: {"waits": 330.5},
    187: {"overnight": True},
    195: {"overnight": True},
    # Wanted a month ago; 27 is short, and planning promises it for next month.
    **{n: {"wanted": -30} for n in (1, 51, 101, 151, 27)},
}


@dataclass(frozen=True)
class Due:
    """A message that is to be told once, no earlier than one look and no later than another."""

    to: str
    title: str
    first: int
    last: int
    says: str = ""
    """What stands in it."""


def messages(orders: list[Placed], today: date) -> Iterator[Due]:
    """All of the day, and of the next morning."""
    for order in orders:
        if order.by in ("link", "command"):
            title = f"订单评审 {order.number}：请 director 处理"
            for asked in sorted({order.asked, order.asked_anew}):
                yield Due(WHO["director"], title, asked, asked, f"- number: {order.number}")
        if order.department and not order.cancelled:
            yield from _reminders(order)
        if order.wanted < 0:
            yield from _delays(order, today)
    yield Due("ma", f"{today} 日报：一切正常", MORNING + 30, MORNING + 30)
    tomorrow = today + timedelta(days=1)
    refused = "被拒绝 1"
    yield Due("ma", f"{tomorrow} 日报：1 项要处理", NEXT + 30, NEXT + 30, refused)


def _reminders(order: Placed) -> Iterator[Due]:
    """Every two hours, the next one after the last, and what falls into the night in the morning;
    the general manager is told once."""
    title = f"提醒：订单评审 {order.number} 等待 {order.department}"
    first = last = order.asked_anew
    while first + REMIND < min(order.answered, EVENING):
        first, last = first + REMIND, last + REMIND + STEP
        yield Due(WHO[order.department], title, first, last)
    if order.overnight:
        yield Due(WHO[order.department], title, NEXT, NEXT)
    heard = order.asked_anew + ESCALATE
    if heard < order.answered:
        hours = ESCALATE // 60
        title = f"订单评审 {order.number} 已等待 {order.department} {hours} 小时"
        yield Due("zong", title, heard, heard + STEP)


def _delays(order: Placed, today: date) -> Iterator[Due]:
    """Whoever sells it and the manager hear that it is late at the look after it came into the ERP.
    What planning has promised for another day is not late."""
    if order.arrives is None or order.department == "planning":
        return
    known, says = after(order.arrives), f"应于 {today + timedelta(days=order.wanted)} 交货"
    for to in ("ma", "zhang"):
        yield Due(to, f"订单 {order.number} 延期", known, known, says)
