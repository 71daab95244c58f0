"""T9: every order of captures, claims, outcomes, deaths and people's decisions, against a model.

python -m tests.prove.machine EXAMPLES STEPS [SEED]
"""

from __future__ import annotations

import logging
import sys
from collections import Counter
from functools import partial
from typing import Any

from hypothesis import seed
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    get_state_machine_test,
    initialize,
    invariant,
    precondition,
    rule,
)

from connector import errors
from connector.engine.jobs import Job, Result
from connector.engine.send import NotDone, NotSent, Twice, Undecidable
from connector.operations import overview
from connector.store import deliveries
from tests.prove.ground import FLOW, KEYS, Claim, Ground, arrows, done, ground
from tests.prove.hypothetical import SEED, form, outcome
from tests.prove.suite import Evidence, Suite

ARROWS = arrows()
ONTO = frozenset({("in_doubt", "in_sync"), ("in_doubt", "pending")})
"""Taken only by records that are written onto others, which are not in this company."""
OWNERS, SOME = st.sampled_from((0, 1)), st.sampled_from(KEYS)
CHANGES: list[dict[str, Any]] = [
    {"status": "confirmed"},
    {"status": "confirmed"},
    {"status": "in_approval"},
    {"status": "draft"},
    {"status": "confirmed", "customer": "c2"},
    {"status": "confirmed", "date": "no date"},
]
"""Ready, ready again, held, out of scope, waiting for its customer, unreadable."""
GOOD: dict[str, Any] = {"date": "2026-11-20", "customer": "c1", "status": "confirmed"}

REFUSALS: dict[str, Any] = {
    "unknown": errors.OutcomeUnknown,
    "transient": errors.Transient,
    "unreachable": errors.Unreachable,
    "rejected": errors.Rejected,
    "conflict": errors.Conflict,
    "locked": errors.Locked,
    "gone": errors.Gone,
    "changed": errors.Changed,
    "taken": errors.AlreadyExists,
    "not sent": NotSent,
}
LOOKED: dict[str, Any] = {"not done": NotDone, "twice": Twice, "undecidable": Undecidable}
OUTCOMES = [
    "done",
    "done",
    "done",
    "half done",
    "awaiting",
    "saved",
    "unknown",
    "unknown",
    *REFUSALS,
]
FOUND = ["found", "found", *LOOKED, "unreachable", "transient", "not sent", "unknown"]


def three_of(words: list[str]) -> st.SearchStrategy[list[str]]:
    """What becomes of the jobs of a group."""
    return st.lists(st.sampled_from(words), min_size=3, max_size=3)


ROUNDS = 4
SEEN: Counter[str] = Counter()
"""Arrows that were taken, over all runs of this process."""


class Deliveries(RuleBasedStateMachine):
    """One company, from its first order to the last outcome."""

    shared: Ground

    def __init__(self) -> None:
        super().__init__()
        self.ground = self.shared
        self.before: dict[str, Any] = {}
        self.version = 0
        self.newest: dict[str, int] = {}
        """The version that was captured last."""
        self.holds: dict[str, int] = {}
        """The version that the target has said it holds."""
        self.doubtful: set[str] = set()
        """Keys of which an attempt may have been done."""

    @initialize()
    def begin(self) -> None:
        self.ground.clear()
        self.before = {}
        for key in KEYS[:2]:
            self.changes(key, GOOD, 0)

    # -- what happens -----------------------------------------------------------------------

    @rule(key=SOME, what=st.sampled_from(CHANGES), owner=OWNERS)
    def changes(self, key: str, what: dict[str, Any], owner: int) -> None:
        """A record changes, and somebody captures it."""
        self.version += 1
        self.ground.site.order(key, **{**GOOD, **what}, note=f"v{self.version}")
        self.ground.capture(owner)
        self.newest[key] = self.version

    @rule()
    def the_customer_arrives(self) -> None:
        self.ground.site.customer("c2")
        self.ground.capture(0, "customer")
        self.ground.deliver_customers()

    @rule(seconds=st.sampled_from((1, 40, 130, 4000)))
    def time_passes(self, seconds: int) -> None:
        self.ground.site.clock.advance(seconds)

    @rule(owner=OWNERS, limit=st.integers(1, 3))
    def claims(self, owner: int, limit: int) -> None:
        waiting = self.ground.rows()
        for job in self.ground.claim(owner, limit):
            key, row = job.row.key, waiting[job.row.key]
            assert row.owner == "", f"{key} was taken from its owner"
            assert row.state in ("pending", "in_doubt"), f"{key} was claimed as {row.state}"
            if job.verb == "put":
                note = job.document.fields.get("note")
                assert note == f"v{self.newest[key]}", f"{key} is sent as {note}"
            assert key not in self.doubtful or job.verb == "look", f"{key} is sent in doubt"
            self.ground.claims.append(Claim(job, owner, self.newest[key]))

    @precondition(lambda self: self.ground.claims)
    @rule(data=st.data())
    def ends(self, data: Any) -> None:
        """One of the jobs under way has an outcome, be its claim long lost."""
        at = data.draw(st.integers(0, len(self.ground.claims) - 1), "claim")
        claim = self.ground.claims.pop(at)
        what = data.draw(st.sampled_from(FOUND if claim.job.verb == "look" else OUTCOMES), "end")
        self.record(claim, what)

    @precondition(lambda self: self.ground.claims)
    @rule(what=st.sampled_from(CHANGES), owner=OWNERS)
    def is_overtaken(self, what: dict[str, Any], owner: int) -> None:
        """A record changes while somebody sends it."""
        self.changes(self.ground.claims[0].job.row.key, what, owner)

    @precondition(lambda self: self.ground.claims)
    @rule(data=st.data())
    def dies(self, data: Any) -> None:
        """Whoever held it is never heard of again."""
        self.ground.claims.pop(data.draw(st.integers(0, len(self.ground.claims) - 1), "claim"))

    @rule(owner=OWNERS, ends=three_of(OUTCOMES), looks=three_of(FOUND))
    def works(self, owner: int, ends: list[str], looks: list[str]) -> None:
        """A group from beginning to end, as it is when nobody interferes."""
        held = len(self.ground.claims)
        self.claims(owner, 3)
        self.every_row_is_sound()
        for what, found in list(zip(ends, looks, strict=True))[: len(self.ground.claims) - held]:
            claim = self.ground.claims.pop(held)
            self.record(claim, found if claim.job.verb == "look" else what)
            self.every_row_is_sound()

    @rule()
    def recovers(self) -> None:
        """Claims whose deadline is over are in doubt."""
        before = self.ground.rows()
        self.ground.engine.recover(alone=False)
        now = self.ground.site.clock.now().timestamp()
        for key, row in before.items():
            if row.owner and row.deadline < now:
                self.doubtful.add(key)

    @rule(key=SOME, what=st.sampled_from(("resync", "retry", "ours", "discard")))
    def decides(self, key: str, what: str) -> None:
        """A person does."""
        system, flow = self.ground.systems[0], self.ground.flow
        if what == "resync":
            with system.store.transaction() as tx:
                deliveries.awaken(tx, FLOW, [key], system.store.now(tx))
        elif what == "discard":
            overview.discard(system, flow, [key], "p")
        else:
            overview.retry(system, flow, [key], "p", ours=what == "ours")

    @rule(keys=st.permutations(KEYS).map(lambda all: tuple(all[:2])))
    def shares_a_line(self, keys: tuple[str, ...]) -> None:
        """Two of them are written onto one record from now on."""
        rows = self.ground.rows()
        if all(key in rows and not rows[key].owner for key in keys):
            self.ground.share_a_line(keys)

    # -- outcomes ---------------------------------------------------------------------------

    def record(self, claim: Claim, what: str) -> None:
        job, before = claim.job, self.ground.rows().get(claim.job.row.key)
        result = _result(job, what)
        self.ground.record(claim.owner, result)
        after = self.ground.rows().get(job.row.key)
        held = before is not None and (before.owner, before.epoch, before.state) == (
            self.ground.systems[claim.owner].owner, job.epoch, "sending",
        )  # fmt: skip
        if not held:
            assert after == before, f"{job.row.key} was changed by a claim that was lost"
            return
        self.settled(claim, result, what, changed=bool(before.dirty))

    def settled(self, claim: Claim, result: Result, what: str, *, changed: bool) -> None:
        key, row = claim.job.row.key, self.ground.rows()[claim.job.row.key]
        if result.written is not None or what == "not done":
            self.doubtful.discard(key)
        if what == "unknown" and row.state == "in_doubt":
            self.doubtful.add(key)
        if what in ("done", "saved", "awaiting", "half done") and claim.job.verb == "put":
            self.holds[key] = claim.version
        assert not (changed and row.state == "in_sync"), f"{key}: the change is forgotten"

    # -- what always holds ------------------------------------------------------------------

    @invariant()
    def every_row_is_sound(self) -> None:
        rows = self.ground.rows()
        for key in KEYS:
            self.moved(key, rows.get(key))
        for key, row in rows.items():
            self.sound(key, row)
        busy = Counter(row.line for row in rows.values() if row.owner and row.line)
        assert not [line for line, count in busy.items() if count > 1], "two on one line"
        self.before = rows

    def moved(self, key: str, row: Any | None) -> None:
        old = self.before.get(key)
        was, now = (old.state if old else "[*]"), (row.state if row else "[*]")
        if was != now:
            SEEN[f"{was} → {now}"] += 1
            assert (was, now) in ARROWS, f"{key}: nothing leads from {was} to {now}"
        if old is not None and row is not None:
            assert row.epoch >= old.epoch, f"{key}: its epoch went back"

    def sound(self, key: str, row: Any) -> None:
        assert (row.state == "sending") == bool(row.owner), f"{key}: {row.state} by {row.owner!r}"
        assert row.state != "sending" or row.deadline, f"{key}: sending without end"
        if row.state == "in_doubt":
            assert row.verb == "look" and row.due_at is not None, f"{key}: a doubt nobody looks up"
        if row.state == "pending" and row.due_at is None:
            assert row.reason in ("waits_for", "review"), f"{key}: {row.reason} is never due"
            assert row.reason == "review" or row.waits_for, f"{key}: waits for nothing"
        assert key not in self.doubtful or row.verb == "look", f"{key}: its doubt is forgotten"
        if row.state == "in_sync" and row.delivered:
            newest = self.holds.get(key) == self.newest[key]
            assert newest or not _wanted(self.ground, key), f"{key}: an old version is in sync"

    def teardown(self) -> None:
        """When nothing goes wrong any more, everything comes to an end by itself."""
        if not self.before and not self.newest:
            return
        self.ground.claims.clear()
        self.the_customer_arrives()
        for _ in range(30):
            self.ground.site.clock.advance(4000)
            self.recovers()
            self.claims(0, 3)
            self.every_row_is_sound()
            while self.ground.claims:
                claim = self.ground.claims.pop()
                self.record(claim, "found" if claim.job.verb == "look" else "done")
            self.every_row_is_sound()
        left = {
            key: (row.state, row.reason)
            for key, row in self.ground.rows().items()
            if row.state not in ("in_sync", "stopped") and row.reason != "review"
        }
        assert not left, f"forgotten: {left}"


def _wanted(ground: Ground, key: str) -> bool:
    """The newest version is one that the target should hold."""
    fields = ground.site.crm.form("order")[key].fields
    return fields["status"] == "confirmed" and fields["date"] != "no date"


def _result(job: Job, what: str) -> Result:
    if what in REFUSALS:
        return Result(job, error=REFUSALS[what]("x"), sent=job.verb == "put")
    if what in LOOKED:
        return Result(job, error=LOOKED[what]("x"))
    if what == "found":
        return Result(job, "found" if job.key else "adopted", done(job, ""), delivered=False)
    did = "updated" if job.key else "created"
    if what == "half done":
        made = done(job, "saved")
        error = errors.HalfDone(made, errors.Locked("x"))
        return Result(job, did, made, error, sent=True)
    steps = {"done": done(job), "saved": done(job, "saved"), "awaiting": done(job, "saved", "boss")}
    return Result(job, did, steps[what], sent=True)


def run(examples: int, steps: int, chosen: int = SEED) -> Evidence:
    """So many companies of so many steps; and as many again, a few times, while some arrow that
    there is was not taken."""
    SEEN.clear()
    logging.getLogger("connector").setLevel(logging.CRITICAL)
    evidence, rounds = Evidence(), 0
    with ground() as made:
        Deliveries.shared = made
        while not rounds or (_unseen() and rounds < ROUNDS and evidence.holds):
            wrong = _round(examples, steps, chosen + rounds)
            replay = f"python -m tests.prove.machine {examples} {steps} {chosen + rounds}"
            evidence.violations += [f"{wrong}\n    {replay}"] if wrong else []
            rounds += 1
    evidence.ran = f"{examples * rounds:,} runs of {steps} steps on SQLite"
    evidence.counts["arrows taken"] = sum(SEEN.values())
    if _unseen() and evidence.holds:
        evidence.violations.append(f"never taken: {', '.join(_unseen())}")
    return evidence


def _round(examples: int, steps: int, chosen: int) -> str:
    settings = form(examples, stateful_step_count=steps)
    return outcome(seed(chosen)(get_state_machine_test(Deliveries, settings=settings)))


def _unseen() -> list[str]:
    """The arrows that nobody has taken so far."""
    return sorted({f"{a} → {b}" for a, b in ARROWS - ONTO if a != b} - set(SEEN))


SUITES = (
    Suite(
        "T9 states",
        "any order of captures, claims, outcomes, deaths and decisions",
        partial(run, 200, 50),
        partial(run, 5000, 100),
    ),
)

if __name__ == "__main__":
    found = run(*map(int, sys.argv[1:]))
    print(*SEEN.items(), sep="\n")
    sys.exit("\n".join(found.violations) or None)
