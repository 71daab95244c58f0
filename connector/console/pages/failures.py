"""Failures: why records do not go on, and what people do about it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from connector.console import view
from connector.console.asked import Sent, Someone, Text, Word
from connector.console.view import done
from connector.errors import ConnectorError, MappingFault
from connector.messages import say

router = APIRouter(include_in_schema=False)
PAGE = 50

Chosen = Annotated[list[str], Form(max_length=1000)]


@router.get("/failures")
def listing(
    request: Request, visitor: Someone, flow: Word = "", since: float = 0.0, key: Word = "",
    ignored: bool = False,
) -> Response:  # fmt: skip
    after = (since, key) if key else None
    found = visitor.app.failures(flow, ignored=ignored, limit=PAGE + 1, after=after)
    counts = {name: one["failed"] + one["conflicts"]
              for name, one in visitor.app.standing().items()}  # fmt: skip
    return view.page(
        request, visitor, "failures", failures=found[:PAGE], more=len(found) > PAGE, counts=counts,
        flow=flow, ignored=ignored,
    )  # fmt: skip


@router.get("/failures/{flow}/{key:path}")
def failure(request: Request, visitor: Someone, flow: str, key: str) -> Response:
    found = visitor.app.failure(flow, key)
    fields = visitor.app.fields(flow, key) if visitor.may("correct") else []
    return view.page(
        request, visitor, "failure", failure=found, fields=fields, wrong="", here="failures"
    )


@router.post("/failures")
def decide(visitor: Someone, what: Text, chosen: Chosen) -> Response:
    """Retry or set aside those that were chosen: each is `flow since key`, as it was seen."""
    seen: dict[str, dict[str, float]] = {}
    for one in chosen:
        name, at, key = _parts(one)
        seen.setdefault(name, {})[key] = at
    count = 0
    for name, some in seen.items():
        if what == "discard":
            count += visitor.app.discard(name, seen=some)
        else:
            count += visitor.app.retry(name, seen=some, ours=what == "ours")
    return done("/failures", "discarded" if what == "discard" else "retried", count)


@router.post("/failures/{flow}/{key:path}")
def correct(request: Request, visitor: Someone, flow: str, key: str, form: Sent) -> Response:
    """Correct fields, and let it go again."""
    said = {name.removeprefix("field."): value.strip() for name, value in form.items()
            if name.startswith("field.") and value != form.get(f"was.{name}", "")}  # fmt: skip
    try:
        seen = float(form.get("seen", ""))
        visitor.app.correct(flow, key, said, seen)
    except (MappingFault, ValueError) as error:
        found = visitor.app.failure(flow, key)
        words = str(error.words) if isinstance(error, MappingFault) else str(say("bad_request"))
        return view.page(
            request, visitor, "failure", failure=found, fields=visitor.app.fields(flow, key),
            wrong=words, here="failures", status=400,
        )  # fmt: skip
    return done("/failures", "corrected", len(said))


def _parts(chosen: str) -> tuple[str, float, str]:
    """`flow since key`. Raises ConnectorError."""
    name, _, rest = chosen.partition(" ")
    at, _, key = rest.partition(" ")
    try:
        return name, float(at), key
    except ValueError:
        raise ConnectorError(say("bad_request")) from None
