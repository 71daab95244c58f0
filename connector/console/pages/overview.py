"""The first page: flows, what waits, connections and their quotas."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from connector.console import view
from connector.console.guard import Visitor, visitor

router = APIRouter(include_in_schema=False)


@router.get("/")
def overview(request: Request, visitor: Annotated[Visitor, Depends(visitor)]) -> Response:
    found = visitor.app.status(records=False)
    standing = visitor.app.standing()
    sums = {name: sum(one[name] for one in standing.values())
            for name in ("waiting", "failed", "conflicts", "in_doubt")}  # fmt: skip
    return view.page(request, visitor, "overview", found=found, standing=standing, sums=sums)
