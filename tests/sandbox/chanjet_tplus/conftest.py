"""An account set in this process, and somebody who may call it."""

from __future__ import annotations

import pytest
from tplus_world import COMPANY, Caller

from sandbox.chanjet_tplus import TPlusSandbox


@pytest.fixture
def server() -> TPlusSandbox:
    return TPlusSandbox(COMPANY)


@pytest.fixture
def caller(server: TPlusSandbox) -> Caller:
    made = Caller(server)
    made.log_in()
    return made
