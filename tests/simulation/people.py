"""What people do in a run: sell, work in the ERP, look after the connector, restore backups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from random import Random
from typing import Any, Protocol

from connector.app import App
from connector.errors import ConnectorError
from connector.operations.reviewing import Reply
from tests.oracle.history import Decision
from tests.simulation.crm import Crm, Salespeople
from tests.simulation.erp import Clerks, Erp
from tests.simulation.scene import Scene
from tests.simulation.scheduler import Scheduler

SETTLED = 400.0
"""Seconds for which a failure is left alone before anybody decides about it."""
FIRST_DAY = date(2000, 1, 1)
FORMS = {"orders": ("bill", "no"), "customers": ("partner", "code")}


class Diary:
    """Who sells what and when, drawn before the run begins."""

    def __init__(
        self, scheduler: Scheduler, random: Random, scene: Scene, sales: Salespeople, clerks: Clerks
    ) -> None:
        self._scheduler = scheduler
        self._random = random
        self._scene = scene
        self._sales = sales
        self._clerks = clerks
        self._start = scheduler.now

    def write(self) -> None:
        random, scene = self._random, self._scene
        for n in range(scene.orders):
            self._life(f"o{n + 1}")
        for _ in range(int(scene.clerks * scene.orders)):
            self.soon(0.3, self._clerks.do_something)
        for n in range(scene.customers):
            if random.random() < 0.3:
                self.soon(0.2, partial(self._sales.rename, f"c{n + 1}"))

    def _life(self, key: str) -> None:
        random, scene, sales = self._random, self._scene, self._sales
        customer = f"c{random.randint(1, scene.customers)}"
        if random.random() < 0.15:
            customer = f"late-{key}"
            self.soon(0.0, partial(sales.customer, customer))
        status = random.choice(("confirmed", "confirmed", "confirmed", "in_approval", "draft"))
        born = random.random() * 0.6
        at = self._start + scene.seconds * born
        self._scheduler.at(at, partial(sales.order, key, customer, status=status))
        if status != "confirmed":
            self.soon(born, partial(sales.status, key, "confirmed"))
        if random.random() < scene.foreign:
            self.soon(max(born - 0.1, 0.0), partial(self._clerks.by_hand, key.upper()))
        for _ in range(int(random.uniform(0, 2 * scene.edits) + 0.5)):
            self.soon(born, partial(sales.edit, key))
        if random.random() < scene.spoils:
            self.soon(born, partial(sales.spoil, key))
            if random.random() < 0.8:
                self.soon(0.8, partial(sales.mend, key))
        if random.random() < scene.cancels:
            self.soon(born, partial(sales.status, key, "cancelled"))
            if random.random() < 0.2:
                self.soon(0.8, partial(sales.status, key, "confirmed"))
        if random.random() < scene.deletes:
            self.soon(born, partial(sales.delete, key))

    def soon(self, after: float, work: Callable[[], None]) -> None:
        """At some time in what is left of the run."""
        share = after + self._random.random() * max(0.95 - after, 0.05)
        self._scheduler.at(self._start + self._scene.seconds * share, work)


class Approver:
    """Looks at the reviews now and then, and mostly approves."""

    def __init__(self, run: Run, random: Random) -> None:
        self._run = run
        self._random = random

    def look(self, app: App, *, calm: bool) -> None:
        """Answer some of what is open; in calm all of it."""
        for review in app.reviews():
            for said in review.departments:
                if said.state == "open" and (calm or self._random.random() < 0.6):
                    self._answer(app, review, said)

    def _answer(self, app: App, review: Any, said: Any) -> None:
        approves = self._random.random() < 0.9
        verdict: Any = "approved" if approves else "refused"
        saw = said.evidence["amount_with_tax"]
        decision = Decision(self._run.scheduler.now, verdict, review.flow, review.key, saw)
        self._run.decisions.append(decision)  # before: whoever dies meanwhile has perhaps answered
        try:
            app.answer_review(review.flow, review.key, said.department, Reply(verdict, "why"))
        except ConnectorError as error:
            self._run.note(f"approver: {error}")
            self._run.decisions.remove(decision)
            return
        self._run.note(f"approver: {review.key} of {saw} {verdict}")


class Run(Protocol):
    """As much of a run as people touch."""

    scheduler: Scheduler
    scene: Scene
    crm: Crm
    erp: Erp
    decisions: list[Decision]

    def note(self, text: str) -> None: ...


class Operator:
    """Looks at the failures now and then, and decides by what stands in the ERP."""

    def __init__(self, run: Run, random: Random) -> None:
        self._run = run
        self._random = random

    def look(self, app: App) -> None:
        """Decide about some of what is listed; now and then ask for everything once more."""
        if self._random.random() < 0.3:
            self._run.note("operator: sync")
            app.sync()
        elif self._random.random() < 0.3:
            self._run.note("operator: resync orders")
            app.resync("orders")
        for failure in app.failures():
            old = self._run.scheduler.now - failure["since"] > SETTLED
            if failure["flow"] in FORMS and old and self._random.random() < 0.6:
                try:
                    self._decide(app, failure)
                except ConnectorError as error:
                    self._run.note(f"operator: {error}")

    def _decide(self, app: App, failure: dict[str, Any]) -> None:
        flow, key, number = failure["flow"], failure["key"], failure["number"]
        reason = failure["reason"]
        found = self._standing(flow, key)
        if reason == "unknown" and found:
            self._link(app, flow, key, number, found)
        elif reason == "conflict":
            ours = self._random.random() < 0.5
            self._note("retry --ours" if ours else "retry", flow, key)
            app.retry(flow, [number], ours=ours)
        elif reason == "gone":
            self._note("discard", flow, key)
            app.discard(flow, [number])
        elif reason in ("unknown", "rejected", "mapping"):
            self._note("retry", flow, key)
            app.retry(flow, [number])

    def _standing(self, flow: str, key: str) -> dict[str, Any]:
        form, _ = FORMS[flow]
        for record in self._run.erp.forms[form].values():
            if record["reference"] == f"crm:{key}" and not record["void"]:
                return record
        return {}

    def _link(self, app: App, flow: str, key: str, number: str, found: dict[str, Any]) -> None:
        if self._run.scene.idempotency == "C":
            return  # the virtual ERP cannot be searched, not even for a number
        self._note("link", flow, key)
        app.set_link(flow, number, str(found[FORMS[flow][1]]))

    def after_restore(self, app: App) -> None:
        """The ERP was put back: what it lost is made or ended anew, what it shows of old mended."""
        for flow in FORMS:
            lost = app.missing(flow, FIRST_DAY)
            for finding in lost:
                self._note("anew", flow, finding.key)
            if lost:
                app.bring_back(flow, lost)
            app.reconcile(flow, repair=True)

    def _note(self, what: str, flow: str, key: str) -> None:
        self._run.note(f"operator: {what} {flow} {key}")
        self._run.decisions.append(Decision(self._run.scheduler.now, what, flow, key))
