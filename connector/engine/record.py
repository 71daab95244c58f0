"""Recording outcomes: state, link, base, attempt and whoever waited, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from connector import exact, log
from connector.contract import Written
from connector.engine import adopting, deriving, pairing, retry, states
from connector.engine.base import Before, after_write, to_keep
from connector.engine.jobs import Job, Result
from connector.engine.plan import Held
from connector.engine.send import NotDone, NotSent, TooEarly, Twice, Undecidable, Yielded
from connector.engine.system import Flow, System
from connector.errors import AdapterError, Awaiting, Conflict, Gone, HalfDone
from connector.faults import fault
from connector.mapping.document import Canonical, digest
from connector.messages import dump, say
from connector.store import deliveries, feeds, journal, links
from connector.store.engine import Tx
from connector.store.statement import Row

_log = log.get(__name__)


@dataclass(slots=True)
class Tally:
    """What a delivery run did."""

    looked_at: int = 0
    written: int = 0
    failed: int = 0
    waiting: int = 0
    conflicts: int = 0
    in_doubt: int = 0

    def add(self, other: Tally) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Recorder:
    """Stores the results of one flow."""

    def __init__(self, system: System, flow: Flow) -> None:
        assert flow.target is not None
        assert flow.writer is not None
        self._system = system
        self._flow = flow
        self._target = flow.target
        self._writer = flow.writer

    def record(self, results: Sequence[Result]) -> Tally:
        """Store them; results of claims that were lost are dropped."""
        tally = Tally()
        if not results:
            return tally
        fault("before_outcome")
        store = self._system.store
        with store.transaction() as tx:
            store.make_links(tx)
            now = store.now(tx)
            dirty = deliveries.dirty(tx, self._flow.name, [r.job.row.key for r in results])
            outcomes = [self._outcome(r, dirty, now) for r in results]
            held = self._settle(tx, results, outcomes)
            fault("outcome_stored")
            kept = [r for r in results if r.job.row.key in held]
            links.save(store, tx, [self._link(r, now) for r in kept if _linkable(self._flow, r)])
            fault("links_made")
            journal.log_attempts(tx, [self._attempt(r, now) for r in kept if _tried(r)])
            self._note_connection(tx, kept, now)
            fault("attempts_logged")
            arrived = [(self._flow.source, r.job.row.key) for r in kept if r.written]
            pairing.wake(tx, self._flow.object, arrived, now)
            fault("others_woken")
            deriving.after_delivery(self._system, tx, self._flow, sorted(held))
        fault("after_outcome")
        for result, outcome in zip(results, outcomes, strict=True):
            if outcome["key"] in held:
                _count(tally, result, outcome)
                self._tell(result, outcome)
        return tally

    def _settle(self, tx: Tx, results: Sequence[Result], outcomes: Sequence[Row]) -> set[str]:
        """Compare-and-set every outcome; the keys of those that were still ours."""
        claims = [(self._system.owner, result.job.epoch, "sending") for result in results]
        return {row["key"] for row in deliveries.settle(tx, outcomes, claims)}

    # -- outcomes ---------------------------------------------------------------------------

    def _outcome(self, result: Result, dirty: set[str], now: float) -> Row:
        outcome = self._became(result, dirty, now)
        # A doubt ends with a write that succeeds, or with the look that shows what became of it.
        if result.written is not None or isinstance(result.error, NotDone):
            outcome["verb"] = "look" if outcome["state"] == "in_doubt" else "put"
        return {"sent": _to_remember(result, outcome), **outcome}

    def _became(self, result: Result, dirty: set[str], now: float) -> Row:
        if result.error is not None:
            return self._failed(result, result.error, now)
        written = result.written
        assert written is not None
        if not result.delivered:
            return states.pending(
                result.job.row, now, "retry", now, **self._columns(result, written, held=False)
            )
        columns = self._columns(result, written, held=True)
        if written.awaits and not self._flow.reached(written.step):
            due = now + self._target.settings.reread
            words = say("awaiting", whom=written.awaits, step=written.step)
            return states.pending(result.job.row, now, "awaiting", due, words, **columns)
        if result.job.row.key in dirty:
            return states.pending(result.job.row, now, "changed", now, **columns)
        if result.did == "adopted" and not self._flow.reached(written.step):
            return states.pending(result.job.row, now, "retry", now, **columns)
        return states.in_sync(result.job.row, now, **columns)

    def _columns(self, result: Result, written: Written, *, held: bool) -> Row:
        """What we know of the target after a success. `held`: it holds this very document."""
        job = result.job
        if job.verb == "look":
            return self._cleared(result)
        columns: Row = {"step": written.step or job.row.step}
        if held:
            columns |= {"delivered": job.wanted, "document": _text(result), "sent": ""}
        else:
            # Some version of ours: which one nobody knows, so that all of it is compared.
            columns |= {"delivered": deliveries.UNSURE, "document": "", "base": ""}
        if held and job.verb == "put" and not self._flow.mapping.onto:
            columns["base"] = exact.dumps(self._base(result))
        return columns

    def _base(self, result: Result) -> Canonical:
        assert result.written is not None
        job = result.job
        before = Before(job.delivered, job.kept) if job.key else Before()
        keys, shown = result.line_keys, result.shown
        if shown is not None and result.plan and result.plan.left:
            # What stands there is not what became of ours: the opposite flow must not think so.
            mine = {name: v for name, v in shown.fields.items() if name not in result.plan.left}
            shown = replace(shown, fields=mine)
        # What somebody there has yet to approve, or does in a document of its own, does not show.
        at_once = not result.written.awaits
        form = _form(result)
        return after_write(form, job.document, shown, self._writer, keys, before, at_once=at_once)

    def _cleared(self, result: Result) -> Row:
        """What the look at an unanswered attempt showed. It may have undone a step."""
        job = result.job
        if not job.text or result.shown is None:
            return {"step": ""}
        held = Held(job.delivered, job.base, result.shown, result.line_keys)
        delivered, base = adopting.cleared(held, job.form, self._writer, made=not job.key)
        hash, text = digest(delivered)
        hash = job.row.delivered if job.unsure else hash
        kept = exact.dumps(to_keep(base, delivered, result.line_keys))
        return {"step": "", "delivered": hash, "document": text, "base": kept, "sent": ""}

    def _failed(self, result: Result, error: Any, now: float) -> Row:
        job, row = result.job, result.job.row
        if isinstance(error, NotSent):
            return states.given_back(row, now)
        if isinstance(error, Twice):
            return states.stopped(row, now, "twice", error.words)
        columns: Row = {}
        if isinstance(error, HalfDone):
            assert result.written is not None
            columns = self._columns(result, result.written, held=True)
        if isinstance(error, NotDone):
            return states.pending(row, now, "retry", now, error.words)
        if isinstance(error, Undecidable):
            return states.stopped(row, now, "unknown", error.words)
        if self._flow.derived and isinstance(error, Conflict | Gone):
            token = pairing.onto(self._system, self._flow, job.key)
            return states.pending(row, now, "waits_for", None, error.words, waits_for=token)
        if self._flow.finishes and isinstance(error, Gone):
            return states.in_sync(row, now)  # whoever took it off their list has done with it
        if isinstance(error, TooEarly):
            later = now + self._target.settings.reread
            return states.pending(row, now, "retry", later, error.words)
        if isinstance(error, Yielded):  # until either side's record is read with a change
            token = pairing.token(self._flow.object, self._flow.source, row.key)
            return states.pending(row, now, "waits_for", None, error.words, waits_for=token)
        # A look that fails is repeated soon, however often the record has failed: until it is
        # cleared up, nobody knows whether the bill is there.
        looked = job.in_doubt and not result.sent
        decision = retry.decide(
            error,
            0 if looked else row.attempts,
            self._flow.settings.attempts,
            self._target.settle,
            self._system.random.random(),
        )
        if decision.counted:
            columns["attempts"] = row.attempts + 1
        if decision.state == "in_doubt" or (looked and decision.state == "pending"):
            return states.in_doubt(row, now, decision.delay or 0.0, error.words, **columns)
        if decision.state == "stopped":
            return states.stopped(row, now, decision.reason, error.words, **columns)
        due = None if decision.delay is None else now + decision.delay
        return states.pending(row, now, decision.reason, due, error.words, **columns)

    # -- what goes with them ----------------------------------------------------------------

    def _link(self, result: Result, now: float) -> Row:
        job, written = result.job, result.written
        assert written is not None
        number = written.number or (job.link.number if job.link else "")
        return links.row(
            self._flow.object,
            (self._flow.source, job.row.key, job.number),
            (self._target.name, written.key, number),
            at=now,
            origin="adopted" if result.did == "adopted" else "created",
            part=job.row.part,
            line_keys=json.dumps(result.line_keys) if result.line_keys else "",
        )

    def _attempt(self, result: Result, now: float) -> Row:
        job, error = result.job, result.error
        code = answer = request = ""
        if isinstance(error, AdapterError):
            code = error.code
            answer = error.answer[:4000]
            request = log.redact_text(job.text)
        return {
            "flow": self._flow.name,
            "key": job.row.key,
            "part": job.row.part,
            "at": now,
            "seconds": result.seconds,
            "outcome": type(error).__name__ if error else result.did,
            "code": code,
            "words": dump(error.words) if error else _words_of(result),
            "wanted": job.wanted,
            "mapping": self._flow.mapping.version,
            "request": request,
            "answer": answer,
        }

    def _note_connection(self, tx: Tx, results: Sequence[Result], now: float) -> None:
        """Pause the connection when nothing works there; note that it is back when it does."""
        pausing = [r.error for r in results if r.error is not None and _pauses(r.error)]
        pause(self._system, tx, self._target.name, pausing[0] if pausing else None, now)

    def _tell(self, result: Result, outcome: Row) -> None:
        """The canonical line: one per delivery."""
        tell = _log.warning if result.error and _tried(result) else _log.info
        tell(
            "delivered" if result.error is None else "not_delivered",
            flow=self._flow.name,
            key=result.job.row.key,
            number=result.job.number,
            did=result.did,
            state=outcome["state"],
            reason=outcome["reason"],
            seconds=round(result.seconds, 4),
            why=str(result.error) if result.error else "",
        )


def _to_remember(result: Result, outcome: Row) -> str:
    """What may show in the target later: of a doubtful attempt, and of one that takes effect only
    once people have acted, however many have failed since."""
    job, error = result.job, result.error
    if outcome["verb"] == "look" or (isinstance(error, Awaiting) and error.taken):
        return job.text
    return "" if job.in_doubt else str(job.row.sent)


def _form(result: Result) -> Canonical:
    """The document that the target holds now, less what the opposite flow has still to carry."""
    form = result.job.form
    if not result.plan or not result.plan.echoed:
        return form
    return {**form, "f": {n: v for n, v in form["f"].items() if n not in result.plan.echoed}}


def _text(result: Result) -> str:
    form = _form(result)
    return result.job.text if form is result.job.form else digest(form)[1]


def _tried(result: Result) -> bool:
    """Something was asked of the target, and not only put off."""
    return result.did != "none" and not isinstance(result.error, NotSent)


def _linkable(flow: Flow, result: Result) -> bool:
    """A counterpart was made, found or changed rows; written onto records need no link."""
    if result.written is None or flow.mapping.onto or result.did in ("cancel", "close"):
        return False
    if result.did == "none" and not (result.plan and result.plan.standing):
        return False
    known: Job = result.job
    if known.link is not None and not known.link.mine:
        return False  # the flow that goes the other way has made it
    number = known.link.number if known.link else ""
    unchanged = known.link is not None and known.line_keys == result.line_keys
    return not (unchanged and result.written.number in ("", number))


def _pauses(error: Exception) -> bool:
    return retry.decide(error, 0, 2, 0.0, 0.0).pauses if isinstance(error, AdapterError) else False


def pause(system: System, tx: Tx, connection: str, error: Any | None, now: float) -> None:
    """Note what the last calls said about a connection: back, or to be left alone for a while."""
    known = feeds.connection(tx, connection)
    if known is not None and feeds.paused_by_person(known, now):
        return
    failures = known.failures if known else 0
    if error is None:
        if failures:
            _log.info("connection_back", connection=connection)
            feeds.save_connection(
                system.store, tx, connection, paused_until=None, paused_why="", failures=0
            )
        return
    if not failures:
        _log.warning("connection_lost", connection=connection, why=str(error))
    until = now + (getattr(error, "retry_after", None) or 0.0)
    paused = known.paused_until if known and known.paused_until else 0.0
    if failures and paused > now:
        # It was begun before the pause: one outage, however many were calling when it came.
        until = max(until, paused)
    else:
        until = max(until, now + retry.backoff(min(failures, 6), system.random.random()))
        failures += 1
    feeds.save_connection(
        system.store,
        tx,
        connection,
        paused_until=until,
        paused_why=dump(error.words),
        failures=failures,
    )


def _words_of(result: Result) -> str:
    if result.written is None:
        return ""
    if result.plan is None:
        return dump(say("found_again", number=result.written.number))
    if result.did == "updated":
        fields = ", ".join(difference.path for difference in result.plan.writes)
        return dump(say("updated_fields", fields=fields))
    number, step = result.written.number, result.written.step
    return dump(
        say("reached", number=number, step=step) if step else say("is_there", number=number)
    )


def _count(tally: Tally, result: Result, outcome: Row) -> None:
    if result.did in ("created", "updated", "cancel", "close") and result.written is not None:
        tally.written += 1
    if outcome["state"] == "stopped":
        tally.conflicts += outcome["reason"] == "conflict"
        tally.failed += outcome["reason"] != "conflict"
    elif outcome["state"] == "in_doubt":
        tally.in_doubt += 1
    elif outcome["state"] == "pending":
        tally.waiting += 1
