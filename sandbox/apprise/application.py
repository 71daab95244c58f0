"""The sandbox itself: an address, and what was said to it."""

from __future__ import annotations

from typing import Any

from sandbox.server import Application, NotJson, Request, Response, from_json

PATH = "/token0123456789/"
FIELDS = {"version", "title", "message", "attachments", "type"}
"""Of a notification, as the library's first version of it has them."""


class AppriseSandbox(Application):
    """One service that takes notifications."""

    system = "apprise"

    def __init__(self, *, seed: int = 1) -> None:
        super().__init__(seed=seed)
        self._said: list[dict[str, Any]] = []

    def name_call(self, request: Request) -> tuple[str, str]:
        return ("notify", "notification") if request.route == PATH else ("unknown", "")

    def answer(self, request: Request, operation: str, form: str) -> Response:
        if operation == "unknown" or request.method != "POST":
            return Response(404, b"not found", content_type="text/plain")
        try:
            body = from_json(request.body)
        except NotJson:
            body = None
        if not isinstance(body, dict) or set(body) != FIELDS or not body["message"]:
            return Response(400, b"bad request", content_type="text/plain")
        self._said.append({"title": body["title"], "text": body["message"]})
        self.ledger.append(
            "commit", "said", form=form, key=str(len(self._said)), number=body["title"], data=body
        )
        return Response(204, b"")

    # -- the side door ----------------------------------------------------------------------

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        address = f"json://{url.removeprefix('http://')}{PATH}"
        return {"adapter": self.system, "url": "${env:APPRISE_URL}"}, {"APPRISE_URL": address}

    def standing(self, form: str) -> list[dict[str, Any]]:
        """What was said, oldest first: `title` and `text`."""
        return self._said
