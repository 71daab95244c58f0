"""The signature of a request for a token: pure, held to published test vectors.

All parameters but the signature, sorted by name, names and values one after the other with
nothing between them; HMAC-SHA256 of that, in Base64, URL-encoded once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlencode


def string_to_sign(parameters: Mapping[str, str]) -> str:
    return "".join(name + parameters[name] for name in sorted(parameters))


def signature(parameters: Mapping[str, str], secret: str) -> str:
    """In Base64, as it is before it becomes part of a URL."""
    text = string_to_sign(parameters)
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def signed_query(parameters: Mapping[str, str], secret: str) -> str:
    """The whole query of a request, encoded."""
    return urlencode({**parameters, "signature": signature(parameters, secret)})
