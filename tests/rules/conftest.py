"""A firm on each kind of store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.factory import Firm, firm


@pytest.fixture
def place(tmp_path: Path, store_url: str) -> Iterator[Firm]:
    with firm(tmp_path, store_url) as made:
        yield made
