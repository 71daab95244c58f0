"""Rules: those in force, and how they stand."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from connector.console import view
from connector.console.asked import Someone

router = APIRouter(include_in_schema=False)


@router.get("/rules")
def listing(request: Request, visitor: Someone) -> Response:
    return view.page(
        request, visitor, "rules", rules=visitor.app.rules(), others=visitor.app.rules_at_hand()
    )
