"""The worlds of these tests are of every system in which people approve things."""

from __future__ import annotations

import pytest

from tests.adapters.asking import Asked
from tests.adapters.dingtalk_app.dingtalk_app_world import World as DingTalk
from tests.adapters.feishu_approval.feishu_approval_world import World as Feishu
from tests.adapters.wecom_approval.wecom_approval_world import World as WeCom

SYSTEMS = {world.system: world for world in (DingTalk, Feishu, WeCom)}


@pytest.fixture(scope="session", params=sorted(SYSTEMS))
def system(request: pytest.FixtureRequest) -> type[Asked]:
    return SYSTEMS[request.param]
