"""What the platform and T+ behind it refuse, in their own codes and words."""

from __future__ import annotations

from sandbox.books import Refused
from sandbox.server import Response, json_response


class Fault(Exception):
    """A refusal as an answer."""

    def __init__(self, code: str, message: str, status: int = 200) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status

    def answer(self) -> Response:
        return json_response({"code": self.code, "message": self.message}, self.status)


def business(message: str) -> Fault:
    """Whatever T+ says no to."""
    return Fault("999", message)


BAD_APP = Fault("50000", "appKey或appSecret错误", 401)
OTHER_APP = Fault("50112", "appKey与授权不匹配", 403)
DEAD_TOKEN = Fault("50107", "openToken已失效", 403)
QUOTA = Fault("50112", "本月调用次数已用完", 401)
BUSY = Fault("14002", "请求过于频繁")
THROTTLED = Fault("409", "请求被限流，请稍后再试", 409)
BROKEN = Fault("50000", "系统异常")
NO_SERVICE = Fault("EXSV0011", "服务名不正确")
NO_PARAM = Fault("EXERROR0001", "param为null")
MISSING = business("单据不存在")

SYSTEM_FAULTS = {
    "token_expired": DEAD_TOKEN,
    "quota_used_up": QUOTA,
    "too_fast": BUSY,
    "throttled": THROTTLED,
    "broken": BROKEN,
}
"""System faults that refuse a call before anything is done. `broken_after` says the same of one
that was done."""


def worded(refused: Refused) -> Fault:
    """A refusal of the books in the vendor's manner."""
    field, value = refused.field, refused.value
    words = {
        "required": f"{field}不能为空",
        "unknown": f"字段{field}不存在",
        "value": f"{field}格式不正确：{value}",
        "length": f"{field}超长",
        "option": f"{field}的值{value}不正确",
        "reference": f"{field}[{value}]不存在或已停用",
        "unique": f"编码[{value}]已存在，不能重复",
        "missing": "单据不存在",
        "state": "单据状态不允许此操作",
    }
    return business(words.get(refused.kind, str(refused)))
