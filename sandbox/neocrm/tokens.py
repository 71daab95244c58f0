"""Tokens by password grant: the password and the security token behind it, without a separator."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from sandbox.clock import SandboxClock
from sandbox.server import Request, Response, json_response

CLIENT_ID = "sandbox-client-id"
CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105 - guards nothing
USERNAME, PASSWORD, SECURITY_TOKEN = "connector@example.com", "sandbox-password", "AbCd1234"
LIFE = timedelta(seconds=7200)
PATHS = ("/auc/oauth2/token", "/oauth2/token", "/oauth2/token.action")


class Tokens:
    """Gives tokens out and knows them again."""

    def __init__(self, clock: SandboxClock, switches: Mapping[str, Any]) -> None:
        self._clock = clock
        self._switches = switches
        self._until: dict[str, datetime] = {}

    def grant(self, request: Request) -> Response:
        """A token; else the words of OAuth."""
        wanted = {
            "grant_type": "password",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "username": USERNAME,
            "password": PASSWORD + SECURITY_TOKEN,
        }
        given = {name: value[-1] for name, value in parse_qs(request.body.decode()).items()}
        if any(given.get(name) != value for name, value in wanted.items()):
            words = {"error": "invalid_grant", "error_description": "用户名、密码或安全令牌错误"}
            return json_response(words, self._switches["refused_status"])
        token = secrets.token_hex(16)
        self._until[token] = self._clock.now() + LIFE
        answer: dict[str, Any] = {"access_token": token, "token_type": "Bearer"}
        if self._switches["token_tells_more"]:
            host = request.headers.get("host", "127.0.0.1")
            more = {"expires_in": 7200, "tenant_id": 900001, "instance_uri": f"http://{host}"}
            answer |= more
        return json_response(answer)

    def knows(self, request: Request) -> bool:
        """Whether a call carries a token that is good."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        until = self._until.get(token)
        return kind == "Bearer" and until is not None and until > self._clock.now()

    def revoke(self) -> None:
        """Forget every token."""
        self._until.clear()
