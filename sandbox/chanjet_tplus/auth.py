"""Being let in: an application's key and secret, tickets that are pushed to it, tokens.

The platform pushes a ticket every ten minutes to whoever receives the application's messages. Here
that somebody keeps the newest one in a file, as a site's own receiver does.
"""

from __future__ import annotations

import atexit
import base64
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.server import Request

from .faults import BAD_APP, DEAD_TOKEN, OTHER_APP, Fault

APP_KEY = "CJTAPP01"
APP_SECRET = "0123456789ABCDEF0123456789ABCDEF"  # noqa: S105 - a simulated one
CERTIFICATE = "certificate-of-the-company"
ORG = "900000000001"
EVERY, TICKET_LIFE, TOKEN_LIFE = 600.0, 1800.0, 6 * 86_400
NO_TICKET = {"result": False, "value": None, "error": {"code": "50003", "msg": "appTicket已失效"}}
NO_CERTIFICATE = {"result": False, "value": None, "error": {"code": "50004", "msg": "证书不正确"}}
BAD_REFRESH = Fault("4010", "refreshToken无效")


class Auth:
    """Pushes tickets, gives out tokens and looks at them."""

    def __init__(self, clock: SandboxClock, switches: Mapping[str, Any], random: Random) -> None:
        self._clock = clock
        self._switches = switches
        self._random = random
        self._folder = Path(tempfile.mkdtemp(prefix="tplus"))
        atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        self.file = self._folder / "ticket"
        """Where the newest ticket is kept."""
        self._tickets: dict[str, float] = {}
        self._pushed = float("-inf")
        self._ends: dict[str, float] = {}
        self._refresh: dict[str, str] = {}
        """Tokens of a user's grant, by the one that renews them."""
        self.push()

    def push(self) -> None:
        """Push a ticket, if anybody receives messages."""
        if not self._switches["messages"]:
            return
        ticket, self._pushed = f"t-{self._random.randbytes(12).hex()}", self._now()
        self._tickets[ticket] = self._now() + TICKET_LIFE
        self.file.write_text(ticket, encoding="utf-8")

    def pass_time(self) -> None:
        """Whatever the platform does by itself. Where time has jumped, the last ticket stands for
        those that would have come since."""
        if self._now() >= self._pushed + EVERY and self._switches["messages"]:
            self._tickets[next(reversed(self._tickets))] = self._now() + TICKET_LIFE
            self.push()

    # -- tokens -----------------------------------------------------------------------------

    def generate(self, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
        """A token of an application of the enterprise's own."""
        self.known(request)
        if body.get("certificate") != CERTIFICATE:
            return NO_CERTIFICATE
        if self._tickets.get(str(body.get("appTicket")), 0) <= self._now():
            return NO_TICKET
        if self._switches["one_token"]:
            self._ends.clear()
        value = {"accessToken": self._token(), "expiresIn": TOKEN_LIFE}
        return {"result": True, "value": value, "error": None}

    def refresh(self, request: Request) -> dict[str, Any]:
        """Another token of a user's grant. The old one ends at once, and what renews it changes."""
        self.known(request)
        old = self._refresh.pop(request.query.get("refreshToken", ""), None)
        if old is None:
            raise BAD_REFRESH
        self._ends.pop(old, None)
        return {"code": "200", "message": "", "result": self.grant()}

    def grant(self) -> dict[str, Any]:
        """A user lets the application in: a token, and what renews it."""
        token, renews = self._token(), f"r-{self._random.randbytes(12).hex()}"
        self._refresh[renews] = token
        return {
            "access_token": token, "refresh_token": renews, "expires_in": TOKEN_LIFE,
            "org_id": ORG, "user_id": "1",
        }  # fmt: skip

    def _token(self) -> str:
        claims = {"orgId": self._switches["org"], "jti": self._random.randbytes(8).hex()}
        parts = ({"alg": "HS256", "typ": "JWT"}, claims)
        text = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode() for one in parts]
        token = ".".join([*(one.rstrip("=") for one in text), "signature"])
        self._ends[token] = self._now() + TOKEN_LIFE
        return token

    # -- looking at them --------------------------------------------------------------------

    def known(self, request: Request) -> None:
        """Raises unless the application names itself."""
        given = request.headers
        if given.get("appkey") != APP_KEY or given.get("appsecret") != APP_SECRET:
            raise BAD_APP

    def admit(self, request: Request) -> None:
        """Raises unless the request carries all three headers."""
        self.known(request)
        token = request.headers.get("opentoken", "")
        if not token:
            raise OTHER_APP
        if self._ends.get(token, 0) <= self._now():
            raise DEAD_TOKEN

    def end_all(self) -> None:
        """No token is good any more."""
        self._ends.clear()

    def _now(self) -> float:
        return self._clock.now().timestamp()
