"""Aliyun's signature V3 (ACS3-HMAC-SHA256) of a request without a body."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"
NO_BODY = hashlib.sha256(b"").hexdigest()


def canonical_query(parameters: Mapping[str, str]) -> str:
    """A query as it is signed, and as it must be sent."""
    pairs = sorted((_encoded(name), _encoded(value)) for name, value in parameters.items())
    return "&".join(f"{name}={value}" for name, value in pairs)


def signed(headers: Mapping[str, str], query: str, key_id: str, secret: str) -> dict[str, str]:
    """The headers of a POST to `/` with this query, all of them signed: `headers` are `host` and
    whatever else begins with `x-acs-`."""
    headers = dict(sorted({**headers, "x-acs-content-sha256": NO_BODY}.items()))
    names = ";".join(headers)
    made = hmac.new(secret.encode(), string_to_sign(headers, query).encode(), hashlib.sha256)
    credential = f"Credential={key_id},SignedHeaders={names},Signature={made.hexdigest()}"
    return {**headers, "authorization": f"{ALGORITHM} {credential}"}


def string_to_sign(headers: Mapping[str, str], query: str) -> str:
    """What the secret signs; `headers` in their order."""
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = "\n".join(["POST", "/", query, lines, ";".join(headers), NO_BODY])
    return f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"


def _encoded(text: str) -> str:
    return quote(text, safe="")
