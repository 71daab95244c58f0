"""For whoever watches the console: whether it lives, whether it can serve, and figures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from starlette.responses import JSONResponse, Response

from connector.console.guard import Visitor, program, serving_of

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def alive() -> Response:
    return JSONResponse({"ok": True})


@router.get("/readyz")
def ready(request: Request) -> Response:
    """The store answers. Raises StoreUnavailable."""
    store = serving_of(request).app.system.store
    with store.reading() as tx:
        store.now(tx)
    return JSONResponse({"ok": True})


@router.get("/metrics")
def metrics(visitor: Annotated[Visitor, Depends(program)]) -> Response:
    """For Prometheus, which comes with a token."""
    found = visitor.app.status(records=False)
    registry = CollectorRegistry()
    records = Gauge("connector_deliveries", "Deliveries by flow and state", ["flow", "state"],
                    registry=registry)  # fmt: skip
    paused = Gauge("connector_connection_paused", "1: the connection is paused", ["connection"],
                   registry=registry)  # fmt: skip
    halted = Gauge("connector_flow_paused", "1: the flow is paused", ["flow"], registry=registry)
    calls = Gauge("connector_calls_today", "Calls sent today", ["connection"], registry=registry)
    read = Gauge("connector_read_timestamp_seconds", "When a flow's source was read last", ["flow"],
                 registry=registry)  # fmt: skip
    for name, flow in found["flows"].items():
        for state, count in flow["states"].items():
            records.labels(name, state).set(count)
        halted.labels(name).set(1 if flow["paused"] else 0)
        if flow["read_at"]:
            read.labels(name).set(flow["read_at"])
    for name, one in found["connections"].items():
        paused.labels(name).set(1 if one["paused"] else 0)
        calls.labels(name).set(one["calls"]["today"])
    return Response(generate_latest(registry), media_type="text/plain; version=0.0.4")
