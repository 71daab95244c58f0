"""Who may call: signed headers on every call, or a session from a login.

A session id that is still alive is believed without looking at the signature. Wrong
credentials and an expired session answer with the same words (MsgCode 1) and a session cookie
that is worth nothing; only an unknown account set is told apart (HTTP 500).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from random import Random
from urllib.parse import quote
from uuid import UUID

from sandbox.server import Request

from .errors import HttpFailure, session_lost

ACCT_ID = "6500000000abcd"
USER = "demo"
PASSWORD = "demo-password"  # noqa: S105
APP_ID = "123456_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
APP_SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105
"""Synthetic credentials, the ones of the published test vectors."""

MASK = b"0054f397c6234378b09ca7d3e5debce7"
LANGUAGES = ("2052", "1033", "3076")


def sign(key: str, message: str) -> str:
    """base64 of the lower-case hex digest: always 88 characters."""
    digest = hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()
    return base64.b64encode(digest.encode()).decode()


def signing_key(app_id: str) -> str:
    """The HMAC key hidden in the AppID's second part; empty unless that has 32 characters."""
    part = app_id.partition("_")[2]
    if len(part) != 32:
        return ""
    raw = base64.b64decode(part)
    mixed = bytes(a ^ b for a, b in zip(raw, MASK, strict=False))
    return base64.b64encode(mixed).decode()


def api_signature(app_id: str, path: str, nonce: str, timestamp: str) -> str:
    """X-Api-Signature for a path with its query string. The body is not signed."""
    encoded = quote(path, safe="")
    message = f"POST\n{encoded}\n\nx-api-nonce:{nonce}\nx-api-timestamp:{timestamp}\n"
    return sign(signing_key(app_id), message)


def app_signature(app_id: str, app_secret: str, app_data: str) -> str:
    """X-Kd-Signature over AppID and the plain text of X-Kd-Appdata."""
    return sign(app_secret, app_id + app_data)


def login_sign(
    acct: str, user: str, app_id: str, app_secret: str, timestamp: str, algorithm: str = "sha256"
) -> str:
    """LoginBySign: the five texts in ordinal order, hashed. SHA-1 before PT-146911."""
    text = "".join(sorted((acct, user, app_id, app_secret, timestamp)))
    return hashlib.new(algorithm, text.encode()).hexdigest()


@dataclass(slots=True)
class Session:
    """A session: its two ids, when it was last used, and its current organisation."""

    id: str
    asp_id: str
    used: float
    org: str = ""

    def cookies(self) -> str:
        """Two Set-Cookie lines, as the core's server sends them."""
        return f"kdservice-sessionid={self.id}; path=/\nASP.NET_SessionId={self.asp_id}; path=/"


class Sessions:
    """The sessions of one server."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._alive: dict[str, Session] = {}

    def start(self, now: float) -> Session:
        session = self.shell(now)
        self._alive[session.id] = session
        return session

    def shell(self, now: float) -> Session:
        """An id that looks like a session and is none, given after wrong credentials."""
        letters = "abcdefghijklmnopqrstuvwxyz0123456789"
        asp = "".join(self._rng.choices(letters, k=24))
        return Session(str(UUID(int=self._rng.getrandbits(128), version=4)), asp, now)

    def use(self, session_id: str, now: float, idle: float) -> Session | None:
        """The session if it is alive; every use renews it."""
        session = self._alive.get(session_id)
        if session is None:
            return None
        if now - session.used > idle:
            del self._alive[session_id]
            return None
        session.used = now
        return session

    def end(self, session_id: str) -> bool:
        return self._alive.pop(session_id, None) is not None

    def end_all(self) -> None:
        self._alive.clear()


def session_id_of(request: Request) -> str:
    """The id from the header, else from the cookie."""
    header = request.headers.get("kdservice-sessionid")
    if header:
        return header
    try:
        cookies = SimpleCookie(request.headers.get("cookie", ""))
    except CookieError:
        return ""
    found = cookies.get("kdservice-sessionid")
    return found.value if found else ""


def check_headers(request: Request, known_accts: frozenset[str]) -> None:
    """Header mode: raise `HttpFailure` for an unknown account set, `Refused` for the rest."""
    headers = request.headers
    app_data = _app_data(headers)
    parts = app_data.split(",")
    if len(parts) < 3:
        raise session_lost()
    acct, user, language = parts[:3]
    if acct not in known_accts:
        raise HttpFailure(500, "Fail to verify thirty passport: data center not found")
    app_id = headers.get("x-kd-appkey", "")
    expected = {
        "x-api-clientid": app_id.partition("_")[0],
        "x-api-signature": api_signature(
            app_id, request.path, headers.get("x-api-nonce", ""), headers.get("x-api-timestamp", "")
        ),
        "x-kd-signature": app_signature(app_id, APP_SECRET, app_data),
    }
    signed = all(
        hmac.compare_digest(value.encode(), headers.get(name, "").encode())
        for name, value in expected.items()
    )
    if not signed or (user, app_id) != (USER, APP_ID) or language not in LANGUAGES:
        raise session_lost()


def _app_data(headers: Mapping[str, str]) -> str:
    try:
        return base64.b64decode(headers.get("x-kd-appdata", "")).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
