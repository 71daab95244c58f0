"""A DingTalk application behind real sockets."""

from __future__ import annotations

from adapters.dingtalk_app import DingTalkApp
from sandbox.dingtalk_app import DingTalkAppSandbox
from tests.adapters.asking import Asked


class World(Asked):
    adapter_type = DingTalkApp
    sandbox_type = DingTalkAppSandbox
    system = "dingtalk_app"
