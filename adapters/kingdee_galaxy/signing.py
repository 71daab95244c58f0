"""Signatures and login parameters: pure functions, held to the published test vectors.

Two signatures go with every call in header mode: one over path, nonce and time with a key
that hides in the application id, one over application id and application data with the
application secret. The body is not signed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import quote

MASK = b"0054f397c6234378b09ca7d3e5debce7"
"""What the official SDK mixes into the key. Public, no secret."""


def login_sign(
    acct_id: str, user: str, app_id: str, secret: str, timestamp: str, algorithm: str
) -> str:
    """The hash of LoginBySign: five texts in ordinal order, nothing between them."""
    text = "".join(sorted((acct_id, user, app_id, secret, timestamp)))
    return hashlib.new(algorithm, text.encode()).hexdigest()


def signing_key(app_id: str) -> str:
    """The key in the second part of the application id; empty unless that has 32 characters."""
    hidden = app_id.partition("_")[2]
    if len(hidden) != 32:
        return ""
    mixed = bytes(a ^ b for a, b in zip(base64.b64decode(hidden), MASK, strict=False))
    return base64.b64encode(mixed).decode()


def api_signature(app_id: str, path: str, nonce: str, timestamp: str) -> str:
    """X-Api-Signature for a path as it stands in the request line."""
    text = f"POST\n{quote(path, safe='')}\n\nx-api-nonce:{nonce}\nx-api-timestamp:{timestamp}\n"
    return _signed(signing_key(app_id), text)


def app_data(acct_id: str, user: str, lcid: int, org: str) -> str:
    """The plain text of X-Kd-Appdata; `0` where no organisation is chosen."""
    return f"{acct_id},{user},{lcid},{org or 0}"


def app_signature(app_id: str, secret: str, data: str) -> str:
    """X-Kd-Signature over the application id and the plain application data."""
    return _signed(secret, app_id + data)


def headers(
    app_id: str, secret: str, data: str, path: str, *, nonce: str, timestamp: str
) -> dict[str, str]:
    """Everything that header mode sends with a call to `path`."""
    return {
        "X-Api-ClientID": app_id.partition("_")[0],
        "X-Api-Auth-Version": "2.0",
        "x-api-timestamp": timestamp,
        "x-api-nonce": nonce,
        "x-api-signheaders": "x-api-timestamp,x-api-nonce",
        "X-Api-Signature": api_signature(app_id, path, nonce, timestamp),
        "X-Kd-Appkey": app_id,
        "X-Kd-Appdata": base64.b64encode(data.encode()).decode(),
        "X-Kd-Signature": app_signature(app_id, secret, data),
    }


def _signed(key: str, text: str) -> str:
    digest = hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
    return base64.b64encode(digest.encode()).decode()
