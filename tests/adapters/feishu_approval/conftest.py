"""Which system the worlds of these tests are of."""

from __future__ import annotations

import pytest
from feishu_approval_world import World


@pytest.fixture(scope="session")
def system() -> type[World]:
    return World
