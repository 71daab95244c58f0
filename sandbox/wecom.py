"""What all of WeCom that is simulated shares: a company, its application and the tokens of that."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from .errcodes import ErrcodeSandbox, Refusal
from .server import Request

CORPID, CORPSECRET = "ww0123456789abcdef", "demo-corpsecret-0123456789"
LIFE = 7200
"""Seconds that a token lives."""
SWITCHES: dict[str, Any] = {"no_login": 40001}
"""`no_login`: the code by which a wrong company or secret is refused; the fact sheet does not tell
it, so nothing may depend on it."""
INVALID, EXPIRED = (40014, "invalid access_token"), (42001, "access_token expired")


class WeComSandbox(ErrcodeSandbox):
    """One company with one application: subclass it and say what that does."""

    def __init__(self, *, seed: int = 1) -> None:
        super().__init__(seed=seed)
        self.switches = dict(SWITCHES)
        self._tokens: dict[str, datetime] = {}
        """Until when each is good, the newest last."""

    @abstractmethod
    def done(self, body: bytes, operation: str) -> Mapping[str, Any]:
        """What comes of any call but that for a token. Raises Refusal."""

    def work(self, request: Request, operation: str) -> Mapping[str, Any]:
        if operation == "token":
            return self._log_in(request.query)
        self._admit(request.query.get("access_token", ""))
        return self.done(request.body, operation)

    def _log_in(self, query: Mapping[str, str]) -> dict[str, Any]:
        if (query.get("corpid"), query.get("corpsecret")) != (CORPID, CORPSECRET):
            raise Refusal(self.switches["no_login"], "invalid credential")
        now = self.clock.now()
        good = [token for token, until in self._tokens.items() if now < until]
        if not good:
            good = [f"token-{len(self._tokens) + 1}-of-the-application"]
            self._tokens[good[0]] = now + timedelta(seconds=LIFE)
        return {"access_token": good[-1], "expires_in": LIFE}

    def _admit(self, token: str) -> None:
        if token not in self._tokens:
            raise Refusal(*INVALID)
        if self.clock.now() >= self._tokens[token]:
            raise Refusal(*EXPIRED)
