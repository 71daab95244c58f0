"""Orders: the board of those under way, and the whole story of one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from connector.console import view
from connector.console.guard import Visitor, visitor
from connector.errors import ConnectorError
from connector.operations.boarding import Wish
from connector.operations.finding import NotFound

router = APIRouter(include_in_schema=False)
Someone = Annotated[Visitor, Depends(visitor)]
Word = Annotated[str, Query(max_length=200)]


@router.get("/orders")
def board(
    request: Request,
    visitor: Someone,
    customer: Word = "",
    salesperson: Word = "",
    department: Word = "",
    number: Word = "",
    stage: Word = "",
    after: Word = "",
    late: bool = False,
) -> Response:
    wish = Wish(customer.strip(), salesperson, department, number.strip(), late, stage, after)
    found = visitor.app.board(wish)
    asked = {**asdict(wish), "late": "1" if late else ""}
    name = "stage" if stage else "orders"
    return view.page(request, visitor, name, board=found, wish=asked, here="orders")


@router.get("/orders/{number}")
def order(request: Request, visitor: Someone, number: str) -> Response:
    """One order, by its number in its own system or its key."""
    stories = visitor.app.trace("sales_order", number)
    shown = []
    for story in stories:
        flows = [one["flow"] for one in story.deliveries]
        shown.append({
            "story": story,
            "line": visitor.app.order_line(story.connection, story.key),
            "failures": [found for flow in flows if (found := _failure(visitor, flow, story.key))],
            "review": _review(visitor, flows, story.key),
        })  # fmt: skip
    return view.page(request, visitor, "order", shown=shown, number=number, here="orders")


def _failure(visitor: Visitor, flow: str, key: str) -> object | None:
    try:
        return visitor.app.failure(flow, key)
    except NotFound:
        return None


def _review(visitor: Visitor, flows: list[str], key: str) -> object | None:
    for flow in flows:
        try:
            return visitor.app.review(flow, key)
        except ConnectorError:
            continue
    return None
