"""The sandbox itself: an account that may send, and what it has sent."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any
from uuid import UUID

from sandbox.server import Application, NotJson, Request, Response, from_json, json_response
from sandbox.throttle import Throttle, all_admit

from .gateway import KEY_ID, SECRET, Gateway

SIGN_NAME = "测试签名"
TEMPLATES = {"SMS_1234567": {"no"}, "SMS_7654321": set[str]()}
"""The variables of each approved template."""
MOST_PHONES = 1_000
MOBILE = re.compile(r"1\d{10}")

SWITCHES: dict[str, Any] = {"a_minute": 5}
"""Texts of one template that one phone gets in a minute."""

UNKNOWN_ACTION = (404, "InvalidAction.NotFound", "Specified api is not found.")
WRONG_PHONE = "isv.MOBILE_NUMBER_ILLEGAL", "非法手机号"
WRONG_SIGN = "isv.SMS_SIGNATURE_ILLEGAL", "签名不合法(不存在或被拉黑)"
WRONG_TEMPLATE = "isv.SMS_TEMPLATE_ILLEGAL", "模版不合法(不存在或被拉黑)"
MISSING = "isv.TEMPLATE_MISSING_PARAMETERS", "模版缺少变量"
TOO_MANY = "isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控"
SYSTEM_FAULTS = {
    "limit": (200, *TOO_MANY),
    "money": (200, "isv.AMOUNT_NOT_ENOUGH", "账户余额不足"),
    "stopped": (200, "isv.OUT_OF_SERVICE", "业务停机"),
    "system": (200, "isp.SYSTEM_ERROR", "系统错误"),
    "throttled": (400, "Throttling.User", "Request was denied due to user flow control."),
    "forbidden": (
        403,
        "Forbidden.RAM",
        "User not authorized to operate.",
    ),
}
"""Refusals by the name of the fault: status, code and words."""


class Refusal(Exception):
    """What is answered instead of `OK`: status, code and words."""


class AliyunSmsSandbox(Application):
    """One account with one key and one signature."""

    system = "sms_aliyun"

    def __init__(self, *, seed: int = 1) -> None:
        super().__init__(seed=seed)
        self.switches = dict(SWITCHES)
        self._gateway = Gateway()
        self._throttles: dict[tuple[str, str], Throttle] = defaultdict(
            lambda: Throttle(self.clock, self.switches["a_minute"])
        )
        self._sent: list[dict[str, str]] = []

    def name_call(self, request: Request) -> tuple[str, str]:
        action = request.headers.get("x-acs-action")
        return ("send", "sms") if action == "SendSms" else ("unknown", "")

    def answer(self, request: Request, operation: str, form: str) -> Response:
        told = {"RequestId": str(UUID(int=len(self.ledger))).upper()}
        try:
            sent = self._send(request, operation)
        except Refusal as refusal:
            status, code, words = refusal.args
            return json_response({**told, "Code": code, "Message": words}, status)
        return json_response({**told, "Code": "OK", "Message": "OK", "BizId": sent})

    def _send(self, request: Request, operation: str) -> str:
        for name, fault in SYSTEM_FAULTS.items():
            if self.faults.pick("send", "sms", system=name):
                raise Refusal(*fault)
        if refused := self._gateway.refuses(request, self.clock.now()):
            raise Refusal(*refused)
        versions = request.headers["x-acs-version"], request.method
        if operation == "unknown" or versions != ("2017-05-25", "POST"):
            raise Refusal(*UNKNOWN_ACTION)
        text = request.query
        if wrong := self._wrong(text):
            raise Refusal(200, *wrong)
        number = f"{self.clock.millis()}^{len(self._sent)}"
        self._sent.append({**text, "BizId": number})
        self.ledger.append(
            "commit", "sent", form="sms", key=number, number=text.get("OutId", ""), data=text
        )
        return number

    def _wrong(self, text: dict[str, str]) -> tuple[str, str] | None:
        """Code and words of what a text is refused for."""
        phones, template = text.get("PhoneNumbers", "").split(","), text.get("TemplateCode", "")
        variables = TEMPLATES.get(template)
        if len(phones) > MOST_PHONES or not all(map(MOBILE.fullmatch, phones)):
            return WRONG_PHONE
        if text.get("SignName") != SIGN_NAME:
            return WRONG_SIGN
        if variables is None:
            return WRONG_TEMPLATE
        if not variables <= _given(text.get("TemplateParam", "{}")):
            return MISSING
        if not all_admit([self._throttles[template, phone] for phone in phones]):
            return TOO_MANY
        return None

    # -- the side door ----------------------------------------------------------------------

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        settings = {
            "adapter": self.system,
            "base_url": url,
            "access_key_id": KEY_ID,
            "access_key_secret": "${env:SMS_ALIYUN_SECRET}",
            "sign_name": SIGN_NAME,
            "allow_insecure_http": ["127.0.0.1"],
        }
        return settings, {"SMS_ALIYUN_SECRET": SECRET}

    def standing(self, form: str) -> list[dict[str, Any]]:
        """What was sent, oldest first, by the names of the request."""
        return [dict(sent) for sent in self._sent]


def _given(parameters: str) -> set[str]:
    """The variables that are given a text."""
    try:
        given = from_json(parameters.encode())
    except NotJson:
        return set()
    texts = given.items() if isinstance(given, dict) else ()
    return {name for name, text in texts if isinstance(text, str)}
