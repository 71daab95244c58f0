"""What a connection to an application in DingTalk is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import SecretStr

from connector.contract import Rate, Settings
from connector.kit.approvals import Components


class DingTalkAppSettings(Settings):
    """An application of the company's own (企业内部应用), and the template of its approvals."""

    asked: ClassVar[tuple[str, ...]] = ("department", "actioner_key")
    usual: ClassVar[Mapping[str, str]] = {
        "components": "{title: 标题, text: 内容}",
        "quota": "{day: 160, keep: 20%}",
        "rate": "10/s",
    }

    base_url: str = "https://api.dingtalk.com"
    """Where the application calls."""
    app_key: str
    """The application's AppKey (Client ID)."""
    app_secret: SecretStr
    """The application's AppSecret (Client Secret)."""
    process_code: str
    """The template (审批模板) of which instances are made: PROC-… in the address of its editor."""
    originator: str
    """In whose name they are made: a userId."""
    department: int = -1
    """A department of that person; -1: the root (根部门)."""
    actioner_key: str = ""
    """Key of the template's node whose people the originator chooses (发起人自选): the template's
    own flow is kept, and people can fill in what is asked. Empty: the people who are asked
    replace that flow, and fill in nothing."""
    components: Components = {"title": "标题", "text": "内容"}
    """Components of the template's form (控件) by what they hold: `title`, `text`, `id` (our own
    number) if it has one, and each field that is asked for."""
    rate: Rate = "10/s"
    """The standard edition allows each application 20 calls of an interface in a second; ten at
    once and ten in the second after are that."""
