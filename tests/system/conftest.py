"""A small site per test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.company import SMALL
from tests.system.site import Site, opened


@pytest.fixture(params=["manual", "erp"])
def numbering(request: pytest.FixtureRequest) -> str:
    """Who numbers the bills: we, or the ERP's coding rule."""
    return str(request.param)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The small company, nothing carried yet."""
    with opened(tmp_path, SMALL) as made:
        yield made


@pytest.fixture
def saved(site: Site) -> Site:
    """The same with orders that our side takes no further than saved."""
    site.flow("orders", until="saved")
    return site


@pytest.fixture
def either(tmp_path: Path, numbering: str) -> Iterator[Site]:
    """The small company under each mode of numbering."""
    with opened(tmp_path, SMALL, numbering=numbering) as made:
        yield made
