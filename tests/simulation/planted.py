"""T12, the test of the tests: with a mechanism taken away, the simulation must find out.

Each entry takes one away by a patch and names the scenes in which that shows and the kinds of
violation that must be found. What the product does right stands in `connector`; nothing there
knows of this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest import mock
from unittest.mock import ANY

from connector import http, log
from connector.engine import (
    capture,
    claim,
    deriving,
    dispatch,
    gate,
    pairing,
    record,
    restored,
    retry,
    send,
)
from connector.engine import system as systems
from connector.engine.scope import scope
from connector.errors import OutcomeUnknown, Transient
from connector.kit.window import Window
from connector.rules import telling as teller
from connector.store import deliveries, feeds, reviews
from tests.oracle.reading import Violation
from tests.simulation.perils import Fate
from tests.simulation.run import Run
from tests.simulation.scene import LONGEST, Perils, Scene, swarm
from tests.simulation.scheduler import Process
from tests.simulation.wire import Weather

patch = mock.patch.object
MOST = 40
"""Seeds tried before a planted bug counts as missed."""


@dataclass(frozen=True)
class Planted:
    """A mechanism that is missing."""

    name: str
    plant: Callable[[], AbstractContextManager[Any]]
    scene: Callable[[Scene], Scene]
    """Makes a swarm's scene one in which the mechanism matters."""
    kinds: frozenset[str]
    """Which violations must be found: any of them."""
    trouble: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    """`{fault point: (how often, what)}` instead of chance."""


def hunt(planted: Planted, seeds: range = range(MOST)) -> tuple[int, str]:
    """The first seed that finds it, and what it says; seed -1: it was missed.

    The same run without the bug must be without blemish, else it proves nothing.
    """
    for seed in seeds:
        with planted.plant():
            found = [v for v in _violations(planted, seed) if v.kind in planted.kinds]
        if found and not _violations(planted, seed):
            return seed, str(found[0])
    return -1, ""


def _violations(planted: Planted, seed: int) -> list[Violation]:
    scene = planted.scene(swarm(Random(f"{seed}/scene")))
    fate = at_points(planted.trouble, Random(f"{seed}/fate")) if planted.trouble else None
    return Run(seed, scene, fate).go().verdict.violations


def at_points(trouble: Mapping[str, tuple[float, str]], random: Random) -> Fate:
    """Trouble at some fault points only."""

    def fate(name: str, count: int, process: Process) -> str:
        often, what = trouble.get(name, (0.0, ""))
        return what if random.random() < often else ""

    return fate


# -- scenes -------------------------------------------------------------------------------------


def classed(idempotency: str, **changes: Any) -> Callable[[Scene], Scene]:
    """A scene of this class, with no other company than the changes ask for."""

    def make(scene: Scene) -> Scene:
        nature = replace(scene.nature, unique=idempotency == "A", numbering="erp")
        plain = {"erp_restored": False, "store_restored": False, "foreign": 0.0}
        return replace(scene, idempotency=idempotency, **{"nature": nature, **plain, **changes})

    return make


put_back = classed(
    "B", store_restored=True, seconds=3000.0, orders=5, edits=6.0, perils=Perils(), terminations=0
)
SLOW = Weather(slow=0.1, mute=0.05, latency=0.5, life=LONGEST)
DEADLY = Perils(crash=0.01, switch=0.3)
STOPPING = Perils(stop=0.01, longest=900.0, switch=0.3)


# -- mechanisms ----------------------------------------------------------------------------------


def no_look_before_create() -> Any:
    look = send.Sender._look

    def blind(self: Any, jobs: Any) -> Any:
        return look(self, [job for job in jobs if job.key or job.verb == "look"])

    return patch(send.Sender, "_look", blind)


def doubts_are_not_looked_up() -> Any:
    def guess(self: Any, job: Any, found: Any) -> Any:
        return send.Result(job, error=send.NotDone("nobody looked"))

    return patch(send.Sender, "_looked_up", guess)


def no_settling() -> Any:
    return patch(systems.Connection, "settle", property(lambda self: 0.0))


def updates_do_not_settle() -> Any:
    decide = retry.decide

    def hasty(error: Any, *rest: Any) -> Any:
        if isinstance(error, OutcomeUnknown):
            return retry.Decision("pending", "retry", 1.0, counted=True)
        return decide(error, *rest)

    return patch(retry, "decide", hasty)


def outcomes_without_compare_and_set() -> Any:
    def settle(tx: Any, rows: Any, claims: Any) -> Any:
        deliveries.change(tx, rows)
        return list(rows)

    return patch(deliveries, "settle", settle)


def old_claims_are_sent() -> Any:
    return patch(send, "CUTOFF", -1e9)


def claims_are_not_stored() -> Any:
    def forget(row: Any, owner: str, now: float, deadline: float, **intent: Any) -> Any:
        return {"flow": row.flow, "key": row.key, "part": row.part, "since": now}

    return patch(claim.states, "claimed", forget)


@contextmanager
def cursor_before_its_page() -> Iterator[None]:
    page = capture.Capture._page

    def hasty(self: Any, read: Any) -> Any:
        if read.cursor is not None:
            with self._store.transaction() as tx:
                feeds.save(self._store, tx, self._connection, self._object, cursor=read.cursor)
        return page(self, read)

    with patch(capture.Capture, "_page", hasty):
        yield


def no_lookback() -> Any:
    open_ = Window.open.__func__  # type: ignore[attr-defined]

    def forgetful(cls: Any, cursor: Any, now: Any, *, lag: float, lookback: float) -> Any:
        return open_(cls, cursor, now, lag=lag, lookback=0.0)

    return patch(Window, "open", classmethod(forgetful))


def nothing_is_compared() -> Any:
    return patch(capture.Capture, "_compare_due", lambda self, tx: False)


def documents_are_cached() -> Any:
    job = claim.Claimer._job
    kept: dict[Any, Any] = {}

    def cached(self: Any, row: Any, snapshot: Any, values: Any, link: Any, now: float) -> Any:
        old = kept.setdefault((id(self._system.store.engine), row.flow, row.key), values)
        return job(self, row, snapshot, old, link, now)

    def fresh(run: Any) -> Any:
        kept.clear()
        return go(run)

    go = Run.go
    return _both(patch(claim.Claimer, "_job", cached), patch(Run, "go", fresh))


def nobody_recovers() -> Any:
    return patch(dispatch.Dispatcher, "recover", lambda self, *, alone: 0)


def whatever_has_our_number_is_adopted() -> Any:
    def theirs(self: Any, job: Any) -> Any:
        number = job.document.fields.get(self._mapping.number)
        found = list(self._adapter.find(self._writer.shape, self._mapping.number, [number]))
        return found[0] if found else None

    return patch(send.Sender, "_ours", theirs)


def changes_while_sending_are_forgotten() -> Any:
    return patch(record.deliveries, "dirty", lambda tx, flow, keys: set())


def nobody_is_woken() -> Any:
    return patch(pairing, "wake", lambda *_: None)


def lost_answers_are_called_passing() -> Any:
    error = http._network_error
    return patch(http, "_network_error", lambda cause, unclear: error(cause, Transient))


def the_crm_is_not_told() -> Any:
    return patch(deriving, "after_delivery", lambda *_: None)


def secrets_are_not_hidden() -> Any:
    return patch(log, "redact_text", lambda text: text)


def approvals_are_not_waited_for() -> Any:
    def hasty(*arguments: Any, **rest: Any) -> Any:
        found = scope(*arguments, **rest)
        return "in" if found == "hold" else found

    return patch(systems, "scope", hasty)


def failures_are_retried_for_ever() -> Any:
    decide = retry.decide

    def stubborn(error: Any, *rest: Any) -> Any:
        decision = decide(error, *rest)
        again = retry.Decision("pending", "retry", 1.0)
        return again if isinstance(error, Transient) else decision

    return patch(retry, "decide", stubborn)


def links_are_made_later() -> Any:
    """After the outcome is committed, in a transaction of their own."""
    save, settled = record.links.save, record.Recorder.record
    waiting: list[Any] = []

    def later(store: Any, tx: Any, rows: Any) -> None:
        waiting.extend(rows)

    def then(self: Any, results: Any) -> Any:
        waiting.clear()
        tally = settled(self, results)
        rows = list(waiting)
        with self._system.store.transaction() as tx:
            save(self._system.store, tx, rows)
        return tally

    return _both(patch(record.links, "save", later), patch(record.Recorder, "record", then))


def what_was_approved_once_is_approved_for_good() -> Any:
    """Whatever an order has become since, the answer counts."""
    newest = gate.reviews.newest

    def of_this(tx: Any, flow: str, keys: Any) -> Any:
        found = newest(tx, flow, keys)
        return {key: SimpleNamespace(**{**row._mapping, "hash": ANY, "mapping": ANY})
                for key, row in found.items()}  # fmt: skip

    return patch(gate.reviews, "newest", of_this)


def reviews_do_not_wait_for_answers() -> Any:
    return patch(reviews, "PASSED", (*reviews.PASSED, *reviews.PENDING))


def what_is_told_is_noted_later() -> Any:
    """Messages are stored, and in a transaction of its own that they tell what there is to tell."""
    tell, run = teller.rules.tell, teller.Teller.run
    waiting: list[Any] = []

    def later(tx: Any, *told: Any) -> None:
        waiting.append(told)

    def then(self: Any) -> Any:
        waiting.clear()
        made = run(self)
        told = list(waiting)
        with self._system.store.transaction() as tx:
            for one in told:
                tell(tx, *one)
        return made

    return _both(patch(teller.rules, "tell", later), patch(teller.Teller, "run", then))


def the_restored_is_trusted() -> Any:
    return patch(deliveries, "doubt_all", lambda tx: None)


def nobody_counts_its_age() -> Any:
    return patch(restored, "grow_older", lambda system: None)


@contextmanager
def _both(*patches: Any) -> Iterator[None]:
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in patches:
            each.stop()


def of(*kinds: str) -> frozenset[str]:
    return frozenset(kinds)


PLANTED = (
    Planted("no look before the first create", no_look_before_create,
            classed("B", store_restored=True, seconds=600.0), of("duplicated")),
    Planted("doubts are not looked up", doubts_are_not_looked_up,
            classed("C", weather=SLOW), of("duplicated")),
    Planted("no settling", no_settling,
            classed("B", orders=9, batch=1, perils=Perils(), on_change=("edit", "unaudit"),
                    weather=replace(SLOW, mute=0.0, latency=0.1)),
            of("duplicated", "order")),
    Planted("unknown outcomes are retried at once", updates_do_not_settle,
            classed("B", weather=SLOW, on_change=("edit", "unaudit"), edits=3.0),
            of("duplicated", "order")),
    Planted("outcomes without compare-and-set", outcomes_without_compare_and_set,
            classed("B", daemons=3, orders=9, edits=8.0, seconds=3000.0, clerks=0.0, spoils=0.0,
                    quiet=0.0, on_change=("edit", "unaudit"), weather=Weather(), perils=STOPPING),
            of("duplicated", "lost", "order", "diverged", "unexpected"),
            {"after_write": (0.15, "stop"), "before_outcome": (0.15, "stop")}),
    Planted("old claims are sent", old_claims_are_sent,
            classed("B", daemons=3, perils=STOPPING), of("duplicated"),
            {"after_claim": (0.1, "stop"), "after_look": (0.2, "stop")}),
    Planted("claims are not stored", claims_are_not_stored,
            classed("B", daemons=2, weather=SLOW), of("duplicated", "diverged")),
    Planted("the cursor moves before its page", cursor_before_its_page,
            classed("B", compare=0.0), of("lost", "diverged"),
            {"page_compared": (0.3, "crash")}),
    Planted("no lookback", no_lookback,
            classed("B", compare=0.0, late=0.5, grain=1.0), of("lost", "diverged")),
    Planted("nothing is ever compared whole", nothing_is_compared,
            classed("B", deletes=0.8, cancels=0.0), of("lost", "diverged")),
    Planted("documents are cached across claims", documents_are_cached,
            classed("B", edits=3.0, on_change=("edit", "unaudit")), of("order", "diverged")),
    Planted("nobody recovers the claims of the dead", nobody_recovers,
            classed("B", perils=DEADLY), of("lost", "diverged", "bounds")),
    Planted("whatever has our number is adopted", whatever_has_our_number_is_adopted,
            lambda s: replace(classed("A")(s), foreign=0.8,
                              nature=replace(s.nature, unique=True, numbering="crm")),
            of("lost", "unexpected")),
    Planted("changes while sending are forgotten", changes_while_sending_are_forgotten,
            classed("B", meddling=0.8, compare=0.0, on_change=("edit", "unaudit"),
                    weather=Weather(latency=8.0)),
            of("diverged")),
    Planted("nobody is woken", nobody_is_woken, classed("B"), of("lost", "diverged")),
    Planted("lost answers are called passing", lost_answers_are_called_passing,
            classed("B", weather=SLOW), of("duplicated", "order")),
    Planted("the CRM is not told", the_crm_is_not_told, classed("B"), of("diverged")),
    Planted("secrets are not hidden", secrets_are_not_hidden,
            classed("B", weather=Weather(garbage=0.2)), of("leaked")),
    Planted("approvals are not waited for", approvals_are_not_waited_for,
            classed("B", orders=9), of("unapproved")),
    Planted("failures are retried for ever", failures_are_retried_for_ever,
            lambda s: replace(classed("B")(s), seconds=1000.0,
                              nature=replace(s.nature, unique=False, refuses=0.99)),
            of("bounds")),
    Planted("links are made in a later transaction", links_are_made_later,
            classed("B", orders=9), of("unexpected", "diverged"),
            {"after_outcome": (0.1, "crash")}),
    Planted("what was approved once is approved for good",
            what_was_approved_once_is_approved_for_good,
            classed("B", orders=9, edits=3.0, chat=True, review=True), of("unexpected")),
    Planted("reviews do not wait for answers", reviews_do_not_wait_for_answers,
            classed("B", chat=True, review=True), of("unexpected")),
    Planted("what is told is noted in a later transaction", what_is_told_is_noted_later,
            classed("B", orders=9, chat=True), of("duplicated"),
            {"messages_stored": (0.1, "crash")}),
    Planted("a store that was put back is trusted", the_restored_is_trusted,
            put_back, of("diverged")),
    Planted("nobody counts a store's age", nobody_counts_its_age,
            put_back, of("diverged", "order", "duplicated")),
)  # fmt: skip
