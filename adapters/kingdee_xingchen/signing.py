"""Signatures: pure functions, held to the published test vectors.

Every call is signed over its method, path, query, nonce and time with the application's secret. In
the text that is signed, names and values of the query are percent-encoded twice; the URL itself
carries them encoded once. The body is not signed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from urllib.parse import quote

Query = Mapping[str, str]


def app_signature(app_key: str, app_secret: str) -> str:
    """What a request for a token carries beside the key of an account set."""
    return _signed(app_secret, app_key)


def query_text(query: Query) -> str:
    """The query as it stands in a URL: names and values encoded once, in the order of the names."""
    return _joined(query, _once)


def string_to_sign(method: str, path: str, query: Query, nonce: str, timestamp: str) -> str:
    """The text behind `X-Api-Signature`; its last line ends, too."""
    parameters = _joined(query, lambda text: _once(_once(text)))
    signed = f"x-api-nonce:{nonce}\nx-api-timestamp:{timestamp}\n"
    return f"{method}\n{_once(path)}\n{parameters}\n{signed}"


def headers(
    client_id: str, secret: str, method: str, path: str, query: Query, *, nonce: str, timestamp: str
) -> dict[str, str]:
    """Everything that a signed call carries."""
    text = string_to_sign(method, path, query, nonce, timestamp)
    return {
        "X-Api-ClientID": client_id,
        "X-Api-Auth-Version": "2.0",
        "X-Api-TimeStamp": timestamp,
        "X-Api-Nonce": nonce,
        "X-Api-SignHeaders": "X-Api-TimeStamp,X-Api-Nonce",
        "X-Api-Signature": _signed(secret, text),
    }


def _once(text: str) -> str:
    return quote(text, safe="")


def _joined(query: Query, encode: Callable[[str], str]) -> str:
    return "&".join(f"{encode(name)}={encode(query[name])}" for name in sorted(query))


def _signed(key: str, text: str) -> str:
    digest = hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
    return base64.b64encode(digest.encode()).decode()
