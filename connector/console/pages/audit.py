"""The audit: who decided what."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from connector.console import view
from connector.console.asked import Someone

router = APIRouter(include_in_schema=False)
PAGE = 100


@router.get("/audit")
def listing(request: Request, visitor: Someone, before: int = 0) -> Response:
    lines = visitor.app.audit(PAGE + 1, before)
    return view.page(request, visitor, "audit", lines=lines[:PAGE], more=len(lines) > PAGE)


@router.post("/audit/verify")
def verify(request: Request, visitor: Someone) -> Response:
    found = visitor.app.verify_audit()
    return view.page(request, visitor, "verified", found=found, here="audit")
