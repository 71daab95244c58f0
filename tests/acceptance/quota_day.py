"""A working day inside Fxiaoke's limits: 2,000 orders and 20,000 rows of stock, orders first.

    python -m tests.acceptance.quota_day

Both sandboxes over HTTP, the vendor's limits on, and a virtual clock: the daemon's own jobs at
their own intervals, from the morning on. Twice: with a whole pack of calls; and with half of one,
which stock has used up by noon to what is kept. Then orders and their status still flow, and stock
goes on after midnight. Ends with 1 if anything of it is not so.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from connector.app import App
from connector.daemon import Daemon
from connector.engine.dispatch import Dispatcher
from connector.engine.system import Feed
from connector.health import Health
from sandbox.clock import CHINA
from sandbox.company.model import Company, Material, Stock
from sandbox.server import Request, Response, from_json
from tests.acceptance.site import Report
from tests.parsing import parsing_once
from tests.system.company import SMALL
from tests.system.site import Site, opened, sold

MORNING, FIRST, NOON, LAST, NIGHT = 7.5, 8.0, 12.0, 18.0, 24.0
"""Hours of the day: the connector begins, salespeople do, noon, they go home, the day ends."""
STOCK = "erp_stock__c"
DONE = "已进ERP"
QUOTA_USED = 30002


@dataclass(frozen=True)
class Size:
    """How much of it."""

    orders: int
    materials: int
    warehouses: int
    pack: int
    """Calls a day of the first day; the second has half of them."""
    pace: float = 1.0
    """How many times longer than usual it is between two readings."""

    @property
    def rows(self) -> int:
        """Of stock."""
        return self.materials * self.warehouses

    @property
    def patience(self) -> float:
        """Seconds in which an order must be in the ERP, and the CRM must know."""
        return 300.0 * self.pace


FULL = Size(orders=2000, materials=2000, warehouses=10, pack=100_000)
"""As `connector init` writes it."""


def company(size: Size) -> Company:
    """Customers, salespeople, and so much stock."""
    materials = [
        Material(number=f"M{n}", name=f"零件{n}", list_price=Decimal("11.30"))
        for n in range(1, size.materials + 1)
    ]
    warehouses = [(f"CK{n:02}", f"{n}号仓") for n in range(1, size.warehouses + 1)]
    stock = [
        Stock(material=one.number, warehouse=number, quantity=Decimal(100 + n))
        for n, one in enumerate(materials)
        for number, _ in warehouses
    ]
    return replace(
        SMALL, materials=tuple(materials), warehouses=tuple(warehouses), stock=tuple(stock)
    )


class Paced(Daemon):
    """The daemon's own jobs, taken in turn on a clock that jumps to the next of them."""

    def __init__(self, app: App, site: Site) -> None:
        self._app = app
        self._site = site
        self._next: dict[str, float] = {}
        self.health = Health()

    def work_until(self, end: datetime, engine: Dispatcher, watch: Callable[[], None]) -> None:
        """Serve until then; `watch` is called between any two rounds."""
        clock, feeds = self._site.clock, list(self._app.system.feeds.values())
        while clock.now() < end:
            watch()
            for feed in feeds:
                self._read_if_due(engine, feed)
            self._deliver(self._app, engine)
            pause = min(self._next.values()) - clock.now().timestamp()
            clock.advance(min(max(pause, 0.1), max((end - clock.now()).total_seconds(), 0.1)))

    def _read_if_due(self, engine: Dispatcher, feed: Feed) -> None:
        now = self._site.clock.now().timestamp()
        if now >= self._next.get(feed.name, 0.0):
            self._next[feed.name] = now + min(flow.settings.every for flow in feed.flows)
            self._read(engine, feed)


@dataclass
class Day:
    """What happens on one day, and what is seen of it."""

    site: Site
    size: Size
    midnight: datetime
    taken: Counter[str] = field(default_factory=Counter)
    """Calls that the CRM took, by what they were for."""
    refused: Counter[int] = field(default_factory=Counter)
    """Calls that it refused, by code."""
    born: dict[str, float] = field(default_factory=dict)
    """When each order was entered."""
    waited: dict[str, float] = field(default_factory=dict)
    """Seconds until its status stood in the CRM."""

    def at(self, hours: float) -> datetime:
        return self.midnight + timedelta(hours=hours)

    def watch(self) -> None:
        """Salespeople enter what is due by now, and look what became of the others."""
        now = self.site.clock.now()
        passed = (now - self.at(FIRST)) / (self.at(LAST) - self.at(FIRST))
        for n in range(len(self.born), int(min(max(passed, 0.0), 1.0) * self.size.orders)):
            lines = [sold(f"M{(n + i) % self.size.materials + 1}", i + 1) for i in range(n % 3 + 1)]
            number = self.site.order(*lines, customer=f"C{n % 3 + 1}", number=f"SO-{n:05}")
            self.born[number] = now.timestamp()
        waiting = self.born.keys() - self.waited.keys()
        orders = self.site.orders() if waiting else {}
        for number in waiting:
            if orders[number].get("erp_state__c") == DONE:
                self.waited[number] = now.timestamp() - self.born[number]

    def listen(self) -> None:
        """Hear every call that the CRM takes or refuses."""
        answer = self.site.crm.answer

        def heard(request: Request, operation: str, form: str) -> Response:
            response = answer(request, operation, form)
            code = from_json(response.body)["errorCode"]
            if code:
                self.refused[code] += 1
            else:
                self.taken[f"{operation} {form}".strip()] += 1
            return response

        self.site.crm.answer = heard  # type: ignore[method-assign]

    def stock(self) -> int:
        """Rows of stock that stand in the CRM."""
        return len(self.site.crm.records(STOCK))


@contextmanager
def day(size: Size, quota: dict[str, Any]) -> Iterator[tuple[Day, Callable[[float], None]]]:
    """A day, and what lets it pass until an hour of it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        parsing_once(),
        opened(Path(folder), company(size), limits="vendor", whole=True) as site,
    ):
        configure(site, size, quota)
        now = site.clock.now().astimezone(CHINA)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        made = Day(site, size, midnight)
        site.clock.advance((made.at(MORNING) - now).total_seconds())
        made.listen()
        with site.app.engine() as engine:
            engine.introduce()
            paced = Paced(site.app, site)
            yield made, lambda hour: paced.work_until(made.at(hour), engine, made.watch)


def configure(site: Site, size: Size, quota: dict[str, Any]) -> None:
    """The quota on both sides of the wire, and the pace."""
    site.crm.switches["daily_quota"] = quota["day"]
    with site.settings() as config:
        config["connections"]["crm"] |= {
            "quota": quota,
            "parallel": 1,
            "timeout": 60,
            "settle": 400,
        }
        for flow in config["flows"].values():
            flow["every"] = seconds(flow["every"]) * size.pace


def seconds(every: str) -> float:
    return float(every[:-1]) * {"s": 1, "m": 60, "h": 3600}[every[-1]]


# -- the two days -----------------------------------------------------------------------------


def a_whole_pack(size: Size, report: Report) -> None:
    """Everything is carried within the quota, and orders do not wait for stock."""
    with day(size, {"day": size.pack, "keep": "20%"}) as (made, until):
        until(NIGHT - 0.01)
        tell(made, report)
        report.check(made.stock() == size.rows, f"rows of stock in the CRM: {made.stock()}")
        report.check(not made.refused, f"calls that Fxiaoke refused: {dict(made.refused)}")
        report.check(made.taken.total() <= size.pack, f"calls: {made.taken.total()} of {size.pack}")
        all_told(made, report)


def used_up_by_noon(size: Size, report: Report) -> None:
    """Stock takes all that is not kept; orders and their status go on, stock after midnight."""
    pack = size.pack // 2
    with day(size, {"day": pack, "keep": "30%"}) as (made, until):
        until(NOON)
        noon, stock = status(made), made.stock()
        report.tell(f"at noon: {noon['calls']}, {stock} rows of stock, {len(made.waited)} orders")
        report.check(list(noon["rests"].values()) == [["stock"]], f"what rests: {noon['rests']}")
        until(NIGHT - 0.01)
        tell(made, report)
        # What had begun when calls ran short was ended.
        report.check(
            made.stock() - stock <= 50, f"rows of stock since noon: {made.stock() - stock}"
        )
        report.check(not made.refused, f"calls that Fxiaoke refused: {dict(made.refused)}")
        report.check(made.taken.total() <= pack, f"calls: {made.taken.total()} of {pack}")
        all_told(made, report)
        until(NIGHT + 6)
        report.check(made.stock() == size.rows, f"rows of stock the next morning: {made.stock()}")
        report.check(not status(made)["rests"], "nothing rests any more")


def all_told(made: Day, report: Report) -> None:
    """Every order is in the ERP, its status in the CRM, and none waited for long."""
    orders, waited = made.size.orders, sorted(made.waited.values())
    report.check(len(waited) == orders, f"orders whose status stands in the CRM: {len(waited)}")
    bills = made.site.bills()
    audited = [bill for bill in bills if bill["FDocumentStatus"] == "C"]
    report.check(len(audited) == len(bills) == orders, f"audited bills in the ERP: {len(audited)}")
    words = f"from entering to status: median {median(waited):.0f} s, longest {waited[-1]:.0f} s"
    report.check(waited[-1] <= made.size.patience, words)


def status(made: Day) -> Any:
    """What the connector itself says of the CRM."""
    return made.site.app.status()["connections"]["crm"]


def tell(made: Day, report: Report) -> None:
    counted = status(made)["calls"]["today"]
    report.check(counted == made.taken.total(), f"calls as we counted them: {counted}")
    for what, count in made.taken.most_common(12):
        report.tell(f"    {count:7}  {what}")


def main() -> int:
    report = Report()
    report.tell(f"a whole pack: {FULL.pack} calls, {FULL.orders} orders, {FULL.rows} rows of stock")
    a_whole_pack(FULL, report)
    report.tell(f"half a pack, used up by noon: {FULL.pack // 2} calls")
    used_up_by_noon(FULL, report)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
