"""What a connection to an application of WeCom is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from connector.contract import Rate
from connector.kit.wecom import WeComSettings


class WeComAppSettings(WeComSettings):
    """An application of the company's own (自建应用)."""

    asked: ClassVar[tuple[str, ...]] = ("to",)
    usual: ClassVar[Mapping[str, str]] = {"rate": "15/m"}

    agentid: int
    """The application's AgentId."""
    to: str = ""
    """User ids, separated by commas: whom a message is for that names nobody; empty: such a message
    is refused."""
    duplicate_check: int = Field(default=0, ge=0)
    """Seconds in which WeCom is asked not to deliver the same message again; 0: it is not asked."""
    rate: Rate = "15/m"
    """Of more than 30 messages a minute to one person the rest is dropped without a word; fifteen
    at once and fifteen in the minute after are that."""
