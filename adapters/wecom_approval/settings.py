"""What a connection to approvals in WeCom is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from connector.contract import Rate
from connector.kit.approvals import Components
from connector.kit.wecom import WeComSettings


class WeComApprovalSettings(WeComSettings):
    """An application of the company's own (自建应用), and the template of its approvals."""

    asked: ClassVar[tuple[str, ...]] = ("department",)
    usual: ClassVar[Mapping[str, str]] = {
        "components": "{title: 标题, text: 内容}",
        "rate": "300/m",
    }

    template_id: str
    """The template (审批模板) of which instances are made: in the address of its editor."""
    originator: str
    """In whose name they are made: a user id (帐号)."""
    department: int | None = None
    """A department of that person; none: their main one."""
    components: Components = {"title": "标题", "text": "内容"}
    """Components of the template's form (控件) by what they hold: `title`, `text`, `id` (our own
    number) if it has one, and each field that is asked for, which need not be in the form."""
    rate: Rate = "300/m"
    """WeCom allows 600 calls of an interface in a minute; three hundred at once and three hundred
    in the minute after are that."""
