"""Aliyun SMS behind real sockets."""

from __future__ import annotations

from typing import Any

from adapters.sms_aliyun import AliyunSms
from connector.contract import Write
from sandbox.sms_aliyun import AliyunSmsSandbox
from tests.adapters.telling import Told

TOLD = {"to": "13800000000", "template": "SMS_1234567", "parameters": '{"no":"SO-1"}'}


class World(Told):
    adapter_type = AliyunSms
    sandbox_type = AliyunSmsSandbox
    system = "sms_aliyun"
    form = "sms"

    def write(self, text: str = "", **more: Any) -> Write:
        """A message of a template, unless it says otherwise."""
        return super().write(text, **{**TOLD, **more})
