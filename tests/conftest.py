"""One suite over both stores: SQLite in a folder, and a real PostgreSQL."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from connector import log
from connector.messages import set_language
from tests.database import serving
from tests.parsing import parsing_once


@pytest.fixture(scope="session", autouse=True)
def parsed_once() -> Iterator[None]:
    with parsing_once():
        yield


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("zh")


@pytest.fixture(autouse=True)
def unconfigured_log() -> Iterator[None]:
    """A command that runs in this process sends the log elsewhere, and silences it: the next test
    finds it as this one did."""
    log._quiet_until_configured()
    root = logging.getLogger()
    loggers = [
        root,
        *(one for one in root.manager.loggerDict.values() if isinstance(one, logging.Logger)),
    ]
    levels, handlers = [(one, one.level) for one in loggers], root.handlers[:]
    yield
    for one, level in levels:
        one.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a real server, started once."""
    with serving() as server:
        yield server.url


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """An empty store of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'store.db').as_posix()}"
    url = request.getfixturevalue("postgresql")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("drop schema public cascade"))
        connection.execute(text("create schema public"))
    engine.dispose()
    return url
