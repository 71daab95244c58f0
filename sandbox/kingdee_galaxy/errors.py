"""Refusals and the envelopes that carry them.

Business errors are HTTP 200 with `Result.ResponseStatus`; `ErrorCode` is always 500 and
`MsgCode` is the useful one. Only a malformed envelope, an unknown account set and an unknown
address have another HTTP status.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class MsgCode(IntEnum):
    """The official table of the manual's chapter 6."""

    DEFAULT = 0
    CONTEXT_LOST = 1
    NO_PERMISSION = 2
    OPERATION_EMPTY = 3
    EXCEPTION = 4
    ID_EMPTY = 5
    DATABASE = 6
    LICENCE = 7
    PARAMETER = 8
    FIELD_NOT_FOUND = 9
    DATA_NOT_FOUND = 10
    VALIDATION = 11
    NOT_OPERABLE = 12
    NETWORK_CONTROL = 13
    CALL_LIMIT = 14


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of `Errors`."""

    message: str
    field: str | None = None


class Refused(Exception):
    """The server says no; nothing was changed."""

    def __init__(self, code: MsgCode, *problems: Problem | str) -> None:
        self.code = code
        self.problems = tuple(p if isinstance(p, Problem) else Problem(p) for p in problems)
        super().__init__("; ".join(problem.message for problem in self.problems))


class HttpFailure(Exception):
    """An answer below the business layer: another status, and text instead of JSON."""

    def __init__(self, status: int, text: str) -> None:
        self.status, self.text = status, text
        super().__init__(text)


def unknown_form(form_id: str) -> Refused:
    return Refused(MsgCode.EXCEPTION, f"标识为“{form_id}”的业务对象不存在，或者被删除")


def unknown_field(key: str) -> Refused:
    return Refused(MsgCode.FIELD_NOT_FOUND, Problem(f"元数据中标识为{key}的字段不存在", None))


def session_lost() -> Refused:
    """The same words for an expired session and for wrong credentials, in any language."""
    return Refused(MsgCode.CONTEXT_LOST, "会话信息已丢失，请重新登录")


@dataclass(slots=True)
class Outcome:
    """What became of each record of a call: `Errors` and `SuccessEntitys` side by side."""

    done: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    code: MsgCode = MsgCode.DEFAULT

    def success(self, key: int | str, number: str, index: int) -> None:
        self.done.append({"Id": key, "Number": number, "DIndex": index})

    def failure(self, refused: Refused, index: int = 0) -> None:
        self.code = refused.code
        self.errors += errors_of(refused.problems, index)

    def status(self) -> dict[str, Any]:
        """The `ResponseStatus`; a partial failure is a failure (the manual does not say)."""
        head = {"ErrorCode": 500, "IsSuccess": False} if self.errors else {"IsSuccess": True}
        return {
            **head,
            "Errors": self.errors,
            "SuccessEntitys": self.done,
            "SuccessMessages": [],
            "MsgCode": int(self.code),
        }

    def result(self, **more: Any) -> dict[str, Any]:
        return {"Result": {"ResponseStatus": self.status(), **more}}


def errors_of(problems: Sequence[Problem], index: int) -> list[dict[str, Any]]:
    return [{"FieldName": p.field, "Message": p.message, "DIndex": index} for p in problems]


def failure_envelope(refused: Refused) -> dict[str, Any]:
    """A call that failed as a whole."""
    outcome = Outcome()
    outcome.failure(refused)
    return outcome.result()
