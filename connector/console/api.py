"""The interface for programs: what pages show, and what people do on them, as JSON.

A program comes with `Authorization: Bearer TOKEN`; an admin makes tokens, each with a role that it
has at most. Lists come in pages: `next` is what to ask with for the one after. Whatever changes
something may be sent again: it names what it was decided about as it was seen, and has one effect.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from connector.console.asked import Wanted, Word, Year
from connector.console.guard import Visitor, program
from connector.engine.boarding import WAITING

router = APIRouter(prefix="/api", tags=["connector"])
Caller = Annotated[Visitor, Depends(program)]
Key = Annotated[str, Field(min_length=1, max_length=200)]
REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"description": "Something was asked for that does not exist."},
    401: {"description": "No token, or one that is over."},
    403: {"description": "The role does not allow it."},
    404: {"description": "There is no such record."},
    409: {"description": "It is not as it was seen any more, or cannot be done now."},
    422: {"description": "The request is not as described here."},
    503: {"description": "The store does not answer now."},
}


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
    """What somebody says for a department."""

    flow: Key
    key: Key
    department: Key
    verdict: Literal["approved", "refused"]
    comment: Annotated[str, Field(max_length=2000)] = ""
    given: Annotated[dict[str, str], Field(max_length=100)] = {}


@router.get("/status", responses=REFUSED)
def status(caller: Caller) -> dict[str, Any]:
    """Connections, flows and what waits."""
    return caller.app.status(records=False)


@router.get("/orders", responses=REFUSED)
def orders(caller: Caller, wish: Wanted) -> dict[str, Any]:
    """Orders at one stage, those not in the target yet if none is named; the earliest promised
    first."""
    found = caller.app.board(replace(wish, stage=wish.stage or WAITING))
    lines = [asdict(line) for column in found.columns for line in column.lines]
    count, after = sum(one.count for one in found.columns), "".join(o.after for o in found.columns)
    return {"orders": lines, "count": count, "next": after}


@router.get("/orders/{number:path}", responses=REFUSED)
def order(caller: Caller, number: str) -> list[dict[str, Any]]:
    """The whole story of the orders that have this number, or this key."""
    return [asdict(story) for story in caller.app.trace("sales_order", number)]


@router.get("/failures", responses=REFUSED)
def failures(
    caller: Caller, flow: Word = "", since: float = 0.0, key: Word = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:  # fmt: skip
    """What waits for a person, the oldest first."""
    after = (since, key) if key else None
    found = caller.app.failures(flow, limit=limit + 1, after=after)
    last = found[limit - 1] if len(found) > limit else None
    more = {"since": last["since"], "key": last["key"]} if last else None
    return {"failures": found[:limit], "next": more}


@router.post("/failures/retry", responses=REFUSED)
def retry(caller: Caller, decision: Decision) -> dict[str, int]:
    """Let a record go again."""
    return {"count": caller.app.retry(decision.flow, seen={decision.key: decision.since})}


@router.post("/failures/discard", responses=REFUSED)
def discard(caller: Caller, decision: Decision) -> dict[str, int]:
    """Set a record aside until its next change."""
    return {"count": caller.app.discard(decision.flow, seen={decision.key: decision.since})}


@router.post("/failures/correct", responses=REFUSED)
def correct(caller: Caller, correction: Correction) -> dict[str, int]:
    """Say what fields of a record should be, and let it go again."""
    one = correction
    return {"count": caller.app.correct(one.flow, one.key, one.fields, one.since)}


@router.get("/reviews", responses=REFUSED)
def reviews(caller: Caller) -> list[dict[str, Any]]:
    """The reviews under way."""
    return [asdict(one) for one in caller.app.reviews()] if caller.app.reviewed else []


@router.post("/reviews/answer", responses=REFUSED)
def answer(caller: Caller, said: Verdict) -> dict[str, str]:
    """Answer for a department."""
    state = caller.app.answer_review(
        said.flow, said.key, said.department, said.verdict, said.comment, said.given
    )
    return {"state": state}


@router.get("/insight/{object}", responses=REFUSED)
def insight(caller: Caller, object: str, number: Word = "", after: Word = "") -> dict[str, Any]:
    """What only both systems together can tell, as it was computed last: all of it, page by page,
    or of one order, material or customer."""
    found = caller.app.computed(object, number.strip(), after)
    answer = found.answer
    return {"records": answer.plain(), "as_of": answer.as_of, "missing": answer.missing,
            "stale": answer.stale, "next": found.after}  # fmt: skip


@router.get("/reports/{name}", responses=REFUSED)
def report(caller: Caller, name: str, year: Year = 0, figure: Word = "") -> dict[str, Any]:
    """A report for managers; `figure`: of sales just one."""
    found = caller.app.report(name, year, figure)
    return {"rows": found.plain(), "year": found.report.year, "as_of": found.as_of,
            "missing": found.missing, "stale": found.stale}  # fmt: skip


@router.get("/audit", responses=REFUSED)
def audit(
    caller: Caller, before: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[dict[str, Any]]:  # fmt: skip
    """Who decided what, newest first; `before` a line's id."""
    return [asdict(line) for line in caller.app.audit(limit, before)]
