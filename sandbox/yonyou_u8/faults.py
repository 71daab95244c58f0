"""What the relay and U8 refuse, in their codes and words.

Few codes are known: 0, 10001, 20002, 20005, 30025. The others here are ours.
"""

from __future__ import annotations

from sandbox.books import Refused
from sandbox.server import Response, json_response


class Fault(Exception):
    """A refusal as an answer; nearly always under HTTP 200."""

    def __init__(self, code: str, message: str, status: int = 200) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status

    def answer(self) -> Response:
        return json_response({"errcode": self.code, "errmsg": self.message}, self.status)


def business(message: str) -> Fault:
    """Whatever U8 says no to."""
    return Fault("20005", f"U8 API调用失败：{message}")


BAD_TOKEN = Fault("20101", "token无效或已过期")
BAD_APP = Fault("2001", "fail")
NOT_GRANTED = Fault("20103", "应用未获得企业授权")
TOO_FAST = Fault("20104", "调用过于频繁，请稍后再试")
PLATFORM = Fault("10001", "平台错误")
RUNNING = Fault("30025", "操作正在执行")
NO_AGENT = Fault("20005", "企业的开放平台客户端未启动或已断开")
NO_TRADE = Fault("20106", "缺少参数tradeid或biz_id")
NO_RESULT = Fault("20107", "没有该请求")

SYSTEM_FAULTS = {
    "token_expired": BAD_TOKEN,
    "not_granted": NOT_GRANTED,
    "too_fast": TOO_FAST,
    "platform_error": PLATFORM,
}
"""System faults that refuse a call before anything is done. One more, `late_platform_error`, says
10001 although it was done."""


def nothing_found(what: str) -> Fault:
    return Fault("20002", f"未检索到匹配的[{what}]。")


def worded(refused: Refused) -> Fault:
    """A refusal of the books in U8's manner."""
    field, value = refused.field, refused.value
    words = {
        "required": f"{field}不能为空",
        "unknown": f"{field}不存在",
        "value": f"{field}格式不正确：{value}",
        "length": f"{field}超长",
        "option": f"{field}的值{value}不正确",
        "reference": f"key='{value}'，{field}不存在",
        "unique": f"单据号或编码{value}已存在",
        "missing": f"{value}不存在",
        "state": "单据状态不允许此操作",
    }
    return business(words.get(refused.kind, str(refused)))
