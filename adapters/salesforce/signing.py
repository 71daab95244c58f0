"""The assertion of the JWT bearer flow: who we are, signed by our certificate's private key."""

from __future__ import annotations

import base64
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from connector import exact
from connector.messages import say


def assertion(claims: dict[str, Any], private_key: str) -> str:
    """The signed assertion (RFC 7523)."""
    text = signing_input(claims)
    return f"{text}.{_encoded(_sign(text.encode(), private_key))}"


def signing_input(claims: dict[str, Any]) -> str:
    """Header and claims, as they are signed."""
    return f"{_encoded(exact.encode({'alg': 'RS256'}))}.{_encoded(exact.encode(claims))}"


def check_key(private_key: str) -> None:
    """Raises ValueError for what is no private key."""
    try:
        _sign(b"", private_key)
    except (ValueError, TypeError, AttributeError):
        raise ValueError(say("salesforce_private_key")) from None


def _sign(text: bytes, private_key: str) -> bytes:
    key = load_pem_private_key(private_key.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError(type(key).__name__)
    return key.sign(text, PKCS1v15(), SHA256())


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()
