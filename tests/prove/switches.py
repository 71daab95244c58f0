"""Mechanisms that can be taken away: the simulation's planted bugs, and smaller ones for tests.

As a plugin of pytest (`-p tests.prove.switches`) it takes away what `TAKEN_AWAY` names, so that it
can be seen that a test fails without it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from msgspec.json import Decoder
from ruamel.yaml.composer import Composer

from adapters.kingdee_galaxy import filters
from connector import exact, http, yamlfile
from connector.engine import guards, states
from connector.kit import window
from connector.mapping import expr
from connector.store import engine, migrate
from tests.simulation.planted import PLANTED

VARIABLE = "TAKEN_AWAY"
patch = mock.patch.object
Switch = Callable[[], AbstractContextManager[Any]]


@contextmanager
def _without_deadline(left: Any) -> Iterator[Any]:
    with LIMITED(lambda: 60.0) as limit:
        yield limit


LIMITED = http.limited


def _without_cap() -> Any:
    connected = http.Http.__init__

    def generous(self: Any, settings: Any, clock: Any) -> None:
        connected(self, settings, clock)
        self._cap = 1 << 60

    return patch(http.Http, "__init__", generous)


def _unquoted(value: Any) -> str:
    return f"'{value}'" if isinstance(value, str) else LITERAL(value)


LITERAL = filters.literal


def _nothing(*_: Any, **__: Any) -> None:
    """In place of a check."""


def _same_epoch(*arguments: Any) -> Any:
    return {**ABANDONED(*arguments), "epoch": 1}


ABANDONED = states.abandoned


SMALL: dict[str, Switch] = {
    "requests have no deadline": lambda: patch(http, "limited", _without_deadline),
    "whatever is no JSON is empty": lambda: patch(http.Answer, "json", lambda self: {}),
    "only UTF-8 is read": lambda: patch(
        http.Answer, "text", lambda self: self._body.decode("utf-8", "replace")
    ),
    "answers have no cap": _without_cap,
    "cursors of the future are believed": lambda: patch(window, "AHEAD", timedelta(36_500)),
    "anything may be gone": lambda: patch(guards, "check_gone", _nothing),
    "any number is created": lambda: patch(guards, "check_creates", _nothing),
    "a forgetful database is taken": lambda: patch(engine.Store, "check_durable", _nothing),
    "any store is opened": lambda: patch(migrate, "prepare", _nothing),
    "numbers are binary": lambda: patch(exact, "_DECODER", Decoder()),
    "quotes are not doubled": lambda: patch(filters, "literal", _unquoted),
    "epochs stand still": lambda: patch(states, "abandoned", _same_epoch),
    "aliases are taken": lambda: patch(yamlfile, "_Strict", Composer),
    "the gate stands open": lambda: patch(expr, "_check", lambda root: []),
}
ALL: dict[str, Switch] = {**SMALL, **{bug.name: bug.plant for bug in PLANTED}}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Iterator[None]:
    """Each test runs without the mechanism."""
    with ExitStack() as stack:
        stack.enter_context(ALL[os.environ[VARIABLE]]())
        return (yield)
