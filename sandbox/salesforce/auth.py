"""Who calls: a connected app by JWT bearer or client credentials, and the sessions it got."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from sandbox.clock import SandboxClock
from sandbox.server import NotJson, Request, from_json

from .errors import SESSION, Refusal
from .ids import INTEGRATION, ORG, checked

CONSUMER_KEY = "3MVG9sandbox"
CONSUMER_SECRET = "sandbox-consumer-secret"  # noqa: S105 - synthetic
USERNAME = "integration@example.com"
AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFE = 7200
"""Seconds a session lasts without being used."""
LONGEST = 180
"""Seconds that an assertion may be good for."""
DIGEST = bytes.fromhex("3031300d060960864801650304020105000420")
"""What stands before a SHA-256 in a signature (RFC 8017)."""


@dataclass(frozen=True, slots=True)
class OAuthError(Exception):
    """Refusals at the token endpoint are an object, not a list."""

    error: str
    description: str

    def shown(self) -> dict[str, str]:
        return {"error": self.error, "error_description": self.description}


class Gate:
    """Hands out sessions, and lets those in who have one."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._sessions: dict[str, float] = {}
        self._certificate: tuple[int, int] | None = None
        self.issued = 0

    def trust(self, modulus: int, exponent: int) -> None:
        """The public key of the certificate that the administrator uploaded."""
        self._certificate = (modulus, exponent)

    def token(self, request: Request, url: str) -> dict[str, Any]:
        """The answer of `/services/oauth2/token`. Raises OAuthError."""
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        kind = form.get("grant_type", "")
        if kind == JWT_BEARER:
            self._check_assertion(form.get("assertion", ""))
        elif kind == "client_credentials":
            _check_client(request, form)
        else:
            raise OAuthError("unsupported_grant_type", "grant type not supported")
        return self._session(url)

    def enter(self, request: Request) -> None:
        """Raises Refusal: the session is unknown or worn out."""
        text = request.headers.get("authorization", "").removeprefix("Bearer ")
        now = self._clock.now().timestamp()
        used = self._sessions.get(text)
        if used is None or now > used + LIFE:
            raise Refusal(*SESSION)
        self._sessions[text] = now

    def forget(self) -> None:
        """Every session ends."""
        self._sessions.clear()

    def _session(self, url: str) -> dict[str, Any]:
        text = f"{ORG}!{secrets.token_hex(24)}"
        self._sessions[text] = self._clock.now().timestamp()
        self.issued += 1
        who = f"{checked(ORG)}/{checked(INTEGRATION)}"
        return {
            "access_token": text,
            "instance_url": url,
            "id": f"https://login.salesforce.com/id/{who}",
            "token_type": "Bearer",
            "issued_at": str(int(self._sessions[text] * 1000)),
            "signature": secrets.token_hex(16),
            "scope": "api",
        }

    def _check_assertion(self, assertion: str) -> None:
        claims = self._verified(assertion)
        now = self._clock.now().timestamp()
        try:
            left = int(claims.get("exp", 0)) - now
        except (TypeError, ValueError):
            left = 0.0
        known = (claims.get("iss"), claims.get("sub")) == (CONSUMER_KEY, USERNAME)
        if not known or claims.get("aud") not in AUDIENCES:
            raise OAuthError("invalid_grant", "user hasn't approved this consumer")
        if not 0 < left <= LONGEST + 1:
            raise OAuthError("invalid_grant", "expired authorization code")

    def _verified(self, assertion: str) -> Mapping[str, Any]:
        """The claims, if we trust who signed them. Raises OAuthError."""
        signed, _, signature = assertion.rpartition(".")
        head, _, body = signed.partition(".")
        try:
            claims, algorithm = from_json(_bytes(body)), from_json(_bytes(head)).get("alg")
            good = algorithm == "RS256" and self._is_ours(signed.encode(), _bytes(signature))
        except (*NotJson, binascii.Error, AttributeError):
            good, claims = False, {}
        if not good or not isinstance(claims, dict):
            raise OAuthError("invalid_grant", "invalid assertion")
        return claims

    def _is_ours(self, signed: bytes, signature: bytes) -> bool:
        if self._certificate is None:
            return False
        modulus, exponent = self._certificate
        size = (modulus.bit_length() + 7) // 8
        ending = b"\x00" + DIGEST + hashlib.sha256(signed).digest()
        expected = b"\x00\x01".ljust(size - len(ending), b"\xff") + ending
        opened = pow(int.from_bytes(signature), exponent, modulus)
        return opened == int.from_bytes(expected)


def _check_client(request: Request, form: Mapping[str, str]) -> None:
    basic = request.headers.get("authorization", "").removeprefix("Basic ")
    if basic:
        try:
            key, _, secret = base64.b64decode(basic).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            key = secret = ""
    else:
        key, secret = form.get("client_id", ""), form.get("client_secret", "")
    if key != CONSUMER_KEY:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if secret != CONSUMER_SECRET:
        raise OAuthError("invalid_client", "invalid client credentials")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
