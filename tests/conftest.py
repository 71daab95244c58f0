"""One suite over two stores: SQLite in a folder, and a real PostgreSQL."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

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


STORES = ("sqlite", "postgresql")
OF_THE_STORE = ("tests/store/", "tests/engine/")
"""What is tested there is as good as the database that it runs on: always on both."""


LONG = (
    "tests/system/test_weekend.py",
    "tests/system/test_factory_day.py",
    "tests/simulation/",
    "tests/system/",
)
"""What takes long begins first, so that no process is left alone with it at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def turn(item: pytest.Item) -> int:
        places = (n for n, name in enumerate(LONG) if item.nodeid.startswith(name))
        return next(places, len(LONG))

    items.sort(key=turn)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--both-stores", action="store_true", help="every test on both databases")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whoever uses a store is tested on one of them, which its name decides, or on both;
    or a test names its own."""
    marks = metafunc.definition.iter_markers("parametrize")
    if "store_url" not in metafunc.fixturenames or any("store_url" in m.args[0] for m in marks):
        return
    name = metafunc.definition.nodeid
    both = name.startswith(OF_THE_STORE) or metafunc.config.getoption("--both-stores")
    chosen = STORES if both else [STORES[crc32(name.encode()) % 2]]
    metafunc.parametrize("store_url", chosen, indirect=True)


@pytest.fixture
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """An empty store of that kind."""
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'store.db').as_posix()}"
    url = request.getfixturevalue("postgresql")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("drop schema public cascade"))
        connection.execute(text("create schema public"))
    engine.dispose()
    return url
