"""What DingTalk is asked: to put something before people for approval, and what they said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from adapters.dingtalk_app.answers import ABSENT, INSIDE, NOT_NOW
from adapters.dingtalk_app.client import Client
from adapters.dingtalk_app.instances import request, standing
from adapters.dingtalk_app.settings import DingTalkAppSettings
from connector.clock import Clock
from connector.contract import Fields, Http, Identity, Settings
from connector.errors import AdapterError, Locked, Rejected
from connector.kit.approvals import Approvals, Instance, asked, names
from connector.messages import say

FRESH = 15.0
"""Seconds in which a new instance cannot be withdrawn."""


class DingTalkApp(Approvals):
    """An application and its template of approvals."""

    settings_type: ClassVar[type[Settings]] = DingTalkAppSettings
    settings: DingTalkAppSettings

    def __init__(self, settings: DingTalkAppSettings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        self._client = Client(settings, http, clock)

    def check(self) -> Identity:
        self._client.check()
        return Identity(self.settings.app_key, user=self.settings.originator)

    def ask(self, fields: Fields) -> str:
        """See `Approvals`. What people could not answer is refused before anything is asked."""
        who, asks = asked(fields, self.settings.components), names(fields.get("asks"))
        if asks and not self.settings.actioner_key:
            raise Rejected(say("dingtalk_app_cannot_fill", names=", ".join(asks)))
        return self._client.make(request(self.settings, fields, who))

    def withdraw(self, key: str) -> None:
        """See `Approvals`. DingTalk refuses it in the same words for what is over and for what is
        too new, so how the instance stands decides."""
        try:
            self._client.terminate(key)
        except AdapterError as refusal:
            if refusal.code not in (*ABSENT, NOT_NOW, INSIDE):
                raise
            if any(one.state == "open" for one in self.look([key])):
                raise _kept(refusal) from None

    def look(self, keys: Sequence[str]) -> Iterator[Instance]:
        for key in keys:
            found = self._client.instance(key)
            if found is not None:
                yield standing(key, found, self.settings.components)


def _kept(refusal: AdapterError) -> AdapterError:
    """Why an instance that is open was not withdrawn."""
    code, answer = refusal.code, refusal.answer
    if code == NOT_NOW:
        words = say("dingtalk_app_too_soon", words=str(refusal))
        return Locked(words, retry_after=FRESH, code=code, answer=answer)
    return Rejected(refusal.words, code=code, answer=answer)
