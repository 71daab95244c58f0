"""The gate before which deliveries wait until their document is reviewed.

There is no way round it: whatever makes a delivery due, it is claimed, and every claim passes here.
A review is bound to the document's hash and to the mapping that made it; once either is another
one, it is asked for anew. What departments gave is laid over the record, so that it stands in the
document that is sent. Whoever edits which departments look at a flow's records, or by which mapping
these are made, stops the flow: somebody must say that it is meant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector import exact
from connector.engine import states
from connector.engine.jobs import Job
from connector.engine.system import Flow
from connector.mapping.document import digest
from connector.messages import Message, dump, load, say
from connector.objects.paths import laid_over
from connector.store import facts, reviews, snapshots
from connector.store.engine import Store, Tx
from connector.store.statement import Row

NONE = "none"
"""In the place of a review's version: the flow has none, and that is accepted."""


@dataclass(slots=True)
class Passed:
    """What became of jobs at the gate."""

    jobs: list[Job] = field(default_factory=list)
    held: list[Row] = field(default_factory=list)
    """Outcomes of those that wait, or have nothing to do."""
    wanted: list[Row] = field(default_factory=list)
    """Reviews to be asked for."""


def passed(tx: Tx, flow: Flow, jobs: Sequence[Job], known: Mapping[str, Any], now: float) -> Passed:
    """Which jobs may go on. Nothing is written; see `ask`."""
    result = Passed()
    words = unaccepted(tx, flow)
    if words is not None:
        result.held = [_held(job, now, words) for job in jobs if job.verb == "put"]
        result.jobs = [job for job in jobs if job.verb != "put"]
        return result
    if not flow.review:
        result.jobs = list(jobs)
        return result
    found = reviews.newest(tx, flow.name, [job.row.key for job in jobs if job.verb == "put"])
    for job in jobs:
        review = found.get(job.row.key)
        if job.verb != "put":
            result.jobs.append(job)
        elif review is None or not _is_of(review, job, flow):
            result.wanted.append(_wanted(flow, job, now))
            result.held.append(_held(job, now, say("review_asked")))
        elif review.state in reviews.PASSED:
            _through(tx, flow, job, review, known, now, result)
        elif review.state == "refused":
            result.held.append(states.stopped(job.row, now, "rejected", load(review.why)))
        else:
            result.held.append(_held(job, now, load(review.why) or say("review_asked")))
    return result


def _is_of(review: Any, job: Job, flow: Flow) -> bool:
    """It is about just this document; one that was withdrawn is about nothing any more."""
    same = (review.hash, review.mapping) == (job.wanted, flow.mapping.version)
    return same and review.state != "withdrawn"


def ask(store: Store, tx: Tx, flow: Flow, wanted: Sequence[Row], now: float) -> None:
    """Ask for reviews; what was asked for of an earlier document is withdrawn."""
    if wanted:
        facts.first(store, tx, noted_as(flow.name), flow.review)
        facts.first(store, tx, made_as(flow.name), flow.made_by)
        reviews.ask(tx, wanted, now, dump(say("review_changed")))


def unaccepted(tx: Tx, flow: Flow) -> Message | None:
    """What was edited of a flow, and nobody has said yet that it is meant; None: nothing."""
    noted = facts.noted(tx, noted_as(flow.name))
    if (noted or NONE) != (flow.review or NONE) and (noted or not flow.review):
        # Whoever edits the configuration is not thereby let past the departments.
        return say("review_changed_rules", flow=flow.name)
    made_by = facts.noted(tx, made_as(flow.name)) if flow.review else ""
    if made_by and made_by != flow.made_by:
        return say("review_changed_mapping", flow=flow.name)
    return None


def accept(store: Store, tx: Tx, flow: Flow, who: str) -> None:
    """Somebody says that a flow's review and mappings are meant as they are now."""
    facts.note(store, tx, noted_as(flow.name), flow.review or NONE)
    facts.note(store, tx, made_as(flow.name), flow.made_by)
    facts.note(store, tx, accepted_as(flow.name), who)


def accepted_by(tx: Tx, flow: str) -> str:
    """Who said so last; empty: nobody had to."""
    return facts.noted(tx, accepted_as(flow))


def noted_as(flow: str) -> str:
    """Under which it is noted which review a flow asks for."""
    return f"review of {flow}"


def made_as(flow: str) -> str:
    """The same of the mappings by which its records are made."""
    return f"mappings under review of {flow}"


def accepted_as(flow: str) -> str:
    """The same of who accepted both last."""
    return f"review of {flow} accepted by"


def _held(job: Job, now: float, words: Any) -> Row:
    return states.pending(job.row, now, "review", None, words)


def _wanted(flow: Flow, job: Job, now: float) -> Row:
    return {
        "flow": flow.name,
        "key": job.row.key,
        "number": job.number,
        "hash": job.wanted,
        "mapping": flow.mapping.version,
        "document": job.text,
        "state": "new",
        "at": now,
    }


def _through(
    tx: Tx,
    flow: Flow,
    job: Job,
    review: Any,
    known: Mapping[str, Any],
    now: float,
    result: Passed,
) -> None:
    given = given_in(reviews.answers_of(tx, [review.id])[review.id])
    if given:
        assert flow.writer is not None
        values = laid_over(snapshots.data(known[job.row.key]), given)
        job.document, job.form = flow.writer.made(values)
        job.wanted, job.text = digest(job.form)
    if given and job.wanted == job.row.delivered and flow.reached(job.row.step):
        result.held.append(states.in_sync(job.row, now))
    else:
        result.jobs.append(job)


def agreed(tx: Tx, flow: Flow, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What departments gave for these records when they approved them last, where they did."""
    if not flow.review:
        return {}
    passed = reviews.newest_passed(tx, flow.name, keys)
    answers = reviews.answers_of(tx, [review.id for review in passed.values()])
    found = {key: given_in(answers[review.id]) for key, review in passed.items()}
    return {key: given for key, given in found.items() if given}


def given_in(answers: Sequence[Any]) -> dict[str, Any]:
    """What departments gave, by field."""
    given: dict[str, Any] = {}
    for row in answers:
        given |= exact.loads(row.given) if row.given else {}
    return given
