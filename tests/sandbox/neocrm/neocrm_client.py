"""A client of the Neocrm sandbox that needs no socket."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sandbox.neocrm import NeocrmSandbox
from sandbox.server import Request, from_json, to_json

XOBJECTS = "/rest/data/v2.0/xobjects"
GRANT = {
    "grant_type": "password",
    "client_id": "sandbox-client-id",
    "client_secret": "sandbox-client-secret",
    "username": "connector@example.com",
    "password": "sandbox-passwordAbCd1234",
}


class Client:
    """Speaks Neocrm's protocol with a sandbox in this process."""

    def __init__(self, sandbox: NeocrmSandbox) -> None:
        self.sandbox = sandbox
        self.token = ""

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, Any]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        signed = {"authorization": f"Bearer {self.token}", **named}
        answer = self.sandbox.handle(Request(method, path, signed, body))
        return answer.status, from_json(answer.body)

    def log_in(self, path: str = "/auc/oauth2/token", **changes: str) -> Any:
        _, answer = self.send("POST", path, urlencode({**GRANT, **changes}).encode())
        self.token = answer.get("access_token", "")
        return answer

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        status, answer = self.send(method, path, b"" if body is None else to_json(body), **headers)
        assert status == 200
        return answer

    def plain(self, text: str) -> Any:
        return self.call("GET", f"/rest/data/v2/query?{urlencode({'q': text})}")

    def xoql(self, text: str, **more: str) -> Any:
        sent = urlencode({"xoql": text, **more}).encode()
        return self.send("POST", "/rest/data/v2.0/query/xoql", sent)[1]
