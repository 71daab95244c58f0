"""Answers that say by an `errcode`, always under HTTP 200, what became of a call.

DingTalk and WeCom speak so. Zero alone is success, and a code that nobody named is a refusal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connector.contract import Answer
from connector.errors import (
    AccessDenied,
    AdapterError,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from connector.messages import say

DONE, BUSY = "0", "-1"
SHOWN = 2_000
"""Characters of an answer that errors carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """What the codes of one system mean, by what is done about them."""

    denied: frozenset[str]
    """Credentials, permission or address: nothing works until somebody mends it."""
    too_fast: frozenset[str]
    """Nothing is taken for a while."""
    pause: float | None = None
    """Seconds of that while; None: the system does not tell."""
    broken: frozenset[str] = frozenset()
    """The system itself failed: what was written may be there or not."""

    def judge(self, answer: Answer, *, writes: bool = True) -> dict[str, Any]:
        """The body of an answer that says it is done; otherwise raises what it means."""
        body, text = answer.json(), answer.text()[:SHOWN]
        found = body.get("errcode") if isinstance(body, dict) else None
        code = "" if found is None else str(found)
        if not code or (code == DONE and answer.status >= 300):
            raise (OutcomeUnknown if writes else Transient)(say("errcode_missing"), answer=text)
        if code != DONE:
            # The code stands with the words: these change, and people look for it.
            raise self._meaning(code, f"{code}: {body.get('errmsg') or ''}", text, writes=writes)
        return dict(body)

    def _meaning(self, code: str, words: str, text: str, *, writes: bool) -> AdapterError:
        if code in self.too_fast:
            return Unreachable(words, retry_after=self.pause, code=code, answer=text)
        if code in self.broken and writes:
            return OutcomeUnknown(words, code=code, answer=text)
        if code == BUSY or code in self.broken:
            return Transient(words, code=code, answer=text)
        kind = AccessDenied if code in self.denied else Rejected
        return kind(words, code=code, answer=text)
