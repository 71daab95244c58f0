"""A reviewed firm on each kind of store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reviews.factory import Reviewed, reviewed


@pytest.fixture
def firm(tmp_path: Path, store_url: str) -> Iterator[Reviewed]:
    with reviewed(tmp_path, store_url) as made:
        yield made.start()
