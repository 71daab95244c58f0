"""A small company in a Xingchen sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from xingchen_site import Site, opened


@pytest.fixture
def site() -> Iterator[Site]:
    with opened() as made:
        yield made
