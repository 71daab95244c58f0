"""A DingTalk application behind real sockets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from adapters.dingtalk_app import DingTalkApp
from sandbox.dingtalk_app import DingTalkAppSandbox
from sandbox.dingtalk_app.application import APP_SECRET, NODE
from tests.adapters.asking import Asked


class World(Asked):
    adapter_type = DingTalkApp
    sandbox_type = DingTalkAppSandbox
    system = "dingtalk_app"
    fillable: ClassVar[Mapping[str, Any]] = {"actioner_key": NODE}
    wrong: ClassVar[Mapping[str, Any]] = {"app_secret": "another-secret"}
    secret = APP_SECRET
