"""What a connection to a robot of WeCom is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import SecretStr

from connector.contract import Rate, Settings


class WeComRobotSettings(Settings):
    """A robot of one group."""

    asked: ClassVar[tuple[str, ...]] = ()
    usual: ClassVar[Mapping[str, str]] = {"rate": "10/m"}

    base_url: str = "https://qyapi.weixin.qq.com"
    """Where robots are called."""
    key: SecretStr
    """The key in the robot's Webhook address. Whoever has it can speak in the group."""
    msgtype: Literal["markdown", "markdown_v2"] = "markdown"
    """`markdown_v2` shows lists, and is plain text in old clients; it mentions nobody, so that what
    is for somebody goes as `markdown` all the same."""
    rate: Rate = "10/m"
    """A robot is let say 20 messages a minute; ten at once and ten in the minute after are that."""
