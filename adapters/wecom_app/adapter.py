"""What WeCom is asked: to bring a message from an application to people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from adapters.wecom_app.client import Client
from adapters.wecom_app.settings import WeComAppSettings
from connector.clock import Clock
from connector.contract import Fields, Http, Identity, Settings, Written
from connector.errors import HalfDone, Rejected
from connector.kit.channel import ID, Channel, recipients, titled
from connector.kit.fitting import fitting
from connector.messages import say

MOST_BYTES = 2_048
"""Of `content`."""


class WeComApp(Channel):
    """An application that sends messages to people."""

    settings_type: ClassVar[type[Settings]] = WeComAppSettings
    settings: WeComAppSettings

    def __init__(self, settings: WeComAppSettings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        self._client = Client(settings, http)

    def check(self) -> Identity:
        self._client.check()
        return Identity(self.settings.corpid, user=str(self.settings.agentid))

    def send(self, form: str, fields: Fields) -> str:
        """See `Channel`. Where WeCom knows only some of the people, those have the message:
        `HalfDone` names the others, so that it is told once and nobody is forgotten."""
        people = recipients(fields.get("to")) or recipients(self.settings.to)
        if not people:
            raise Rejected(say("wecom_app_nobody"))
        told = self._client.send(self._message(people, titled(fields)))
        key = str(told.get("msgid") or fields[ID])
        if missed := told.get("invaliduser"):
            raise HalfDone(Written(key), Rejected(f"invaliduser: {missed}", answer=str(told)))
        return key

    def _message(self, people: Sequence[str], text: str) -> dict[str, Any]:
        message: dict[str, Any] = {
            "touser": "|".join(people),
            "msgtype": "markdown",
            "agentid": self.settings.agentid,
            "markdown": {"content": fitting(text, MOST_BYTES)},
        }
        if seconds := self.settings.duplicate_check:
            message |= {"enable_duplicate_check": 1, "duplicate_check_interval": seconds}
        return message
