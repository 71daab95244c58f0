"""Refusals: HTTP 200 with a code that is not 200, but for tokens."""

from __future__ import annotations

from sandbox.books import Refused

OK = 200
TOO_FAST = 1020025
"""The one code of which public clients know."""
BAD_QUERY, NO_OBJECT, NO_RECORD, NO_FIELD, REFUSED, IN_USE, LOCKED = range(990001, 990008)
"""Invented: nobody tells these."""
CODES = {"missing": NO_RECORD, "unknown": NO_OBJECT, "unique": IN_USE}


class Refusal(Exception):
    """Nothing is done."""

    def __init__(self, code: int, message: str, status: int = 200) -> None:
        super().__init__(f"{code} {message}")
        self.code, self.message, self.status = code, message, status


def refusal_of(refused: Refused) -> Refusal:
    """What the books refused, with a code."""
    words = {
        "missing": f"数据[{refused.value}]不存在",
        "unknown": f"对象[{refused.form}]不存在",
        "required": f"{refused.field}：必填",
        "length": f"{refused.field}：长度超出限制",
        "option": f"{refused.field}：选项值[{refused.value}]不存在",
        "reference": f"{refused.field}：关联的数据不存在",
        "unique": f"{refused.field}：[{refused.value}]已存在",
    }
    told = words.get(refused.kind, f"{refused.field}：值[{refused.value}]不正确")
    return Refusal(CODES.get(refused.kind, REFUSED), told)
