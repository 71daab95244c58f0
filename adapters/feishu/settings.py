"""What a connection to Feishu is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import SecretStr

from connector.contract import Rate, Settings


class FeishuSettings(Settings):
    """A custom bot of one group."""

    asked: ClassVar[tuple[str, ...]] = ("secret",)
    usual: ClassVar[Mapping[str, str]] = {"rate": "3/2s"}

    base_url: str = "https://open.feishu.cn"
    """Where bots are called; of Lark `https://open.larksuite.com`."""
    token: SecretStr
    """The last part of the bot's Webhook address."""
    secret: SecretStr = SecretStr("")
    """The bot's secret (签名校验); empty: it is secured otherwise."""
    keyword: str = ""
    """The bot's keyword (自定义关键词): every message ends with it."""
    mention: str = "@{}"
    """How a message names whom it is for, whose id stands for `{}`."""
    rate: Rate = "3/2s"
    """A bot is let say five messages a second and a hundred a minute: this keeps to both."""
