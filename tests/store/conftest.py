from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.store import migrate
from connector.store.engine import Store
from tests.core.wire import StillClock


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def store(store_url: str, clock: StillClock) -> Iterator[Store]:
    """An empty store of each kind, made the way a real one is."""
    made = Store(store_url, clock)
    migrate.prepare(made)
    yield made
    made.close()
