"""The protocol: a token for the application, and with it the definition, and instances made, read
and cancelled.

A token lives for two hours at most; it is renewed when its time is up, not when it is refused.
Where it is refused all the same it is renewed once, and the call is sent again, for nothing was
done with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from adapters.feishu_approval.answers import ABSENT, LOST, OWN, judge, part
from adapters.feishu_approval.definition import Definition
from adapters.feishu_approval.settings import FeishuApprovalSettings
from connector.clock import Clock
from connector.contract import Http
from connector.errors import AccessDenied, Rejected, Transient
from connector.kit.shared import Shared
from connector.messages import say

TOKEN = "/open-apis/auth/v3/tenant_access_token/internal"  # noqa: S105 - a path
APPROVALS, INSTANCES = "/open-apis/approval/v4/approvals", "/open-apis/approval/v4/instances"
EARLY = 60.0
"""Seconds before its end in which a token is not used any more."""


@dataclass(frozen=True, slots=True)
class Token:
    """One that Feishu gave."""

    value: str
    until: float
    """When to ask for another one, by the clock's monotonic seconds."""


class Client:
    """Calls of one connection. Safe for several threads."""

    def __init__(self, settings: FeishuApprovalSettings, http: Http, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._token = Shared(self._log_in, lambda token: clock.monotonic() < token.until)

    def check(self) -> None:
        """Ask for a token, whether we have one or not."""
        self._token.get(lost=self._token.held)

    def definition(self) -> Definition:
        """The one of the connection."""
        told = self._call("GET", f"{APPROVALS}/{quote(self._settings.approval_code, safe='')}")
        part(told, "form")
        return Definition.of(told["data"])

    def make(self, instance: Mapping[str, Any]) -> str:
        """The code of an instance that was made."""
        return str(part(self._call("POST", INSTANCES, instance), "instance_code", writes=True))

    def instance(self, key: str) -> Mapping[str, Any] | None:
        """An instance as it is now, by its code or our uuid; None: there is none."""
        try:
            told = self._call("GET", f"{INSTANCES}/{quote(key, safe='')}")
        except Rejected as refusal:
            if refusal.code not in ABSENT:
                raise
            return None
        part(told, "status")
        found: Mapping[str, Any] = told["data"]
        return found

    def cancel(self, key: str) -> None:
        """Withdraw an instance that is open. One that was approved would be reopened by it."""
        settings = self._settings
        wanted = {
            "approval_code": settings.approval_code,
            "instance_code": key,
            "user_id": settings.originator,
        }
        self._call("POST", f"{INSTANCES}/cancel?user_id_type={settings.ids}", wanted)

    def _call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        token = self._token.get()
        try:
            return self._sent(method, path, body, token)
        except AccessDenied as refusal:
            if refusal.code not in LOST:
                raise
        return self._sent(method, path, body, self._token.get(lost=token))

    def _sent(self, method: str, path: str, body: Any, token: Token) -> dict[str, Any]:
        headers, writes = {"Authorization": f"Bearer {token.value}"}, body is not None
        send = self._http.send
        answer = send(method, path, json=body, headers=headers, writes=writes, own=OWN)
        return judge(answer, writes=writes)

    def _log_in(self) -> Token:
        settings, asked = self._settings, self._clock.monotonic()
        wanted = {
            "app_id": settings.app_id,
            "app_secret": settings.app_secret.get_secret_value(),
        }
        answer = self._http.send("POST", TOKEN, json=wanted, own=OWN)
        try:
            told = judge(answer, writes=False)
        except Rejected as refusal:
            words = say("feishu_approval_not_let_in", words=str(refusal))
            raise AccessDenied(words, code=refusal.code, answer=refusal.answer) from None
        if not told.get("tenant_access_token"):
            raise Transient(say("feishu_approval_unclear", name="tenant_access_token"))
        lives = float(told.get("expire") or 0) - EARLY
        return Token(str(told["tenant_access_token"]), asked + lives)
