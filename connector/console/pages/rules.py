"""Rules: those in force, and what one would tell now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from connector.console import view
from connector.console.guard import Visitor, visitor

router = APIRouter(include_in_schema=False)
Someone = Annotated[Visitor, Depends(visitor)]


@router.get("/rules")
def listing(request: Request, visitor: Someone) -> Response:
    return view.page(
        request, visitor, "rules", rules=visitor.app.rules(), others=visitor.app.rules_at_hand()
    )
