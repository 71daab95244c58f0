"""A real Tryton on a socket, and the adapter that speaks to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tryton_site import Site, started


@pytest.fixture
def site() -> Iterator[Site]:
    with started() as made:
        yield made
