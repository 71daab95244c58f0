"""One firm for all that is done before its console, and seats before a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.firm import Firm, opened
from tests.browser.seat import Seats, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def firm() -> Iterator[Firm]:
    with opened() as made:
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def everybody(browser: Browser, firm: Firm) -> Seats:
    return Seats(browser, firm)


@pytest.fixture
def seats(everybody: Seats) -> Iterator[Seats]:
    """Seats before the console; what their browsers complained of fails the test."""
    with everybody.watched():
        yield everybody


@pytest.fixture
def expect(everybody: Seats) -> Any:
    """Waits until a page shows what is expected of it."""
    from playwright.sync_api import expect as made

    return made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Whoever looks for what went wrong sees the pages as they stood then."""
    report = yield
    seats = getattr(item, "funcargs", {}).get("seats")
    if report.when == "call" and report.failed and seats:
        seats.photographed(item.name)
    return report
