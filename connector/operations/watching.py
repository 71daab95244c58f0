"""Watch: mappings against the live forms, once a day, and when a system shows another version."""

from __future__ import annotations

from connector import log
from connector.engine.system import Connection, System
from connector.errors import AdapterError
from connector.operations import forms
from connector.store import facts, journal

_log = log.get(__name__)

EVERY = 86_400.0
"""Seconds between two looks at the forms of one system."""


def run_name(connection: str) -> str:
    """Under which its looks are kept."""
    return f"forms {connection}"


def watch(system: System) -> None:
    """Look at the forms of every system whose turn it is: into the log and into the store, for
    `status`. A system that rests or cannot be reached has its turn later."""
    for connection in system.connections.values():
        if system.limits[connection.name].reading(vital=False) is None:
            _watch(system, connection)


def _watch(system: System, connection: Connection) -> None:
    name, store = connection.name, system.store
    try:
        version = connection.adapter.check().version
        if not _is_due(system, name, version):
            return
        with store.reading() as tx:
            began = store.now(tx)
        found = forms.check(system, name)
    except AdapterError as error:
        _log.warning("forms_unseen", connection=name, why=str(error))
        return
    problems = [problem for one in found for problem in one["problems"]]
    for problem in problems:
        _log.warning("form_lacks", connection=name, why=problem)
    counts = {"problems": len(problems), "required": sum(len(one["required"]) for one in found)}
    with store.transaction() as tx:
        facts.note(store, tx, run_name(name), version)
        journal.log_run(tx, run_name(name), began, store.now(tx) - began, counts)


def _is_due(system: System, name: str, version: str) -> bool:
    with system.store.reading() as tx:
        runs = [row.at for row in journal.last_runs(tx, [run_name(name)])]
        long_ago = system.store.now(tx) - max(runs, default=0.0) >= EVERY
        return long_ago or facts.noted(tx, run_name(name)) != version
