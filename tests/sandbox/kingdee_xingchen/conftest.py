"""An account set in this process, and somebody who may call it."""

from __future__ import annotations

import pytest
from xingchen_world import COMPANY, Caller

from sandbox.kingdee_xingchen import XingchenSandbox


@pytest.fixture
def server() -> XingchenSandbox:
    return XingchenSandbox(COMPANY)


@pytest.fixture
def caller(server: XingchenSandbox) -> Caller:
    return Caller(server)
