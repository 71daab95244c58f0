"""The sandbox itself: a group, its robot, and what was said in it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, ClassVar

from sandbox.errcodes import ErrcodeSandbox, Refusal, Refused
from sandbox.server import NotJson, Request, from_json
from sandbox.throttle import Throttle

TOKEN = "0" * 64
SECRET = "SECdemo0123456789abcdef"  # noqa: S105 - guards nothing
HOUR = 3_600_000
MOST_BYTES = 20_000
A_MINUTE, SILENCE = 20, 600.0

SWITCHES: dict[str, Any] = {"secured_by": "sign", "keyword": "同步"}
"""What differs from robot to robot: `secured_by` is `sign` or `keyword`."""

NO_TOKEN = (300005, "token is not exist")
TOO_FAST = (130101, "send too fast, exceed 20 times per minute")
SYSTEM_FAULTS = {
    "busy": (-1, "系统繁忙"),
    "too_fast": TOO_FAST,
    "stopped": (400102, "机器人已停用"),
    "dissolved": (400013, "群已被解散"),
    "address": (310000, "description:机器人发送IP不在白名单;ip 203.0.113.7 not in whitelist"),
}
"""Refusals by the name of the fault."""


class DingTalkSandbox(ErrcodeSandbox):
    """One group with one robot."""

    system = "dingtalk"
    system_faults: ClassVar[Mapping[str, Refused]] = SYSTEM_FAULTS

    def __init__(self, *, seed: int = 1) -> None:
        super().__init__(seed=seed)
        self.switches = dict(SWITCHES)
        self._throttle = Throttle(self.clock, A_MINUTE, silence=SILENCE)
        self._said: list[dict[str, Any]] = []

    def name_call(self, request: Request) -> tuple[str, str]:
        return ("send", "robot") if request.route == "/robot/send" else ("unknown", "")

    def work(self, request: Request, operation: str) -> Mapping[str, Any]:
        if request.method != "POST":
            raise Refusal(43002, "require POST method")
        if "json" not in request.headers.get("content-type", ""):
            raise Refusal(43004, "content type is not json")
        if request.query.get("access_token") != TOKEN:
            raise Refusal(*NO_TOKEN)
        if len(request.body) > MOST_BYTES:
            raise Refusal(40035, "不合法的参数: body is too long")
        body = self._body(request.body)
        self._admit(request, request.body.decode())
        if not self._throttle.admits():
            raise Refusal(*TOO_FAST)
        self._said.append(body)
        self.ledger.append(
            "commit", "said", form="robot", key=str(len(self._said)), number=_title(body), data=body
        )
        return {}

    def _body(self, raw: bytes) -> dict[str, Any]:
        try:
            body = from_json(raw)
            shown = body["markdown"]["title"], body["markdown"]["text"]
        except (*NotJson, KeyError, TypeError):
            raise Refusal(40035, "缺少参数 json") from None
        if body["msgtype"] != "markdown" or not all(shown):
            raise Refusal(40035, "不合法的参数: title and text")
        found: dict[str, Any] = body
        return found

    def _admit(self, request: Request, text: str) -> None:
        if self.switches["secured_by"] == "keyword":
            if self.switches["keyword"] not in text:
                raise Refusal(310000, "description:关键词不匹配;keywords not in content")
            return
        stamp = request.query.get("timestamp", "")
        late = not stamp.isdigit() or abs(int(stamp) - self.clock.millis()) > HOUR
        wanted = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()
        if late or request.query.get("sign") != base64.b64encode(wanted).decode():
            raise Refusal(310000, "description:机器人发送签名不匹配;sign not match")

    # -- the side door ----------------------------------------------------------------------

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        settings = {
            "adapter": self.system,
            "base_url": url,
            "access_token": "${env:DINGTALK_TOKEN}",
            "secret": "${env:DINGTALK_SECRET}",
            "allow_insecure_http": ["127.0.0.1"],
        }
        return settings, {"DINGTALK_TOKEN": TOKEN, "DINGTALK_SECRET": SECRET}

    def standing(self, form: str) -> list[dict[str, Any]]:
        """What was said, oldest first: `title`, `text` and whom it mentions."""
        return [
            {"title": _title(body), "text": body["markdown"]["text"], **body.get("at", {})}
            for body in self._said
        ]


def _title(body: dict[str, Any]) -> str:
    return str(body["markdown"]["title"])
