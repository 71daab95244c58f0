"""An account set in this process, and somebody who may call it."""

from __future__ import annotations

import pytest
from u8_world import COMPANY, Caller

from sandbox.yonyou_u8 import U8Sandbox


@pytest.fixture
def caller() -> Caller:
    made = Caller(U8Sandbox(COMPANY))
    made.log_in()
    return made
