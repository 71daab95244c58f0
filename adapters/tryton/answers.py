"""What the server's answers mean. Business errors come under HTTP 200, as a member `error`.

`["UserError", [message, description, domain]]` refuses; `["UserWarning", [name, message,
description]]` asks; `["ConcurrencyException", message]` says that a record changed meanwhile.
Whatever else went wrong comes as `[text, traceback]`: a mistake of the server, or a call that it
does not understand. All of them come before anything was kept; the last is not taken for proof.
"""

from __future__ import annotations

import re
from typing import Any

from adapters.tryton.settings import TrytonSettings
from connector import exact
from connector.errors import (
    AccessDenied,
    AdapterError,
    AlreadyExists,
    Changed,
    OutcomeUnknown,
    Rejected,
    Transient,
)
from connector.messages import say

SHOWN = 2_000
"""Characters of an answer that errors carry."""
_KIND = re.compile(r"^[0-9a-f]{32}\.|_-?\d+$")
"""What makes a prompt's name one of this very record."""


class Prompt(Rejected):
    """The server asks whether that is meant; nothing was done. Where nobody answers, a refusal."""

    def __init__(self, name: str, words: str) -> None:
        self.kind = _KIND.sub("", name)
        """As `accept` of a mapping names it."""
        super().__init__(words, code=self.kind)
        self.name = name


class Answers:
    """Reads the answers of one connection."""

    def __init__(self, settings: TrytonSettings) -> None:
        self._denied = re.compile(settings.denied_text)
        self._taken = re.compile(settings.taken_text)

    def result(self, body: Any, *, writes: bool = False) -> Any:
        """What the method returned. Raises what it did not, and Prompt."""
        if not isinstance(body, dict) or not body.keys() & {"result", "error"}:
            raise unclear(writes)(say("tryton_unrecognised"), answer=shown(body))
        if "error" not in body:
            return body["result"]
        match body["error"]:
            case ["UserError", [str(message), *more]]:
                raise self.refusal(message, more[0] if more else "", shown(body))
            case ["UserWarning", [str(name), str(message), *more]]:
                raise Prompt(name, _words(message, more[0] if more else ""))
            case ["ConcurrencyException", message, *_]:
                raise Changed(str(message), code="ConcurrencyException")
            case ["LoginException", *_]:
                raise AccessDenied(say("tryton_second_factor"), code="LoginException")
            case [str(text), *_]:
                words = say("tryton_failed", detail=text[:300])
                raise unclear(writes)(words, code="exception", answer=shown(body))
        raise unclear(writes)(say("tryton_unrecognised"), answer=shown(body))

    def refusal(self, message: str, description: Any, answer: str) -> AdapterError:
        """The error class of a refusal; its words stay the server's own."""
        words = _words(message, description)
        if self._denied.search(message):
            return AccessDenied(words, code="UserError", answer=answer)
        if self._taken.search(message):
            return AlreadyExists(words, code="UserError", answer=answer)
        return Rejected(words, code="UserError", answer=answer)


def unclear(writes: bool) -> type[OutcomeUnknown | Transient]:
    """What an answer is that says nothing."""
    return OutcomeUnknown if writes else Transient


def shown(body: Any) -> str:
    """An answer as text, capped."""
    return exact.dumps(body, default=str)[:SHOWN]


def _words(message: str, description: Any) -> str:
    """Both, on one line; Tryton keeps numbers and units together by a space of its own."""
    return " ".join(f"{message} {description or ''}".split())
