"""Reviews: what departments are asked, and their answers."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from connector.console import view
from connector.console.asked import Sent, Someone
from connector.console.showing import path
from connector.console.view import done
from connector.errors import ConnectorError
from connector.operations.reviewing import Reply

router = APIRouter(include_in_schema=False)


@router.get("/reviews")
def listing(request: Request, visitor: Someone) -> Response:
    found = visitor.app.reviews() if visitor.app.reviewed else []
    times = visitor.app.review_times()
    return view.page(request, visitor, "reviews", reviews=found, times=times)


@router.get("/reviews/{flow}/{key:path}")
def review(request: Request, visitor: Someone, flow: str, key: str) -> Response:
    return _page(request, visitor, flow, key)


@router.post("/reviews/{flow}/{key:path}")
def answer(request: Request, visitor: Someone, flow: str, key: str, form: Sent) -> Response:
    """An answer for a department, or what somebody just says."""
    told, review = form.get("verdict", ""), form.get("review", "")
    seen = int(review) if review.isascii() and review.isdigit() and len(review) < 16 else 0
    try:
        if told == "said":
            asks = [form["to"]] if form.get("to") else []
            visitor.app.say_review(flow, key, form.get("text", ""), asks, seen)
        else:
            department = form.get("department", "")
            visitor.app.answer_review(flow, key, department, Reply.of(form, seen))
    except ConnectorError as error:
        return _page(request, visitor, flow, key, form, str(error))
    number = form.get("number", "")
    return done(f"/orders/{path(number)}" if number else f"/reviews/{path(flow)}/{path(key)}", told)


def _page(
    request: Request,
    visitor: Someone,
    flow: str,
    key: str,
    form: Sent | None = None,
    wrong: str = "",
) -> Response:
    found, speaks = visitor.app.review(flow, key), visitor.app.speaks(flow, key)
    return view.page(
        request, visitor, "review", review=found, speaks=speaks, wrong=wrong, form=form or {},
        here="reviews", status=409 if wrong else 200,
    )  # fmt: skip
