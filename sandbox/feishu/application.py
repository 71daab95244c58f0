"""The sandbox itself: a group, its bot, and what was said in it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from sandbox.server import Application, NotJson, Request, Response, from_json, json_response
from sandbox.throttle import Throttle, all_admit

HOOK = "/open-apis/bot/v2/hook/"
TOKEN = "00000000-0000-4000-8000-000000000000"  # noqa: S105 - guards nothing
SECRET = "feishuDemoSecret"  # noqa: S105 - guards nothing
HOUR = 3_600
MOST_BYTES = 20_000
A_SECOND, A_MINUTE = 5, 100

SWITCHES: dict[str, Any] = {"secured_by": "sign", "keyword": "同步", "older_answers": False}
"""What differs from bot to bot: `secured_by` is `sign` or `keyword`. With `older_answers` success
is told as it once was, and beside each refusal, too."""

BAD_REQUEST = (9499, "Bad Request")
NO_TOKEN = (19001, "param invalid: incoming webhook access token invalid")
WRONG_SIGN = (19021, "sign match fail or timestamp is not within one hour from current time")
NO_KEYWORD = (19024, "Key Words Not Found")
TOO_FAST = (11232, "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]")
SYSTEM_FAULTS = {
    "address": (19022, "Ip Not Allowed"),
    "parameters": (19001, "param invalid"),
    "bad_request": BAD_REQUEST,
    "busy": (9499, "too many request"),
    "too_fast": TOO_FAST,
}
"""Refusals by the name of the fault."""


class Refusal(Exception):
    """What is answered instead of success."""


class FeishuSandbox(Application):
    """One group with one bot."""

    system = "feishu"

    def __init__(self, *, seed: int = 1) -> None:
        super().__init__(seed=seed)
        self.switches = dict(SWITCHES)
        self._throttles = (
            Throttle(self.clock, A_MINUTE),
            Throttle(self.clock, A_SECOND, seconds=1),
        )
        self._said: list[dict[str, Any]] = []

    def name_call(self, request: Request) -> tuple[str, str]:
        return ("send", "bot") if request.route.startswith(HOOK) else ("unknown", "")

    def answer(self, request: Request, operation: str, form: str) -> Response:
        if operation == "unknown":
            return Response(404, b"not found", content_type="text/plain")
        try:
            self._say(request)
        except Refusal as refusal:
            code, words = refusal.args
            older = {"StatusCode": 0} if self.switches["older_answers"] else {}
            return json_response({**older, "code": code, "msg": words, "data": {}})
        if self.switches["older_answers"]:
            return json_response({"StatusCode": 0, "StatusMessage": "success"})
        return json_response({"code": 0, "msg": "success", "data": {}})

    def _say(self, request: Request) -> None:
        for name, refusal in SYSTEM_FAULTS.items():
            if self.faults.pick("send", "bot", system=name):
                raise Refusal(*refusal)
        if request.route.removeprefix(HOOK) != TOKEN:
            raise Refusal(*NO_TOKEN)
        is_json = "json" in request.headers.get("content-type", "")
        if request.method != "POST" or not is_json or len(request.body) > MOST_BYTES:
            raise Refusal(*BAD_REQUEST)
        try:
            body = from_json(request.body)
            title, text = _shown(body)
        except (*NotJson, KeyError, TypeError, ValueError):
            raise Refusal(*BAD_REQUEST) from None
        self._admit(body, f"{title}\n{text}")
        if not all_admit(self._throttles):
            raise Refusal(*TOO_FAST)
        said = {"title": title, "text": text}
        self._said.append(said)
        self.ledger.append(
            "commit", "said", form="bot", key=str(len(self._said)), number=title, data=said
        )

    def _admit(self, body: dict[str, Any], shown: str) -> None:
        if self.switches["secured_by"] == "keyword":
            if self.switches["keyword"] not in shown:
                raise Refusal(*NO_KEYWORD)
            return
        stamp, sign = body.get("timestamp"), body.get("sign")
        if not isinstance(stamp, str) or not stamp.isdecimal():
            raise Refusal(*WRONG_SIGN)
        late = abs(int(stamp) - self.clock.now().timestamp()) > HOUR
        wanted = hmac.digest(f"{stamp}\n{SECRET}".encode(), b"", hashlib.sha256)
        if late or sign != base64.b64encode(wanted).decode():
            raise Refusal(*WRONG_SIGN)

    # -- the side door ----------------------------------------------------------------------

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        settings = {
            "adapter": self.system,
            "base_url": url,
            "token": "${env:FEISHU_TOKEN}",
            "secret": "${env:FEISHU_SECRET}",
            "allow_insecure_http": ["127.0.0.1"],
        }
        return settings, {"FEISHU_TOKEN": TOKEN, "FEISHU_SECRET": SECRET}

    def standing(self, form: str) -> list[dict[str, Any]]:
        """What was said, oldest first: `title` and `text`."""
        return [dict(said) for said in self._said]


def _shown(body: Any) -> tuple[str, str]:
    """Title and text of a card. Raises for anything but a card of schema 2.0 in Markdown."""
    card = body["card"]
    title = card["header"]["title"]
    (element,) = card["body"]["elements"]
    kinds = body["msg_type"], card["schema"], title["tag"], element["tag"]
    shown = str(title["content"]), str(element["content"])
    if kinds != ("interactive", "2.0", "plain_text", "markdown") or not all(shown):
        raise ValueError(kinds)
    return shown
