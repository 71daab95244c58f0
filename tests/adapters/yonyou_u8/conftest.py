"""A small company in a U8 sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from u8_site import Site, opened


@pytest.fixture
def site() -> Iterator[Site]:
    with opened() as made:
        yield made
