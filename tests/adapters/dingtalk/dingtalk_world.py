"""A DingTalk group behind real sockets."""

from __future__ import annotations

from adapters.dingtalk import DingTalk
from sandbox.dingtalk import DingTalkSandbox
from tests.adapters.telling import Told


class World(Told):
    adapter_type = DingTalk
    sandbox_type = DingTalkSandbox
    system = "dingtalk"
    form = "robot"
