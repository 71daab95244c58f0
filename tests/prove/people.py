"""People in the CRM, who enter orders and edit them while everything else goes wrong."""

from __future__ import annotations

import random
from typing import Any

from tests.system.site import LINE, Site

LATELY = 12
"""Orders back from the last one that are still edited."""
LINES = 6


class People:
    """Drawn from a seed; each remark is greater than every one before it."""

    def __init__(self, site: Site, random: random.Random) -> None:
        self._site = site
        self._random = random
        self._version = 0
        self.orders: list[str] = []
        """The numbers of those that they entered."""

    def work(self, count: int = 1) -> None:
        """So many times somebody enters an order, or edits one that was entered lately."""
        for _ in range(count):
            if not self.orders or self._random.random() < 0.4:
                self._enter()
            else:
                self._edit(self._random.choice(self.orders[-LATELY:]))

    def _enter(self) -> None:
        lines = [self._line() for _ in range(self._random.randint(1, 3))]
        customer = f"C{self._random.randint(1, 3)}"
        number = self._site.order(*lines, customer=customer, remark=self._remark())
        self.orders.append(number)

    def _edit(self, number: str) -> None:
        lines = [int(one["line_no__c"]) for one in self._lines(number)]
        place = self._random.choice(lines)
        match self._random.choice(("remark", "quantity", "add", "drop")):
            case "quantity":
                fields = {"quantity": str(self._random.randint(1, 99))}
                self._site.in_crm("edit_line", fields=fields, order=number, line_no=place)
            case "add" if len(lines) < LINES:
                more = {"line_no__c": str(max(lines) + 1)}
                self._site.in_crm("add_line", order=number, **self._line(), **more)
            case "drop" if len(lines) > 1:
                self._site.in_crm("drop_line", order=number, line_no=place)
            case _:
                self._site.in_crm("edit", fields={"remark": self._remark()}, number=number)

    def _line(self) -> dict[str, Any]:
        product, price = f"M{self._random.randint(1, 4)}", self._random.randint(1, 99_999)
        quantity = self._random.randint(1, 50)
        return {"product": product, "quantity": str(quantity), "price": f"{price / 100:.2f}"}

    def _remark(self) -> str:
        self._version += 1
        return f"第{self._version:06}版"

    def _lines(self, number: str) -> list[dict[str, Any]]:
        key = self._site.crm_order(number)["_id"]
        return [one for one in self._site.crm.records(LINE) if one["order_id"] == key]
