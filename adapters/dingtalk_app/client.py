"""The protocol: a token for the application, and instances made, read and withdrawn with it.

Calls are counted by the month, those for a token are not: it is renewed when its time is up, not
when it is refused. Where it is refused all the same it is renewed once, and the call is sent
again, for nothing was done with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from adapters.dingtalk_app.answers import ABSENT, LOST, OWN, judge
from adapters.dingtalk_app.settings import DingTalkAppSettings
from connector.clock import Clock
from connector.contract import Http
from connector.errors import AccessDenied, Rejected, Transient
from connector.kit.shared import Shared
from connector.messages import say

INSTANCES = "/v1.0/workflow/processInstances"
EARLY = 60.0
"""Seconds before its end in which a token is not used any more."""


@dataclass(frozen=True, slots=True)
class Token:
    """One that DingTalk gave."""

    value: str
    until: float
    """When to ask for another one, by the clock's monotonic seconds."""


class Client:
    """Calls of one connection. Safe for several threads."""

    def __init__(self, settings: DingTalkAppSettings, http: Http, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._token = Shared(self._log_in, lambda token: clock.monotonic() < token.until)

    def check(self) -> None:
        """Ask for a token, whether we have one or not."""
        self._token.get(lost=self._token.held)

    def make(self, instance: Mapping[str, Any]) -> str:
        """The id of an instance that was made."""
        return str(self._call("POST", INSTANCES, instance, needs="instanceId")["instanceId"])

    def terminate(self, key: str) -> None:
        """Withdraw an instance."""
        wanted = {
            "processInstanceId": key,
            "isSystem": True,
            "operatingUserId": self._settings.originator,
        }
        told = self._call("POST", f"{INSTANCES}/terminate", wanted, needs="result")
        if told["result"] is not True:
            raise Rejected(say("dingtalk_app_not_withdrawn"), answer=str(told))

    def instance(self, key: str) -> Mapping[str, Any] | None:
        """An instance as it is now; None: there is none."""
        path = f"{INSTANCES}?{urlencode({'processInstanceId': key})}"
        try:
            found = self._call("GET", path, needs="result")["result"]
        except Rejected as refusal:
            if refusal.code not in ABSENT:
                raise
            return None
        if not isinstance(found, dict):
            raise Transient(say("dingtalk_app_unclear", name="result"), answer=str(found))
        return found

    def _call(self, method: str, path: str, body: Any = None, *, needs: str) -> dict[str, Any]:
        token = self._token.get()
        try:
            return self._sent(method, path, body, needs, token)
        except AccessDenied as refusal:
            if refusal.code not in LOST:
                raise
        return self._sent(method, path, body, needs, self._token.get(lost=token))

    def _sent(self, method: str, path: str, body: Any, needs: str, token: Token) -> dict[str, Any]:
        headers, writes = {"x-acs-dingtalk-access-token": token.value}, body is not None
        send = self._http.send
        answer = send(method, path, json=body, headers=headers, writes=writes, own=OWN)
        return judge(answer, needs, writes=writes)

    def _log_in(self) -> Token:
        settings, asked = self._settings, self._clock.monotonic()
        wanted = {
            "appKey": settings.app_key,
            "appSecret": settings.app_secret.get_secret_value(),
        }
        answer = self._http.send("POST", "/v1.0/oauth2/accessToken", json=wanted, own=OWN)
        try:
            told = judge(answer, "accessToken", writes=False)
        except Rejected as refusal:
            words = say("dingtalk_app_not_let_in", words=str(refusal))
            raise AccessDenied(words, code=refusal.code, answer=refusal.answer) from None
        return Token(str(told["accessToken"]), asked + float(told.get("expireIn") or 0) - EARLY)
