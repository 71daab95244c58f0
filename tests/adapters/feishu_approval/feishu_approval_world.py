"""A Feishu application behind real sockets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from adapters.feishu_approval import FeishuApproval
from sandbox.feishu_approval import FeishuApprovalSandbox
from sandbox.feishu_approval.application import APP_SECRET
from tests.adapters.asking import Asked


class World(Asked):
    adapter_type = FeishuApproval
    sandbox_type = FeishuApprovalSandbox
    system = "feishu_approval"
    wrong: ClassVar[Mapping[str, Any]] = {"app_secret": "another-secret"}
    secret = APP_SECRET
