"""The audit: who decided what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from connector.console import view
from connector.console.guard import Visitor, visitor

router = APIRouter(include_in_schema=False)
Someone = Annotated[Visitor, Depends(visitor)]
PAGE = 100


@router.get("/audit")
def listing(request: Request, visitor: Someone, before: int = 0) -> Response:
    lines = visitor.app.audit(PAGE + 1, before)
    return view.page(request, visitor, "audit", lines=lines[:PAGE], more=len(lines) > PAGE)


@router.post("/audit/verify")
def verify(request: Request, visitor: Someone) -> Response:
    found = visitor.app.verify_audit()
    return view.page(request, visitor, "verified", found=found, here="audit")
