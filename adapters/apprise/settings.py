"""What a connection through `apprise` is told."""

from __future__ import annotations

import re
from typing import ClassVar, Self

from pydantic import SecretStr, model_validator

from connector.contract import Settings
from connector.messages import say

OURS = {
    "dingtalk": "dingtalk",
    "oapi.dingtalk.com": "dingtalk",
    "wecombot": "wecom_robot",
    "qyapi.weixin.qq.com": "wecom_robot",
    "feishu": "feishu",
    "open.feishu.cn": "feishu",
    "lark": "feishu",
    "open.larksuite.com": "feishu",
}
"""Services by their scheme or host, and our own adapter for each."""
_SERVICE = re.compile(r"\s*(?:https?://)?([\w.-]+)", re.ASCII)
_TOKEN = re.compile(r"[^/:@?&=,#+.]*\d[^/:@?&=,#+.]*|(?<=:)[^/:@]+(?=@)")
"""What may be a secret in a URL: whatever has a digit in it, and a password."""


class AppriseSettings(Settings):
    """A service, and whom it tells."""

    asked: ClassVar[tuple[str, ...]] = ()

    url: SecretStr
    """The service's URL as `apprise` writes it, such as tgram://TOKEN/CHAT."""

    @model_validator(mode="after")
    def _is_not_ours(self) -> Self:
        """Not a validator of the field: its complaint would show the URL."""
        found = _SERVICE.match(self.url.get_secret_value())
        own = OURS.get(found[1].lower()) if found else None
        if own:
            raise ValueError(say("apprise_ours", name=own))
        return self

    def secrets(self) -> tuple[str, ...]:
        """The URL's parts, too: what fails may be told with one of them."""
        return (*super().secrets(), *_TOKEN.findall(self.url.get_secret_value()))
