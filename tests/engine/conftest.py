from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.factory import Site, site


@pytest.fixture
def shop(tmp_path: Path, store_url: str) -> Iterator[Site]:
    """A product that runs, with one customer and one material on both sides."""
    with site(tmp_path, store_url) as made:
        made.customer()
        made.material()
        yield made.start()
