"""What the gateway and the applications refuse, in their own codes and words."""

from __future__ import annotations

from typing import Any

from sandbox.books import Refused
from sandbox.server import Response, json_response


class Fault(Exception):
    """A refusal as an answer. `data` goes along where the vendor sends some."""

    def __init__(self, code: str, message: str, status: int = 200, data: Any = None) -> None:
        super().__init__(message)
        self.code, self.message, self.status, self.data = code, message, status, data

    def answer(self) -> Response:
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.data is not None:
            body["data"] = self.data
        return json_response(body, self.status)


def business(message: str) -> Fault:
    """Whatever an application says no to."""
    return Fault("999", message)


NO_TOKEN = Fault("310001", "access_token不能为空。")
BAD_TOKEN = Fault("310036", "非法token")
BAD_APP = Fault("10018", "应用不存在或appKey已停用")
BAD_SIGNATURE = Fault("50000", "签名验证失败")
"""The code is not known; this one is ours."""
NO_TENANT = Fault("500", "根据租户id获取网关地址出现异常")
TOO_FAST = Fault("310050", "请求过于频繁，请稍后再试", 429)
NOT_GRANTED = Fault("310037", "应用没有调用该API的权限")
TIMED_OUT = Fault("310504", "调用后端服务超时")
RUNNING = Fault("202", "请求正在处理中，请稍后重试")
MISSING = Fault("1002", "数据不存在")
NOTHING_FOUND = Fault("118001", "根据条件查询结果为空")

SYSTEM_FAULTS = {
    "token_expired": BAD_TOKEN,
    "not_granted": NOT_GRANTED,
    "too_fast": TOO_FAST,
    "backend_timeout": TIMED_OUT,
    "still_running": RUNNING,
}
"""System faults that refuse a call before anything is done. Three more have shapes of their own:
`token_text` (the text 非法token under 200), `late_timeout` (310504 although it was done) and
`failed_row` (a batch action that fails inside a success)."""


def no_such_api(path: str) -> Fault:
    return Fault("310404", f"网关上没有注册此API[{path}]，请确认后重新调用", 404)


def worded(refused: Refused) -> Fault:
    """A refusal of the books in the vendor's manner."""
    field, value = refused.field, refused.value
    words = {
        "required": f"{field}不能为空",
        "unknown": f"{field}不存在",
        "value": f"{field}格式不正确：{value}",
        "length": f"{field}超长",
        "option": f"{field}的值{value}不正确",
        "reference": f"{field}:{value}不存在或未启用",
        "unique": f"编码{value}已存在，请重新输入",
        "missing": "数据不存在",
        "state": "单据状态不允许此操作",
    }
    return Fault(
        "1002" if refused.kind == "missing" else "999", words.get(refused.kind, str(refused))
    )
