"""A tenant in this process, and somebody who may call it."""

from __future__ import annotations

import pytest
from yonbip_world import COMPANY, Caller

from sandbox.yonyou_yonbip import YonBipSandbox


@pytest.fixture
def server() -> YonBipSandbox:
    return YonBipSandbox(COMPANY)


@pytest.fixture
def caller(server: YonBipSandbox) -> Caller:
    server.auth._ends["a token"] = server.clock.now().timestamp() + 7200
    return Caller(server, "a token")
