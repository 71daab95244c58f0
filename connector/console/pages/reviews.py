"""Reviews: what departments are asked, and their answers."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from connector.console import view
from connector.console.asked import Sent, Someone
from connector.console.showing import path
from connector.console.view import done
from connector.errors import ConnectorError
from connector.messages import say

router = APIRouter(include_in_schema=False)


@router.get("/reviews")
def listing(request: Request, visitor: Someone) -> Response:
    found = visitor.app.reviews() if visitor.app.reviewed else []
    times = visitor.app.review_times()
    return view.page(request, visitor, "reviews", reviews=found, times=times)


@router.get("/reviews/{flow}/{key:path}")
def review(request: Request, visitor: Someone, flow: str, key: str) -> Response:
    found = visitor.app.review(flow, key)
    return view.page(request, visitor, "review", review=found, wrong="", form={}, here="reviews")


@router.post("/reviews/{flow}/{key:path}")
def answer(request: Request, visitor: Someone, flow: str, key: str, form: Sent) -> Response:
    approves, comment = form.get("verdict") == "approved", form.get("comment", "").strip()
    department = form.get("department", "")
    given = {name.removeprefix("given."): value.strip() for name, value in form.items()
             if name.startswith("given.")}  # fmt: skip
    verdict: Literal["approved", "refused"] = "approved" if approves else "refused"
    try:
        if not approves and (form.get("verdict") != "refused" or not comment):
            raise ConnectorError(say("page_why"))
        visitor.app.answer_review(
            flow, key, department, verdict, comment, given if approves else {}
        )
    except ConnectorError as error:
        found = visitor.app.review(flow, key)
        return view.page(
            request, visitor, "review", review=found, wrong=str(error), form=form, here="reviews",
            status=409,
        )  # fmt: skip
    return done(f"/reviews/{path(flow)}/{path(key)}", verdict)
