"""Orders: the board of those under way, and the whole story of one."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Request
from starlette.responses import Response

from connector.console import view
from connector.console.asked import Someone, Wanted
from connector.console.guard import Visitor
from connector.errors import ConnectorError
from connector.operations.finding import NotFound
from connector.operations.reviewing import Shown

router = APIRouter(include_in_schema=False)


@router.get("/orders")
def board(request: Request, visitor: Someone, wish: Wanted) -> Response:
    found = visitor.app.board(wish)
    asked = {**asdict(wish), "late": "1" if wish.late else ""}
    name = "stage" if wish.stage else "orders"
    return view.page(request, visitor, name, board=found, wish=asked, here="orders")


@router.get("/orders/{number:path}")
def order(request: Request, visitor: Someone, number: str) -> Response:
    """One order, by its number in its own system or its key."""
    stories = visitor.app.trace("sales_order", number)
    shown = []
    for story in stories:
        flows = [one["flow"] for one in story.deliveries]
        review = _review(visitor, flows, story.key)
        shown.append({
            "story": story,
            "line": visitor.app.order_line(story.connection, story.key),
            "failures": [found for flow in flows if (found := _failure(visitor, flow, story.key))],
            "review": review,
            "speaks": review is not None and visitor.app.speaks(review.flow, review.key),
        })  # fmt: skip
    return view.page(request, visitor, "order", shown=shown, number=number, here="orders")


def _failure(visitor: Visitor, flow: str, key: str) -> object | None:
    try:
        return visitor.app.failure(flow, key)
    except NotFound:
        return None


def _review(visitor: Visitor, flows: list[str], key: str) -> Shown | None:
    for flow in flows:
        try:
            return visitor.app.review(flow, key)
        except ConnectorError:
            continue
    return None
