"""Observe: what flows that only watch would have done since they were last reported on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from connector import log
from connector.engine.system import Flow, System
from connector.errors import ConnectorError, UnsafeRun, Words
from connector.messages import dump
from connector.operations import planning
from connector.store import journal

_log = log.get(__name__)

EVERYTHING = 1_000_000


@dataclass(frozen=True, slots=True)
class Observed:
    """What one flow would have done."""

    flow: str
    actions: dict[str, int]
    """By action, as in a plan."""
    error: Words = ""
    """Why that could not be found out."""


def observe(system: System) -> list[Observed]:
    """Report on every flow that observes: into the log and into the store, for `status`."""
    return [_report(system, flow) for flow in system.delivering() if observes(flow)]


def observes(flow: Flow) -> bool:
    """It goes as far as the plan and writes nothing."""
    return flow.delivers and flow.settings.mode == "observe"


def run_name(flow: str) -> str:
    """Under which its reports are kept."""
    return f"observe {flow}"


def _report(system: System, flow: Flow) -> Observed:
    store = system.store
    with store.reading() as tx:
        began, last = store.now(tx), _last(tx, flow)
    try:
        _make_sure_of_calls(system, flow)
        made = planning.plan(system, flow, None, EVERYTHING, after=last)
        observed = Observed(flow.name, dict(Counter(item.action for item in made.items)))
    except ConnectorError as error:
        observed = Observed(flow.name, {}, error.words)
    with store.transaction() as tx:
        seconds, why = store.now(tx) - began, dump(observed.error) if observed.error else ""
        journal.log_run(tx, run_name(flow.name), began, seconds, observed.actions, why)
    _log.info("observed", flow=flow.name, why=str(observed.error), **observed.actions)
    return observed


def _make_sure_of_calls(system: System, flow: Flow) -> None:
    """It only looks, so closed hours are none of its business. Raises UnsafeRun."""
    assert flow.target is not None
    rest = system.limits[flow.target.name].reading(vital=flow.settings.vital)
    if rest is not None:
        raise UnsafeRun(rest.words)


def _last(tx: Any, flow: Flow) -> float:
    """When it was last reported on without an error."""
    runs = (row for row in journal.last_runs(tx, [run_name(flow.name)]) if not row.error)
    return max((run.at for run in runs), default=0.0)
