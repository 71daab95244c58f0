"""What a connection to DingTalk is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import SecretStr

from connector.contract import Rate, Settings


class DingTalkSettings(Settings):
    """A custom robot of one group."""

    asked: ClassVar[tuple[str, ...]] = ("secret",)
    usual: ClassVar[Mapping[str, str]] = {"rate": "10/m"}

    base_url: str = "https://oapi.dingtalk.com"
    """Where robots are called."""
    access_token: SecretStr
    """The token in the robot's Webhook address."""
    secret: SecretStr = SecretStr("")
    """The robot's secret (加签), which begins with SEC; empty: it is secured otherwise."""
    keyword: str = ""
    """The robot's keyword (自定义关键词): what lacks it gets it added."""
    rate: Rate = "10/m"
    """A robot is let say 20 messages a minute, and is silent for ten minutes beyond that; ten at
    once and ten in the minute after are that."""
