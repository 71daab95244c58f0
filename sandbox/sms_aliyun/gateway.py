"""Who may pass: the signature V3 of a request, recomputed from what arrived."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime

from sandbox.server import Request

KEY_ID = "testId"
SECRET = "testSecret"  # noqa: S105 - guards nothing
MOST_SKEW = 900.0
"""Seconds by which `x-acs-date` may be off."""
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
MUST_BE_SIGNED = {
    "host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce",
    "x-acs-version",
}  # fmt: skip
NOT_SIGNED = (400, "IncompleteSignature", "The request signature does not conform.")
NO_KEY = (404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
WRONG = (400, "SignatureDoesNotMatch", "Specified signature does not match our calculation.")
LATE = (400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
USED = (400, "SignatureNonceUsed", "Specified signature nonce was used already.")

_HEADER = re.compile(r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=(\w+)")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")


class Gateway:
    """Lets each request through once."""

    def __init__(self) -> None:
        self._nonces: set[str] = set()

    def refuses(self, request: Request, now: datetime) -> tuple[int, str, str] | None:
        """Status, code and words of the refusal; None: it may pass."""
        headers = request.headers
        found = _HEADER.fullmatch(headers.get("authorization", ""))
        if found is None:
            return NOT_SIGNED
        key_id, names, signature = found[1], found[2].split(";"), found[3]
        ours = {name for name in headers if name.startswith("x-acs-")}
        if not MUST_BE_SIGNED | ours <= set(names) <= set(headers):
            return NOT_SIGNED
        if key_id != KEY_ID:
            return NO_KEY
        if signature_of(request, names) != signature:
            return WRONG
        if abs((_instant(headers["x-acs-date"]) - now).total_seconds()) > MOST_SKEW:
            return LATE
        if headers["x-acs-signature-nonce"] in self._nonces:
            return USED
        self._nonces.add(headers["x-acs-signature-nonce"])
        return None


def signature_of(request: Request, names: list[str]) -> str:
    """What a request's signature must be, over these headers."""
    hashed = hashlib.sha256(canonical(request, names).encode()).hexdigest()
    return hmac.digest(SECRET.encode(), f"ACS3-HMAC-SHA256\n{hashed}".encode(), "sha256").hex()


def canonical(request: Request, names: list[str]) -> str:
    """The request in the one form in which it is signed."""
    path, _, query = request.path.partition("?")
    pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair]
    told = sorted((_spelt(name), _spelt(value)) for name, value in pairs)
    digest = hashlib.sha256(request.body).hexdigest()
    return "\n".join([
        request.method,
        path,
        "&".join(f"{name}={value}" for name, value in told),
        *(f"{name}:{request.headers[name].strip()}" for name in sorted(names)),
        "",
        ";".join(sorted(names)),
        digest,
    ])  # fmt: skip


def _spelt(text: str) -> str:
    """A part of a query with everything escaped that must be, whatever way it came."""
    plain = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), text.encode())
    return "".join(chr(one) if one in UNRESERVED else f"%{one:02X}" for one in plain)


def _instant(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
