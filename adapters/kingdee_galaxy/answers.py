"""What the server's answers mean: one shape for all of them, and errors by what is done.

Business errors are HTTP 200. The `ResponseStatus` says which records succeeded and which did
not; the reason may also sit in `Result.Message`, and a query wraps it all in two lists.
`ErrorCode` is always 500; `MsgCode` is the useful one, but is 0 for many failures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector import exact
from connector.errors import (
    AccessDenied,
    AdapterError,
    AlreadyExists,
    Changed,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.messages import say

CONTEXT_LOST, NO_PERMISSION, NOT_FOUND, NETWORK_CONTROL, CALL_LIMIT = 1, 2, 10, 13, 14
DENIED = frozenset({NO_PERMISSION, 7, 15})
"""No permission, no licence, the administrator may not log in."""
OF_THE_CALL = DENIED | {NETWORK_CONTROL, CALL_LIMIT}
"""Codes that refuse a call before its records are looked at; they too say `DIndex` 0."""
CALM_DOWN = 60.0
"""Seconds to stay away after the call limit; the server gives no figure."""
SHOWN = 2_000
"""Characters of an answer that errors carry."""

_NO_RIGHT = re.compile("没有.{0,40}权限")
_LATER = re.compile("请?稍[后候]再?(试|重试|使用|操作)|请重试")
_TAKEN = re.compile(r"唯一.*?\[(?P<value>[^\]]*)\].*?已经?被?使用")


class SessionLost(Exception):
    """MsgCode 1: the call was refused before anything was done, for want of a session."""


class Garbled(Exception):
    """A status that says nothing: no success flag, or nothing stands where it should."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One line of `Errors`."""

    text: str
    field: str = ""
    index: int | None = None
    """Position of the record in the call."""


@dataclass(frozen=True, slots=True)
class Success:
    """One line of `SuccessEntitys`."""

    key: str
    number: str
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the records of one call."""

    ok: bool
    code: int
    done: Sequence[Success]
    refused: Sequence[Refusal]
    result: Mapping[str, Any]
    """The answer's `Result`, for what else is in it."""

    def error(self, refused: Sequence[Refusal] = ()) -> AdapterError:
        """The error of the whole call, or of some of its records."""
        lines = refused or self.refused
        text = "; ".join(dict.fromkeys(line.text for line in lines)) or self._message()
        field = next((line.field for line in lines if line.field), "")
        answer = text if refused else shown(self.result)
        return classified(self.code, text, field, answer=answer)

    def of(self, keys: Sequence[str]) -> dict[str, AdapterError | None]:
        """What became of each of the records that the call named, by their key."""
        done = {success.key for success in self.done}
        return {
            key: None if key in done else self._at(index, len(keys))
            for index, key in enumerate(keys)
        }

    def _at(self, index: int, count: int) -> AdapterError | None:
        if count > 1:
            error = self.missing(index)
        elif self.ok and not self.refused:
            return None
        else:
            error = self.error()
        if error.code == str(NOT_FOUND):
            # The record or a row of it: both stood there when we looked.
            return Changed(error.words, code=error.code, answer=error.answer)
        return error

    def missing(self, index: int) -> AdapterError:
        """Why the record at `index` is not among those that succeeded."""
        mine = [line for line in self.refused if line.index == index]
        if mine or self._refused_as_a_whole():
            return self.error(mine)
        return OutcomeUnknown(say("kingdee_no_result"), answer=shown(self.result))

    def _refused_as_a_whole(self) -> bool:
        """Nothing was done, for a reason that is no single record's."""
        placed = any(line.index is not None for line in self.refused)
        return not self.ok and not self.done and (self.code in OF_THE_CALL or not placed)

    def _message(self) -> str:
        """`Result.Message` without its stack trace."""
        text = str(self.result.get("Message") or "").partition("\n   at ")[0]
        return text.strip() or str(say("kingdee_no_reason"))


def outcome_of(body: Any) -> Outcome | None:
    """The outcome in an answer; None where it carries no status (query rows, View).

    Raises SessionLost, Garbled.
    """
    while isinstance(body, list) and len(body) == 1:
        body = body[0]
    result = body.get("Result") if isinstance(body, dict) else None
    status = result.get("ResponseStatus") if isinstance(result, dict) else None
    if not isinstance(result, dict) or not isinstance(status, dict):
        return None
    try:
        ok, code = _flag(status.get("IsSuccess")), _whole(status.get("MsgCode") or 0)
        done = [_success(line) for line in status.get("SuccessEntitys") or ()]
        refused = [_refusal(line) for line in status.get("Errors") or ()]
    except (AttributeError, TypeError, ValueError):
        raise Garbled(shown(result)) from None
    if code == CONTEXT_LOST and not ok:
        raise SessionLost(shown(result))
    return Outcome(ok, code, done, refused, result)


def made_of(body: Any) -> str:
    """The key of what the change service made: `{IsSuccess, Message, Datas: [{FID, …}]}`, or the
    status of every other call. Raises what it refuses."""
    try:
        answer = exact.loads(body) if isinstance(body, str) else body
        if (outcome := outcome_of(answer)) is not None and not outcome.ok:
            raise outcome.error()
        names = {name.lower(): value for name, value in answer.items()}
        ok, made = _flag(names.get("issuccess")), names.get("datas") or [{}]
        key = str(made[0].get("FID") or "")
    except (AttributeError, LookupError, TypeError, ValueError, Garbled):
        raise OutcomeUnknown(say("kingdee_no_result"), answer=shown(body)) from None
    if not ok:
        text = str(names.get("message") or "") or str(say("kingdee_no_reason"))
        raise classified(0, text, answer=shown(body))
    if not key.isdigit():
        raise OutcomeUnknown(say("kingdee_no_result"), answer=shown(body))
    return key


def classified(code: int, text: str, field: str = "", *, answer: str = "") -> AdapterError:
    """The error class of a refusal; `text` stays the remote's own."""
    seen = str(code)
    if code in DENIED or _NO_RIGHT.search(text):
        return AccessDenied(text, code=seen, answer=answer)
    if code == NETWORK_CONTROL:
        return Locked(text, code=seen, answer=answer)
    if code == CALL_LIMIT:
        return Unreachable(text, retry_after=CALM_DOWN, code=seen, answer=answer)
    if _TAKEN.search(text):
        return AlreadyExists(text, code=seen, answer=answer)
    if code in (0, 6) and _LATER.search(text):
        return Transient(text, code=seen, answer=answer)
    return Rejected(text, field=field, code=seen, answer=answer)


def taken_value(text: str) -> str:
    """The value that a uniqueness refusal names."""
    match = _TAKEN.search(text)
    return match["value"] if match else ""


def shown(body: Any) -> str:
    """An answer as text, capped."""
    return exact.dumps(body, default=str)[:SHOWN]


def _flag(value: Any) -> bool:
    """True or false, or their names."""
    name = str(value).lower()
    if name not in ("true", "false"):
        raise ValueError(name)
    return name == "true"


def _success(line: Mapping[str, Any]) -> Success:
    key = line.get("Id")
    if not isinstance(key, str | int | None) or isinstance(key, bool):
        raise TypeError(type(key).__name__)
    return Success(str(key or ""), str(line.get("Number") or ""), _index(line))


def _refusal(line: Mapping[str, Any]) -> Refusal:
    return Refusal(str(line.get("Message") or ""), str(line.get("FieldName") or ""), _index(line))


def _index(line: Mapping[str, Any]) -> int | None:
    index = line.get("DIndex")
    return _whole(index) if index is not None else None


def _whole(value: Any) -> int:
    """A whole number, or its digits."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError(type(value).__name__)
    return int(value)
