"""A WeCom application behind real sockets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from adapters.wecom_approval import WeComApproval
from sandbox.wecom import CORPSECRET
from sandbox.wecom_approval import WeComApprovalSandbox
from tests.adapters.asking import Asked


class World(Asked):
    adapter_type = WeComApproval
    sandbox_type = WeComApprovalSandbox
    system = "wecom_approval"
    wrong: ClassVar[Mapping[str, Any]] = {"corpsecret": "another-secret"}
    secret = CORPSECRET

    def promise(self, key: str, who: str, date: str, comment: str = "") -> None:
        """In the opinion: nobody knows whether approvers can change the form."""
        self.people("approve", key=key, who=who, comment=f"{comment}\n承诺交期：{date}")
