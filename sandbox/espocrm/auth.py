"""Who calls: an API user by key or by HMAC, with the rights of their role."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from sandbox.server import Request

from .errors import Refusal

API_KEY = "sandbox-api-key"
SECRET_KEY = "sandbox-secret-key"  # noqa: S105 - synthetic
USER = {"id": "6b01e7617dbda25c1", "userName": "connector", "type": "api", "name": "connector"}
ACTIONS = {"list": "read", "read": "read", "create": "create", "update": "edit", "delete": "delete"}


class Gate:
    """Lets callers in, and through to what their role allows."""

    def __init__(self, forms: Sequence[str], switches: dict[str, Any]) -> None:
        self._forms = forms
        self._switches = switches

    def enter(self, request: Request, resource: str) -> None:
        """Raises Refusal: 401 with an empty body, whatever is wrong."""
        if request.headers.get("x-api-key") == API_KEY:
            return
        if not _is_signed(request, resource):
            raise Refusal(401)

    def allow(self, operation: str, form: str) -> None:
        """Raises Refusal: 403 with an empty body."""
        if self.rights()[form][ACTIONS[operation]] == "no":
            raise Refusal(403)

    def rights(self) -> dict[str, dict[str, str]]:
        """By entity type what the role allows: `all` or `no`."""
        denied = set(self._switches["denied"])
        return {
            form: {
                action: "no" if f"{form}.{action}" in denied else "all"
                for action in ("create", "read", "edit", "delete")
            }
            for form in self._forms
        }


def _is_signed(request: Request, resource: str) -> bool:
    try:
        key, _, digest = base64.b64decode(
            request.headers.get("x-hmac-authorization", ""), validate=True
        ).partition(b":")
    except (binascii.Error, ValueError):
        return False
    signed = hmac.new(SECRET_KEY.encode(), f"{request.method} /{resource}".encode(), hashlib.sha256)
    return key == API_KEY.encode() and digest in (signed.hexdigest().encode(), signed.digest())
