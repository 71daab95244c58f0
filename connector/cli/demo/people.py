"""The demo company's people: they sell, change their minds, make and ship."""

from __future__ import annotations

import random
import re
import urllib.error
import urllib.request
from collections import deque
from datetime import datetime
from typing import Any

from connector.cli.demo.site import ROBOT, Refused, SideDoor
from connector.messages import Message, say

ORDER, BILL, PRODUCT, MATERIAL, ACCOUNT = (
    "SalesOrderObj",
    "SAL_SaleOrder",
    "ProductObj",
    "BD_MATERIAL",
    "AccountObj",
)
PRICES = ("11.30", "56.50", "128.00", "339.00")
STAGES = ("started", "stocked", "finished", "shipped")
"""What happens to an order once it stands in the ERP."""
LOSE_AT, EDIT_AT, BIG_AT = 6, 14, 3
"""Turns of work: an answer is lost; somebody will change their mind about the order sold next; the
order is a large one."""
LINK = re.compile(r"\((http\S+/review/\S+)\)")
HESITATES = 4
"""Looks that the director takes before answering."""


class Events:
    """What happened, newest last."""

    def __init__(self) -> None:
        self.lines: deque[tuple[str, Message]] = deque(maxlen=200)

    def tell(self, id: str, **params: Any) -> None:
        self.lines.append((f"{datetime.now():%H:%M:%S}", say(id, **params)))


class Company:
    """Everybody at work in both systems."""

    def __init__(self, crm: SideDoor, erp: SideDoor, chat: SideDoor) -> None:
        self.events = Events()
        self._crm, self._erp, self._chat = crm, erp, chat
        self._read = 0
        """Messages that the director has read."""
        self._to_answer: dict[str, int] = {}
        """Links that were sent, and how many looks they have waited."""
        self._rng = random.Random(7)
        self._turn = 0
        self._made = self._goods()
        self._customers = [row["account_no"] for row in crm.records(ACCOUNT)]
        self._stages: dict[str, int] = {}
        """How many of STAGES an order that we sold has behind it."""
        self._undecided = ""
        """The order about which somebody will change their mind, once it is audited."""

    def _goods(self) -> list[str]:
        """Products that the factory makes itself."""
        sold = {row["product_code"] for row in self._crm.records(PRODUCT)}
        made = [m["FNumber"] for m in self._erp.records(MATERIAL) if m.get("FErpClsID") == "2"]
        return sorted(sold & set(made)) or sorted(sold)

    def work(self) -> None:
        """One turn: a new order every other time, and some order goes one stage further."""
        self._turn += 1
        if self._turn == LOSE_AT:
            self._lose_an_answer()
        if self._turn % 2:
            number = self._sell()
            self._undecided = number if self._turn == EDIT_AT - 1 else self._undecided
        self._go_on()

    def close_the_doors(self) -> None:
        """Nothing is sold any more."""
        self.events.tell("demo_settling")

    def read_the_chat(self) -> None:
        """The director reads what is new, and answers what is asked, after a while."""
        said = self._chat.records(ROBOT)
        for message in said[self._read :]:
            self.events.tell("demo_message", title=message["title"])
            self._to_answer |= dict.fromkeys(LINK.findall(message["text"]), 0)
        self._read = len(said)
        for link, looks in list(self._to_answer.items()):
            self._to_answer[link] = looks + 1
            if looks >= HESITATES:
                self._approve(link)

    def _approve(self, link: str) -> None:
        """As the page behind the link does."""
        del self._to_answer[link]
        request = urllib.request.Request(link, b"verdict=approved")  # noqa: S310 - ours
        try:
            with urllib.request.urlopen(request, timeout=10):  # noqa: S310
                self.events.tell("demo_approved")
        except urllib.error.HTTPError:
            return  # it was cancelled or changed meanwhile, and is asked anew

    def _sell(self) -> str:
        large = self._turn == BIG_AT
        lines = [
            {
                "product": self._rng.choice(self._made),
                "quantity": str(400 if large else self._rng.randint(1, 20)),
                "price": PRICES[-1] if large else self._rng.choice(PRICES),
                "tax_rate__c": "13",
            }
            for _ in range(self._rng.randint(1, 3))
        ]
        customer = self._rng.choice(self._customers)
        number = str(self._crm.act("add_order", customer=customer, lines=lines))
        self._stages[number] = 0
        self.events.tell("demo_sold_big" if large else "demo_sold", number=number)
        return number

    def _go_on(self) -> None:
        """The shop floor and the warehouse work on orders that the ERP has."""
        known = {bill["FBillNo"] for bill in self._bills() if bill["FDocumentStatus"] == "C"}
        if self._undecided in known:
            self._change(self._undecided)
        open_orders = [n for n, s in self._stages.items() if n in known and s < len(STAGES)]
        for number in self._rng.sample(open_orders, min(2, len(open_orders))):
            stage = STAGES[self._stages[number]]
            self._stages[number] += 1
            self._make(number, stage)

    def _make(self, number: str, stage: str) -> None:
        try:
            if stage == "shipped":
                self._erp.act("ship", order_number=number, carriage_no="SF100001")
            else:
                quantity = {"quantity": 1} if stage == "stocked" else {}
                self._erp.act("advance_production", order_number=number, to=stage, **quantity)
        except Refused:
            return
        if stage in ("finished", "shipped"):
            self.events.tell(f"demo_{stage}", number=number)

    def _bills(self) -> list[Any]:
        return [bill for bill in self._erp.records(BILL) if bill.get("F_CRM_Ref")]

    # -- what goes wrong ------------------------------------------------------------------------

    def _lose_an_answer(self) -> None:
        """The ERP will book the next order, and its answer will be lost on the way."""
        self._erp.faults({"do": "lose_answer", "operation": "*Save", "form": BILL, "times": 1})

    def _change(self, number: str) -> None:
        """A clerk opens an audited bill again, and the salesperson wants more of one line."""
        self._undecided = ""
        self._erp.act("unaudit", number=number)
        self._crm.act("edit_line", order=number, line_no=1, fields={"quantity": "25"})
        self.events.tell("demo_changed", number=number, quantity=25)

    def lose_an_order(self) -> None:
        """What a person with too many rights could do; the witness must see it."""
        bills = self._bills()
        for bill in self._rng.sample(bills, len(bills)):
            number = bill["FBillNo"]
            try:
                self._erp.act("unaudit", number=number)
                self._erp.act("delete", number=number)
            except Refused:
                continue
            self.events.tell("demo_sabotage", number=number)
            return
