"""The first page: flows, what waits, connections and their quotas; and paused flows go on."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from connector.console import view
from connector.console.asked import Someone, Text
from connector.console.view import done
from connector.operations.overview import STANDING

router = APIRouter(include_in_schema=False)


@router.get("/")
def overview(request: Request, visitor: Someone) -> Response:
    found = visitor.app.status(records=False)
    sums = {name: sum(one[name] for one in found["standing"].values()) for name in STANDING}
    flows = found["flows"]
    promises = sorted({one["promise"] for one in flows.values() if one["promise"]})
    only_read = [(name, one) for name, one in flows.items() if not one["to"]]
    return view.page(
        request, visitor, "overview", found=found, sums=sums, promises=promises,
        only_read=only_read,
    )  # fmt: skip


@router.post("/flows")
def resume(visitor: Someone, flow: Text) -> Response:
    """A paused flow delivers again."""
    visitor.app.change_flow("resume", flow)
    return done("/", "resumed")
