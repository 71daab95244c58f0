"""The interface for programs: what pages show, and what people do on them, as JSON.

A program comes with `Authorization: Bearer TOKEN`; an admin makes tokens, each with a role that it
has at most. Lists come in pages: `next` is what to ask with for the one after. Whatever changes
something may be sent again: it names what it was decided about as it was seen, and has one effect.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.security import HTTPBearer
from pydantic import BaseModel, Field

from connector.console.answers import (
    REFUSED,
    After,
    Count,
    Failure,
    Failures,
    Insight,
    Orders,
    Report,
    State,
)
from connector.console.asked import Wanted, Word, Year
from connector.console.guard import Visitor, program
from connector.engine.boarding import WAITING
from connector.operations.auditing import Line as Decided
from connector.operations.mappings.listing import Listed
from connector.operations.mappings.listing import Shown as Mapping
from connector.operations.mappings.trial import Mapped
from connector.operations.mappings.versions import Difference, Kept, Version
from connector.operations.reviewing import Reply, Shown
from connector.operations.tracing import Story

token = HTTPBearer(auto_error=False, description="What an admin made for a program.")
router = APIRouter(
    prefix="/api", tags=["connector"], dependencies=[Depends(token)], responses=REFUSED
)
Caller = Annotated[Visitor, Depends(program)]
Key = Annotated[str, Field(min_length=1, max_length=200)]


class Decision(BaseModel):
    """What somebody decided about a failure, as they saw it."""

    flow: Key
    key: Key
    since: float
    """Since when it had stood, as it was seen."""


class Correction(Decision):
    """What fields of a record should be."""

    fields: Annotated[dict[str, str], Field(max_length=100)]
    """By path, such as `wanted_date` or `lines[L1].material`."""


class Verdict(BaseModel):
    """What somebody says for a department, as they saw the review."""

    flow: Key
    key: Key
    review: Annotated[int, Field(ge=1, le=2**53)]
    """Its id, as it was seen."""
    department: Key
    verdict: Literal["approved", "refused", "returned"]
    comment: Annotated[str, Field(max_length=2000)] = ""
    given: Annotated[dict[str, str], Field(max_length=100)] = {}
    asks: Annotated[list[Key], Field(max_length=20)] = []
    """Whom the question is for with which a record is returned; nobody: its salesperson."""


class Remark(BaseModel):
    """What somebody says of a record under review, as they saw it."""

    flow: Key
    key: Key
    review: Annotated[int, Field(ge=1, le=2**53)]
    """Id of the review, as it was seen."""
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    asks: Annotated[list[Key], Field(max_length=20)] = []
    """Departments, roles or people whom it is for; nobody: all whom the review concerns."""


@router.get("/status")
def status(caller: Caller) -> dict[str, Any]:
    """Connections, flows and what waits."""
    return caller.app.status(records=False)


@router.get("/orders")
def orders(caller: Caller, wish: Wanted) -> Orders:
    """Orders at one stage, those not in the target yet if none is named; the earliest promised
    first."""
    found = caller.app.board(replace(wish, stage=wish.stage or WAITING))
    return Orders(
        orders=[line for column in found.columns for line in column.lines],
        count=sum(column.count for column in found.columns),
        next="".join(column.after for column in found.columns),
    )


@router.get("/orders/{number:path}")
def order(caller: Caller, number: str) -> list[Story]:
    """The whole story of the orders that have this number, or this key."""
    return caller.app.trace("sales_order", number)


@router.get("/failures")
def failures(
    caller: Caller, flow: Word = "", since: float = 0.0, key: Word = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Failures:  # fmt: skip
    """What waits for a person, the oldest first."""
    after = (since, key) if key else None
    found = caller.app.failures(flow, limit=limit + 1, after=after)
    last = found[limit - 1] if len(found) > limit else None
    return Failures(
        failures=[Failure.model_validate(one) for one in found[:limit]],
        next=After(since=last["since"], key=last["key"]) if last else None,
    )


@router.post("/failures/retry")
def retry(caller: Caller, decision: Decision) -> Count:
    """Let a record go again."""
    return Count(count=caller.app.retry(decision.flow, seen={decision.key: decision.since}))


@router.post("/failures/discard")
def discard(caller: Caller, decision: Decision) -> Count:
    """Set a record aside until its next change."""
    return Count(count=caller.app.discard(decision.flow, seen={decision.key: decision.since}))


@router.post("/failures/correct")
def correct(caller: Caller, correction: Correction) -> Count:
    """Say what fields of a record should be, and let it go again."""
    one = correction
    return Count(count=caller.app.correct(one.flow, one.key, one.fields, one.since))


@router.get("/reviews")
def reviews(caller: Caller) -> list[Shown]:
    """The reviews under way."""
    return caller.app.reviews() if caller.app.reviewed else []


@router.post("/reviews/answer")
def answer(caller: Caller, said: Verdict) -> State:
    """Answer for a department."""
    reply = Reply(said.verdict, said.comment, said.given, tuple(said.asks), said.review)
    return State(state=caller.app.answer_review(said.flow, said.key, said.department, reply))


@router.post("/reviews/say")
def say(caller: Caller, said: Remark) -> Count:
    """Say something of a record under review, without deciding anything; how many remarks there
    are of it now."""
    caller.app.say_review(said.flow, said.key, said.text, said.asks, said.review)
    return Count(count=len(caller.app.review(said.flow, said.key).remarks))


@router.get("/insight/{object}")
def insight(caller: Caller, object: str, number: Word = "", after: Word = "") -> Insight:
    """What only both systems together can tell, as it was computed last: all of it, page by page,
    or of one order, material or customer."""
    found = caller.app.computed(object, number.strip(), after)
    answer = found.answer
    return Insight(records=answer.plain(), as_of=answer.as_of, missing=answer.missing,
                   stale=answer.stale, next=found.after)  # fmt: skip


@router.get("/reports/{name}")
def report(caller: Caller, name: str, year: Year = 0, figure: Word = "") -> Report:
    """A report for managers; `figure`: of sales just one."""
    found = caller.app.report(name, year, figure)
    return Report(rows=found.plain(), year=found.report.year, as_of=found.as_of,
                  missing=list(found.missing), stale=list(found.stale))  # fmt: skip


@router.get("/mappings")
def mappings(caller: Caller) -> list[Listed]:
    """The mappings in use, by flow and side, and how each stands."""
    return caller.app.mappings()


@router.get("/mappings/{flow}")
def mapping(caller: Caller, flow: str, side: Word = "") -> Mapping:
    """A flow's mapping, of the side that writes or reads: its text, its rules in plain words, its
    cases."""
    return caller.app.mapping(flow, side)


@router.get("/mappings/{flow}/record")
def mapped(caller: Caller, flow: str, number: Key, side: Word = "") -> Mapped:
    """What a flow's mapping makes of a record, and of what."""
    return caller.app.mapped(flow, side, number)


@router.get("/mappings/{flow}/versions")
def versions(caller: Caller, flow: str, side: Word = "") -> list[Version]:
    """The versions of a flow's mapping, the newest first."""
    return caller.app.mapping_versions(flow, side)


@router.get("/mappings/{flow}/versions/{version}")
def version(caller: Caller, flow: str, version: str, side: Word = "") -> Kept:
    """One version: its text, the value maps that it used, and records that went by it."""
    return caller.app.mapping_version(flow, side, version)


@router.get("/mappings/{flow}/differences")
def differences(
    caller: Caller, flow: str, one: Key, other: Key, side: Word = ""
) -> list[Difference]:
    """What differs between two versions, file by file."""
    return list(caller.app.mapping_diff(flow, side, one, other))


@router.get("/audit")
def audit(
    caller: Caller, before: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[Decided]:  # fmt: skip
    """Who decided what, newest first; `before` a line's id."""
    return caller.app.audit(limit, before)
