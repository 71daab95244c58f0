"""The demo's picture: the latest orders on their way through both systems, live."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from rich.console import Group
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from connector.cli.demo.people import ACCOUNT, BILL, ORDER, Events
from connector.cli.demo.site import SideDoor
from connector.messages import say, word

STATES = {
    "等待中": "waiting",
    "发送中": "sending",
    "核实中": "in_doubt",
    "待ERP审核": "awaiting",
    "已进ERP": "done",
    "已停下，待处理": "stopped",
}
STAGES = {
    "未开工": "ordered",
    "关键部件已到料": "materials_ready",
    "已上生产线": "in_production",
    "生产完工": "produced",
    "质检合格": "inspected",
    "部分发货": "part_shipped",
    "已发货": "shipped",
}
"""The options of the CRM's fields, and our words for them."""
STYLES = {"waiting": "yellow", "in_doubt": "magenta", "stopped": "red", "done": "green"}
STEPS = {"A": "saved", "B": "submitted", "C": "audited", "D": "saved", "Z": "saved"}
HELD = 4
"""Orders shown that wait for somebody."""
TOLD = 7
"""Events shown: the latest, and before them those that teach most."""
TEACHING = (
    "demo_lost", "demo_found", "demo_changed", "demo_sabotage", "demo_message", "demo_approved",
)  # fmt: skip
FRAME = 12
"""Lines of the picture beside orders and events."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An order as both systems show it."""

    number: str
    customer: str
    amount: str
    bill: str = ""
    """The bill's step in the ERP; empty: it has none."""
    state: str = ""
    stage: str = ""
    made: str = ""
    shipped: str = ""
    reason: str = ""
    who: str = ""

    @property
    def held(self) -> bool:
        """It waits for somebody to do something."""
        return self.state in ("waiting", "stopped") and bool(self.reason)


class Picture:
    """What is shown, and when each order last moved."""

    def __init__(self, events: Events, deadline: float) -> None:
        self.deadline = deadline
        self._events = events
        self._start = time.monotonic()
        self._seen: dict[str, Seen] = {}
        self._moved: dict[str, float] = {}
        self._names: dict[str, str] = {}
        self._doubtful: set[str] = set()

    @property
    def arrived(self) -> int:
        """Orders that have a bill."""
        return sum(bool(seen.bill) for seen in self._seen.values())

    # -- looking --------------------------------------------------------------------------------

    def look(self, crm: SideDoor, erp: SideDoor) -> None:
        """Take both systems as they are now."""
        if not self._names:
            self._names = {row["_id"]: row["name"] for row in crm.records(ACCOUNT)}
        bills = {
            str(bill["F_CRM_Ref"]).rpartition(":")[2]: bill
            for bill in erp.records(BILL)
            if bill.get("F_CRM_Ref")
        }
        for order in crm.records(ORDER):
            if order.get("erp_state__c") or order["_id"] in bills:
                self._note(_seen(order, bills.get(order["_id"]), self._names))

    def _note(self, seen: Seen) -> None:
        if self._seen.get(seen.number) == seen:
            return
        self._seen[seen.number] = seen
        self._moved[seen.number] = time.monotonic()
        if seen.state == "in_doubt" and seen.number not in self._doubtful:
            self._doubtful.add(seen.number)
            self._events.tell("demo_lost", number=seen.number)
        elif seen.state == "done" and seen.number in self._doubtful:
            self._doubtful.discard(seen.number)
            self._events.tell("demo_found", number=seen.number)

    # -- drawing --------------------------------------------------------------------------------

    def drawn(self, width: int, height: int) -> Group:
        """The whole picture for a terminal of this size."""
        latest = max(4, height - FRAME - HELD - TOLD)
        orders = sorted(self._seen.values(), key=lambda s: self._moved[s.number], reverse=True)
        moving = [seen for seen in orders if not seen.held][:latest]
        held = [seen for seen in orders if seen.held]
        return Group(
            self._head(),
            _table(moving, width),
            *_held(held),
            Rule(style="dim"),
            self._counts(held),
            Rule(style="dim"),
            *self._told(),
        )

    def _head(self) -> Group:
        left = max(0, round(self.deadline - time.monotonic()))
        lines = ((say("demo_title"), "bold"), (say("demo_what", left=left), "dim"))
        return Group(*(_line(text, style) for text, style in lines), Rule(style="dim"))

    def _counts(self, held: list[Seen]) -> Text:
        seen = self._seen.values()
        stages = [word("demo_stage", s.stage) for s in seen if s.stage]
        counts = {
            "arrived": self.arrived,
            "held": len(held),
            "making": stages.count(word("demo_stage", "in_production")),
            "shipped": sum(s.stage in ("part_shipped", "shipped") for s in seen),
        }
        return Text(str(say("demo_counts", **counts)), style="bold")

    def _told(self) -> Iterator[Text]:
        lines = list(self._events.lines)
        teaching = [line for line in lines if line[1].id in TEACHING][-4:]
        usual = [line for line in lines if line not in teaching][len(teaching) - TOLD :]
        for at, words in sorted([*teaching, *usual], key=lambda line: line[0]):
            style = "bold magenta" if words.id in TEACHING else "dim"
            yield _line(f"{at}  {words}", style)

    def news(self, told: set[str]) -> Iterator[str]:
        """What happened since last time, for a screen that only scrolls."""
        for at, words in self._events.lines:
            line = f"{at}  {words}"
            if line not in told:
                told.add(line)
                yield line


def _seen(order: dict[str, Any], bill: dict[str, Any] | None, names: dict[str, str]) -> Seen:
    seen = Seen(
        number=order["name"],
        customer=names.get(order["account_id"], ""),
        amount=f"{Decimal(str(order['order_amount'])):,.2f}",
        state=STATES.get(order.get("erp_state__c") or "", ""),
        stage=STAGES.get(order.get("erp_production__c") or "", ""),
        made=_quantity(order.get("erp_produced__c")),
        shipped=_quantity(order.get("erp_shipped__c")),
        reason=str(order.get("erp_reason__c") or ""),
        who=str(order.get("erp_who__c") or ""),
    )
    return replace(seen, bill=STEPS.get(bill["FDocumentStatus"], "saved")) if bill else seen


def _quantity(value: Any) -> str:
    number = Decimal(str(value or 0))
    return f"{number.normalize():f}" if number else ""


def _line(text: Any, style: str) -> Text:
    """One line, however narrow the terminal is."""
    return Text(str(text), style=style, no_wrap=True, overflow="ellipsis")


def _table(orders: list[Seen], width: int) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold", width=width)
    shown = [name for name in COLUMNS if width >= WIDE or name != "customer"]
    for name in shown:
        options = COLUMNS[name]
        table.add_column(word("demo_column", name), no_wrap=True, overflow="ellipsis", **options)
    for seen in orders:
        cells = dict(zip(COLUMNS, _cells(seen), strict=True))
        table.add_row(*(Text(*cells[name]) for name in shown))
    return table


COLUMNS: dict[str, dict[str, Any]] = {
    "order": {"min_width": 15},
    "customer": {"ratio": 1},
    "amount": {"justify": "right", "min_width": 10},
    "bill": {"min_width": 8},
    "made": {"justify": "right", "min_width": 4},
    "shipped": {"justify": "right", "min_width": 4},
    "told": {"min_width": 24},
}
WIDE = 95
"""Columns from which on customers have room."""


def _cells(seen: Seen) -> list[tuple[str, str]]:
    told = " · ".join(
        text
        for text in (
            word("demo_state", seen.state) if seen.state else "",
            word("demo_stage", seen.stage) if seen.stage else "",
        )
        if text
    )
    bill = f"✓ {word('step', seen.bill)}" if seen.bill else "…"
    return [
        (seen.number, ""),
        (seen.customer, "dim"),
        (seen.amount, ""),
        (bill, "green" if seen.bill == "audited" else "yellow"),
        (seen.made, ""),
        (seen.shipped, ""),
        (told, STYLES.get(seen.state, "")),
    ]


def _held(orders: list[Seen]) -> Iterator[Any]:
    """Orders that wait for somebody, with what the salesperson reads in the CRM."""
    if not orders:
        return
    yield Rule(style="dim")
    yield _line(say("demo_held"), "bold")
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    for width in (15, 10, 10):
        table.add_column(no_wrap=True, overflow="ellipsis", min_width=width)
    # Of many that wait for the same, one tells enough.
    first = {seen.reason: seen for seen in reversed(orders)}.values()
    some = [*first, *(seen for seen in orders if seen not in first)]
    for seen in some[:HELD]:
        table.add_row(
            Text(seen.number),
            Text(seen.reason, style="yellow"),
            Text(f"→ {seen.who}", style="bold"),
        )
    yield table
