"""Being let in: the tenant's addresses, signed requests for tokens, tokens of one data centre."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from random import Random
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.server import Request

from .faults import BAD_APP, BAD_SIGNATURE, BAD_TOKEN, NO_TENANT, NO_TOKEN

TENANT = "abcd1234"
APP_KEY = "aaaabbbbccccddddeeeeffff00001111"
APP_SECRET = "11112222333344445555666677778888"  # noqa: S105 - a simulated one
GATEWAY, AUTH = "/iuap-api-gateway", "/iuap-api-auth"
ROUTE = "/open-auth/dataCenter/getGatewayAddress"
TOKEN = f"{AUTH}/open-auth/selfAppAuth/base/v1/getAccessToken"
SUITE_TOKEN = f"{AUTH}/open-auth/suiteApp/base/v1/getAccessToken"
LIFE = 7200
MOST_SKEW = 600_000
"""Milliseconds by which a timestamp may be off; nobody knows the real figure."""


class Auth:
    """Gives out tokens and looks at them."""

    def __init__(self, clock: SandboxClock, switches: Mapping[str, Any], random: Random) -> None:
        self._clock = clock
        self._switches = switches
        self._random = random
        self._ends: dict[str, float] = {}

    def route(self, request: Request) -> dict[str, str]:
        """Where the tenant is reached."""
        if request.query.get("tenantId") != self._switches["tenant"]:
            raise NO_TENANT
        home = f"http://{request.headers.get('host', '127.0.0.1')}"
        return {"gatewayUrl": home + GATEWAY, "tokenUrl": home + AUTH}

    def token(self, request: Request) -> dict[str, Any]:
        """A new token for a request that is signed as it should be."""
        given = request.query
        self._check(given)
        if self._switches["one_token"]:
            self._ends.clear()
        text = base64.b64encode(self._random.randbytes(20)).decode().replace("A", "+") + "/="
        self._ends[text] = self._now() + LIFE
        return {"access_token": text, "expire": LIFE}

    def _check(self, given: Mapping[str, str]) -> None:
        if given.get("appKey", given.get("suiteKey")) != APP_KEY:
            raise BAD_APP
        if given.get("tenantId", self._switches["tenant"]) != self._switches["tenant"]:
            raise NO_TENANT
        names = sorted(name for name in given if name != "signature")
        text = "".join(name + given[name] for name in names)
        digest = hmac.new(APP_SECRET.encode(), text.encode(), hashlib.sha256).digest()
        stale = abs(int(given.get("timestamp") or 0) - self._clock.millis()) > MOST_SKEW
        if stale or given.get("signature") != base64.b64encode(digest).decode():
            raise BAD_SIGNATURE

    def admit(self, request: Request) -> None:
        """Raises unless the request carries a token that is good here and now."""
        text = request.query.get("access_token")
        if not text:
            raise NO_TOKEN
        if self._ends.get(text, 0) <= self._now():
            raise BAD_TOKEN

    def end_all(self) -> None:
        """No token is good any more."""
        self._ends.clear()

    def _now(self) -> float:
        return self._clock.now().timestamp()
