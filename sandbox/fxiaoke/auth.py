"""Who is calling: tokens of both generations, and the employee in whose name a call acts."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.server import Request

from .errors import (
    BAD_TOKEN,
    MISSING_SECRET,
    NO_AUTHENTICATION,
    TOO_MANY_CALLS,
    UNKNOWN_APP,
    UNKNOWN_EMPLOYEE,
    UNKNOWN_PERMANENT_CODE,
    Refusal,
    bad_parameter,
)

ADMINISTRATOR = "1000"
"""The employee who sees every record; everybody else sees their own."""
LIFE = 7200
"""Seconds for which a token is good."""
RENEWED_AFTER = 6600
"""A younger token is handed out again; from then on a new one, and both work."""
CALLS_A_MINUTE = 10


@dataclass(frozen=True, slots=True)
class Credentials:
    """Of the sandbox's only tenant; all of them invented."""

    app_id: str = "FSAID_sandbox"
    app_secret: str = "sandbox-app-secret"  # noqa: S105 - guards nothing
    permanent_code: str = "sandbox-permanent-code"
    ea: str = "demo"
    corp_id: str = "FSCID_sandbox"


class Tokens:
    """The tokens of one generation."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._issued: list[tuple[str, float]] = []

    def issue(self) -> tuple[str, int]:
        """A token and the seconds that are left to it."""
        now = self._clock.now().timestamp()
        if not self._issued or now - self._issued[-1][1] >= RENEWED_AFTER:
            self._issued.append((secrets.token_hex(16).upper(), now))
        token, since = self._issued[-1]
        return token, int(since + LIFE - now)

    def good(self, token: str) -> bool:
        now = self._clock.now().timestamp()
        return any(token == known and now < since + LIFE for known, since in self._issued)

    def revoke(self) -> None:
        """Forget every token, as after a restart of the vendor's session store."""
        self._issued.clear()


class Gate:
    """Hands out tokens and tells who calls."""

    def __init__(self, clock: SandboxClock, people: Mapping[str, Any]) -> None:
        self.credentials = Credentials()
        self._clock = clock
        self._people = people
        self._oauth = Tokens(clock)
        self._corp = Tokens(clock)
        self._calls: deque[float] = deque()

    def oauth_token(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """`/oauth2.0/token`: the new generation. `openUserId` is not a user's, as documented."""
        self._check(body)
        if body.get("grantType") != "app_secret":
            raise bad_parameter("the parameter grantType is missing or illegal")
        token, left = self._oauth.issue()
        return {
            "accessToken": token,
            "expiresIn": left,
            "appId": self.credentials.app_id,
            "ea": self.credentials.ea,
            "openUserId": self.credentials.corp_id,
        }

    def corp_token(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """`/cgi/corpAccessToken/get/V2`: the old generation."""
        self._check(body)
        token, left = self._corp.issue()
        corp_id = self.credentials.corp_id
        return {"corpAccessToken": token, "corpId": corp_id, "expiresIn": left}

    def _check(self, body: Mapping[str, Any]) -> None:
        self._count()
        if body.get("appId") != self.credentials.app_id:
            raise Refusal(UNKNOWN_APP, "the parameter appId is missing or illegal")
        if body.get("appSecret") != self.credentials.app_secret:
            raise Refusal(MISSING_SECRET, "the parameter appSecret is missing or illegal")
        if body.get("permanentCode") != self.credentials.permanent_code:
            raise Refusal(UNKNOWN_PERMANENT_CODE, "the parameter permanentCode is illegal")

    def _count(self) -> None:
        now = self._clock.now().timestamp()
        while self._calls and self._calls[0] <= now - 60:
            self._calls.popleft()
        if len(self._calls) >= CALLS_A_MINUTE:
            raise Refusal(TOO_MANY_CALLS, "获取token接口调用过于频繁")
        self._calls.append(now)

    def tenant(self, request: Request, body: Mapping[str, Any]) -> None:
        """Refuse a call without a good token of our tenant, in headers or in the body."""
        bearer = request.headers.get("authorization", "")
        if bearer:
            good = self._oauth.good(bearer.removeprefix("Bearer "))
            tenant = request.headers.get("x-fs-ea") == self.credentials.ea
        elif "corpAccessToken" in body:
            good = self._corp.good(str(body["corpAccessToken"]))
            tenant = body.get("corpId") == self.credentials.corp_id
        else:
            raise Refusal(NO_AUTHENTICATION, "the parameter corpId is missing or illegal")
        if not good:
            raise Refusal(BAD_TOKEN, "the cropId,cropAccessToken or authorization is error")
        if not tenant:
            raise Refusal(NO_AUTHENTICATION, "the parameter corpId is missing or illegal")

    def user(self, request: Request, body: Mapping[str, Any]) -> str:
        """The employee id in whose name the call acts. Refused when there is no such person."""
        named = request.headers.get("x-fs-userid") or str(body.get("currentOpenUserId", ""))
        employee = named.removeprefix("FSUID_")
        if employee not in self._people:
            raise Refusal(UNKNOWN_EMPLOYEE, f"员工[{named}]不存在")
        return employee

    def revoke(self) -> None:
        self._oauth.revoke()
        self._corp.revoke()
