"""A Feishu group behind real sockets."""

from __future__ import annotations

from adapters.feishu import Feishu
from sandbox.feishu import FeishuSandbox
from tests.adapters.telling import Told


class World(Told):
    adapter_type = Feishu
    sandbox_type = FeishuSandbox
    system = "feishu"
    form = "bot"
