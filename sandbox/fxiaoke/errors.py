"""How Fxiaoke refuses: always HTTP 200, the reason as `errorCode` in the body."""

from __future__ import annotations

BUSY = -1
SYSTEM_ERROR = -2
"""Also what a body of an unforeseen shape comes to."""
MISSING_SECRET = 10006
"""The code table says "missing scope"; a wrong appSecret really answers this (probed)."""
OUT_OF_RANGE = 10013
TOO_MANY_CALLS = 14001
UNKNOWN_APP = 20006
UNKNOWN_PERMANENT_CODE = 20015
BAD_TOKEN = 20016
NO_AUTHENTICATION = 20017
"""The code table says "corpId unknown"; a call without any token answers it too (probed)."""
QUOTA_USED = 30002
UNKNOWN_EMPLOYEE = 30027
BAD_PARAMETER = 32000
SERVICE_ERROR = 50009
"""A timeout inside, and also what a locked record answers: the outcome says nothing."""


class Refusal(ValueError):
    """The call is refused. Messages are for people: clients are told not to branch on them."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def bad_parameter(message: str) -> Refusal:
    return Refusal(BAD_PARAMETER, message)
