"""Being let in: signed calls, an account set's key and secret, tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import deque
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from sandbox.clock import SandboxClock
from sandbox.server import Request

from .faults import BAD_SECRET, BAD_SIGNATURE, BAD_TOKEN, NO_APP, STALE, TOO_MANY, missing

CLIENT_ID, CLIENT_SECRET = "204901", "f0e1d2c3b4a5968778695a4b3c2d1e0f"
INSTANCE, ACCOUNT = "107218833860857856", "1480201507553599488"
APP_KEY = "AbCd1234"
AUTHORISE = "/jdyconnector/app_management/push_app_authorize"
TOKEN = "/jdyconnector/app_management/kingdee_auth_token"  # noqa: S105 - a path
DAY, MINUTE = 86_400, 60
MOST_SKEW = 300_000
"""Milliseconds by which a timestamp may be off."""
TOKENS = 2
"""Tokens that are given out in a minute, where the vendor's limits hold."""
PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class Auth:
    """Gives out secrets and tokens, and looks at what comes."""

    def __init__(self, clock: SandboxClock, switches: Mapping[str, Any]) -> None:
        self._clock = clock
        self._switches = switches
        self._rotated, self._given = 0, 0
        self._begun = self._now()
        self._tokens: dict[str, tuple[int, float]] = {}
        """By their text: for which secret, and until when."""
        self._recent: deque[float] = deque()

    # -- the signature ----------------------------------------------------------------------

    def check(self, request: Request) -> None:
        """Raises unless the call is signed as it should be."""
        given = request.headers
        if not given.get("x-api-clientid"):
            raise NO_APP
        stamp = given.get("x-api-timestamp", "")
        if not stamp.isdigit() or abs(int(stamp) - self._clock.millis()) > MOST_SKEW:
            raise STALE
        text = signed_text(request.method, request.path, given.get("x-api-nonce", ""), stamp)
        right = given.get("x-api-clientid") == CLIENT_ID
        if not right or given.get("x-api-signature") != seal(CLIENT_SECRET, text):
            raise BAD_SIGNATURE

    # -- the three steps --------------------------------------------------------------------

    def authorise(self, request: Request) -> list[dict[str, Any]]:
        """The account sets of an instance, and whether they have authorised the application (1)."""
        wanted = request.query.get("outerInstanceId", "")
        if wanted != INSTANCE:
            raise missing(wanted, "outerInstanceId")
        home = f"http://{request.headers.get('host', '127.0.0.1')}"
        return [
            {"appKey": APP_KEY, "appSecret": self._secret(), "domain": home, "accountId": account,
             "accountName": "测试账套", "groupName": "tf", "serviceId": "1", "status": status,
             "outerInstanceId": INSTANCE, "clientId": CLIENT_ID}
            for account, status in self._switches["accounts"].items()
        ]  # fmt: skip

    def token(self, request: Request) -> dict[str, Any]:
        """A new token for who knows today's secret."""
        now, recent, query = self._now(), self._recent, request.query
        while recent and recent[0] <= now - MINUTE:
            recent.popleft()
        if self._switches["limits"] == "on" and len(recent) >= TOKENS:
            raise TOO_MANY
        recent.append(now)
        known = query.get("app_key") == APP_KEY
        if not known or query.get("app_signature") != seal(self._secret(), APP_KEY):
            raise BAD_SECRET
        if self._switches["one_token"]:
            self._tokens.clear()
        self._given += 1
        text = f"eyJhbGciOi.{self._given}.{self._number()}"
        self._tokens[text] = (self._number(), now + DAY)
        return {"app-token": text, "uid": 1}

    def admit(self, request: Request) -> None:
        """Raises unless the call carries a token that is good here and now."""
        number, until = self._tokens.get(request.headers.get("app-token", ""), (0, 0.0))
        if until <= self._now():
            raise BAD_TOKEN
        if number != self._number():
            raise BAD_SECRET

    def rotate(self) -> None:
        """The secret is another one from now on."""
        self._rotated += 1

    def end_all(self) -> None:
        """No token is good any more."""
        self._tokens.clear()

    def _secret(self) -> str:
        return hashlib.sha256(f"secret {self._number()}".encode()).hexdigest()[:40]

    def _number(self) -> int:
        """Of the secret; another one every day."""
        return self._rotated + int((self._now() - self._begun) // DAY)

    def _now(self) -> float:
        return self._clock.now().timestamp()


def signed_text(method: str, target: str, nonce: str, stamp: str) -> str:
    """What is signed of a call to `target`, path and query as they were sent."""
    path, _, query = target.partition("?")
    pairs = [one.split("=", 1) for one in query.split("&") if one]
    given = sorted((unquote(name), unquote(value)) for name, value in pairs)
    text = "&".join(f"{_twice(name)}={_twice(value)}" for name, value in given)
    return f"{method}\n{_escaped(path)}\n{text}\nx-api-nonce:{nonce}\nx-api-timestamp:{stamp}\n"


def seal(key: str, text: str) -> str:
    """The signature of a text: hexadecimal digits, in Base64."""
    digest = hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
    return base64.b64encode(digest.encode()).decode()


def _escaped(text: str) -> str:
    return "".join(
        chr(byte) if chr(byte) in PLAIN else f"%{byte:02X}" for byte in text.encode("utf-8")
    )


def _twice(text: str) -> str:
    return _escaped(_escaped(text))
