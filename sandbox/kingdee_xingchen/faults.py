"""What the gateway and the application refuse, in their own codes and words."""

from __future__ import annotations

from sandbox.books import Refused
from sandbox.server import Response, json_response


class Fault(Exception):
    """A refusal as an answer."""

    def __init__(self, code: int, message: str, status: int = 200) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status

    def answer(self) -> Response:
        return json_response({"errcode": self.code, "description": self.message}, self.status)


BUSINESS = 1000000001
"""The code of whatever the application says no to; it is ours, nobody knows the real one."""


def business(message: str) -> Fault:
    """Whatever the application says no to."""
    return Fault(BUSINESS, message)


BAD_SECRET = Fault(1030002006, "授权密钥校验失败")
BAD_TOKEN = Fault(1000202001, "JWT token has expired")
BAD_SIGNATURE = Fault(400, "X-Api-Signature is invalid")
SYSTEM_ERROR = Fault(2000002000, "system error")
TOO_MANY = Fault(429, "too many requests", 429)
NO_PATH = Fault(5001, "API not found", 519)
STALE = Fault(4006, "timestamp expired", 519)
NO_APP = Fault(4002, "APP_ID empty", 519)

SYSTEM_FAULTS = {
    "token_expired": BAD_TOKEN,
    "secret_rotated": BAD_SECRET,
    "wrong_signature": BAD_SIGNATURE,
    "system_error": SYSTEM_ERROR,
    "too_many": TOO_MANY,
}
"""System faults that refuse a call before anything is done. Two more have shapes of their own:
`late_system_error` (2000002000 although it was done) and `not_done` (an operation that is accepted
and does nothing)."""


def missing(value: str, by: str = "id") -> Fault:
    """Something that is named is not there."""
    return business(f"参数{by}[{value}]不存在")


def worded(refused: Refused) -> Fault:
    """A refusal of the books in the vendor's manner."""
    field, value = refused.field, refused.value
    if refused.kind in ("missing", "reference"):
        return missing(str(value))
    words = {
        "required": f"{field}不能为空",
        "unknown": f"{field}不存在",
        "value": f"{field}格式不正确：{value}",
        "length": f"{field}超长",
        "unique": f"{field}[{value}]组合值与其他表单重复",
        "state": "单据状态不允许此操作",
    }
    return business(words.get(refused.kind, str(refused)))
