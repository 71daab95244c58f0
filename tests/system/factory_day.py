"""The day itself: people act at their minutes, and the connector does the daemon's own jobs each
time that it looks, under the shared clock.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from connector.app import App
from connector.daemon import Daemon
from connector.engine.dispatch import Dispatcher
from connector.health import Health
from connector.operations.reviewing import Reply
from sandbox.clock import CHINA
from tests.oracle.history import Decision
from tests.system.factory import DIRECTOR, MOBILES, THERE, WHO, Factory
from tests.system.factory_plan import LOOKS, Placed, plan
from tests.system.factory_witness import Witness
from tests.system.site import ORDER, sold

LINK = re.compile(r"\(https://connector\.example/review/(\S+)\)")
SEEN = re.compile(r"amount_with_tax: (\S+)")
"""In what departments are shown."""


class Shift(Daemon):
    """The daemon's jobs, each as often as the daemon does it; only its scheduler is left out."""

    def __init__(self, app: App, engine: Dispatcher) -> None:
        self._app = app
        self._dispatcher = engine
        self._read_at: dict[str, float] = {}
        self.health = Health()

    def work(self) -> None:
        """One look: read what is due, deliver, reckon, ask and tell, and deliver what follows."""
        app, engine, now = self._app, self._dispatcher, self._app.system.clock.monotonic()
        for name, feed in app.system.feeds.items():
            every = min(flow.settings.every for flow in feed.flows)
            if now >= self._read_at.get(name, -every) + every:
                self._read_at[name] = now
                self._read(engine, feed)
        self._deliver(app, engine)
        self._plan(app, engine)
        self._reckon(engine)
        self._follow_rules(app)
        self._deliver(app, engine)


@dataclass
class Day:
    """Lives the plan, and writes down what people decide."""

    factory: Factory
    orders: list[Placed] = field(default_factory=plan)
    answers: list[tuple[str, int]] = field(default_factory=list)
    """What came of answers by a link: for which order, and the HTTP status."""

    def __post_init__(self) -> None:
        site = self.factory.site
        self.midnight = datetime.combine(site.clock.today(), datetime.min.time(), CHINA)
        self.witness = Witness(site, self.midnight)

    def live(self) -> None:
        """From eight in the morning until the report of the next day."""
        acts = sorted(self._acts(), key=lambda act: act[0])
        with self.factory.site.app.engine() as engine:
            engine.introduce()
            shift = Shift(self.factory.site.app, engine)
            for look in LOOKS:
                while acts and acts[0][0] < look:
                    minute, act = acts.pop(0)
                    self._wait_until(minute)
                    act()
                self._wait_until(look)
                shift.work()
        assert not acts

    def _wait_until(self, minute: float) -> None:
        clock = self.factory.site.clock
        until = self.midnight + timedelta(minutes=minute)
        clock.advance(max((until - clock.now()).total_seconds(), 0.0))

    # -- people -----------------------------------------------------------------------------

    def _acts(self) -> list[tuple[float, Callable[[], None]]]:
        acts: list[tuple[float, Callable[[], None]]] = []
        for order in self.orders:
            acts.append((order.entered, partial(self._enter, order)))
            if order.changes:
                acts.append((order.changed, partial(self._change, order)))
            if order.cancelled:
                acts.append((order.withdrawn, partial(self._cancel, order)))
            elif order.department:
                acts.append((order.answered, partial(self._answer, order)))
        return acts

    def _enter(self, order: Placed) -> None:
        site = self.factory.site
        wanted = site.clock.today() + timedelta(days=order.wanted)
        line = sold(order.material, order.quantity, order.price)
        site.order(
            line, customer=order.customer, number=order.number, delivery_date=wanted.isoformat()
        )
        self._seen(order)

    def _change(self, order: Placed) -> None:
        """Whoever answers in DingTalk does so before the connector has seen it."""
        fields = {"quantity": order.changes}
        self.factory.site.in_crm("edit_line", order=order.number, line_no=1, fields=fields)
        self._seen(order)
        if order.department == "planning":
            self._in_dingtalk(order)

    def _cancel(self, order: Placed) -> None:
        self.factory.site.in_crm("invalidate", form=ORDER, number=order.number)
        self._seen(order)

    def _seen(self, order: Placed) -> None:
        self.witness.see(order.number, frozenset({order.department} - {""}))

    def _answer(self, order: Placed) -> None:
        if order.by == "dingtalk":
            self._in_dingtalk(order)
        elif order.by == "command":
            self._by_command(order)
        else:
            self._by_link(order)

    def _decided(self, order: Placed, shown: str, verdict: str = "approved") -> None:
        found = SEEN.search(shown)
        assert found, shown
        key = self.factory.site.crm_order(order.number)["_id"]
        self.witness.decisions.append(
            Decision(self.witness.now, verdict, "orders", key, found[1], order.department)
        )

    def _in_dingtalk(self, order: Placed) -> None:
        """Whoever is asked there answers, and fills in what is asked for."""
        approvals, who = self.factory.approvals, THERE[WHO[order.department]]
        about = f"订单评审 {order.number}："
        for asked in approvals.records("approval"):
            if asked["status"] == "RUNNING" and about in asked["form"]["标题"]:
                self._decided(order, asked["form"]["内容"], order.verdict)
                with approvals.lock:
                    self._answered(approvals.people(), order, asked["id"], who)

    def _answered(self, people: Any, order: Placed, key: str, who: str) -> None:
        if order.department == "planning":
            promised = order.promised(self.midnight.date()).isoformat()
            people["fill"](key, who, 承诺交期=promised)
        if order.verdict == "approved":
            people["approve"](key, who)
        else:
            people["refuse"](key, who, comment="超信用额度")

    def _by_command(self, order: Placed) -> None:
        app = self.factory.site.app
        for asked in self._asked(order)[-1:]:
            app.who = DIRECTOR
            self._decided(order, asked["text"])
            app.answer_review("orders", order.number, "director", Reply("approved", "可以"))

    def _by_link(self, order: Placed) -> None:
        """By the newest link; whoever has an older one tries that first."""
        for asked in self._asked(order):
            self._decided(order, asked["text"])
            page = self.factory.site.app.review_page
            status, _ = page("POST", _token(asked), {"verdict": "approved"})
            self.answers.append((order.number, status))

    def _asked(self, order: Placed) -> list[dict[str, Any]]:
        """What the director was asked about it in the group, oldest first."""
        title = f"订单评审 {order.number}：请 director 处理"
        return [one for one in self.factory.chat.records("robot") if one["title"] == title]


def _token(message: dict[str, Any]) -> str:
    found = LINK.search(message["text"])
    assert found, message
    return found[1]


@dataclass(frozen=True)
class Heard:
    """A message as the group heard it."""

    to: str
    title: str
    text: str
    at: float


def heard(factory: Factory, midnight: datetime) -> list[Heard]:
    """All that the robot said, by its ledger."""
    names = {mobile: name for name, mobile in MOBILES.items()}
    return [
        Heard(
            ", ".join(names[one] for one in entry.data["at"]["atMobiles"]),
            entry.number,
            entry.data["markdown"]["text"],
            (datetime.fromisoformat(entry.at) - midnight).total_seconds() / 60,
        )
        for entry in factory.chat.ledger
        if entry.kind == "commit"
    ]
