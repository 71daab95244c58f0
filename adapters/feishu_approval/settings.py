"""What a connection to approvals in Feishu is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import SecretStr

from connector.contract import Rate, Settings
from connector.kit.approvals import Components


class FeishuApprovalSettings(Settings):
    """An application of the company's own (企业自建应用), and the definition of its approvals."""

    asked: ClassVar[tuple[str, ...]] = ("node",)
    usual: ClassVar[Mapping[str, str]] = {
        "components": "{title: 标题, text: 内容}",
        "rate": "50/m",
    }

    base_url: str = "https://open.feishu.cn"
    """Where the application calls; of Lark `https://open.larksuite.com`."""
    app_id: str
    """The application's App ID."""
    app_secret: SecretStr
    """The application's App Secret."""
    approval_code: str
    """The definition (审批定义) of which instances are made: `definitionCode` in the address of its
    editor."""
    originator: str
    """In whose name they are made."""
    ids: Literal["user_id", "open_id"] = "user_id"
    """What the originator and everybody under `people` is known by."""
    department: str = ""
    """Id (`department_id`) of a department of the originator; empty: their first one."""
    node: str = ""
    """Id, or own id (自定义节点 ID), of the node whose people the originator chooses (提交人自选);
    empty: the only one that there is."""
    components: Components = {"title": "标题", "text": "内容"}
    """Components of the definition's form (控件) by what they hold: `title`, `text`, `id` (our own
    number) if it has one, and each field that is asked for."""
    rate: Rate = "50/m"
    """Feishu lets an application make 100 instances in a minute; fifty at once and fifty in the
    minute after are that."""
