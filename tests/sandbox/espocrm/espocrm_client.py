"""A client of the EspoCRM sandbox that needs no socket."""

from __future__ import annotations

from typing import Any

from sandbox.espocrm import EspoCrmSandbox
from sandbox.espocrm.auth import API_KEY
from sandbox.server import Request, Response, from_json, to_json


class Client:
    """Speaks EspoCRM's protocol with a sandbox in this process."""

    def __init__(self, sandbox: EspoCrmSandbox) -> None:
        self.sandbox = sandbox

    def send(self, method: str, resource: str, body: Any = None, **headers: str) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = b"" if body is None else to_json(body)
        signed = {"x-api-key": API_KEY, **named}
        return self.sandbox.handle(Request(method, f"/api/v1/{resource}", signed, sent))

    def json(self, method: str, resource: str, body: Any = None, **headers: str) -> Any:
        answer = self.send(method, resource, body, **headers)
        assert answer.status == 200, (answer.status, answer.headers)
        return from_json(answer.body)

    def names(self, query: str, form: str = "Account") -> list[str]:
        return [row["name"] for row in self.json("GET", f"{form}?{query}")["list"]]
