"""What the library is asked: to notify one service."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from adapters.apprise.answers import judge
from adapters.apprise.settings import AppriseSettings
from connector.contract import Fields, Identity, Settings
from connector.errors import AccessDenied
from connector.kit.channel import Channel, recipients
from connector.messages import say

if TYPE_CHECKING:
    import apprise


class AppriseChannel(Channel):
    """One service, through the library of that name."""

    settings_type: ClassVar[type[Settings]] = AppriseSettings
    settings: AppriseSettings
    speaks_http: ClassVar[bool] = False

    def check(self) -> Identity:
        """Asks nothing but whether the library knows the service."""
        return Identity(type(self._library[0]).__name__)

    def send(self, form: str, fields: Fields) -> str:
        names = " ".join(f"@{one}" for one in recipients(fields.get("to")))
        text = "\n\n".join(part for part in (str(fields.get("text") or ""), names) if part)
        title = str(fields.get("title") or "")
        with self._library.notify(
            text, title, body_format="markdown", timeout=self.settings.timeout
        ) as result:
            judge(result)
        return ""

    @cached_property
    def _library(self) -> apprise.Apprise:
        """Kept, because it remembers when the service was last told, and waits."""
        try:
            from apprise import Apprise
        except ImportError:
            raise AccessDenied(say("apprise_missing")) from None
        # Its reasons are read off its log: they are there however little else is logged, and
        # stand in our errors alone.
        words = logging.getLogger("apprise")
        words.setLevel(logging.WARNING)
        words.propagate = False
        service = Apprise.instantiate(self.settings.url.get_secret_value())
        if service is None:
            raise AccessDenied(say("apprise_unknown"))
        service.retry = 0  # whether it is told again is not the library's to say
        made = Apprise()
        made.add(service)
        return made
