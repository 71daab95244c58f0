"""What a status means for us, and the words beside it: the header `X-Status-Reason`, and a body
that may be JSON, empty or a page of HTML.

401 and failures of the server never come here.
"""

from __future__ import annotations

from typing import Any

from connector import exact
from connector.contract import Answer
from connector.errors import (
    AccessDenied,
    AdapterError,
    AlreadyExists,
    Changed,
    Gone,
    Locked,
    Rejected,
)

FORBIDDEN = 403
"""The role does not allow it: of all records, or of this one."""
SHOWN = 2_000
"""Characters of an answer that errors carry."""


def error_of(answer: Answer) -> AdapterError | None:
    """The error that the answer about a whole entity type is; None if it is none."""
    if answer.status < 300:
        return None
    refused = Rejected if answer.status == 400 else AccessDenied
    return refused(_words(answer), code=str(answer.status), answer=answer.text()[:SHOWN])


def record_error_of(answer: Answer) -> AdapterError | None:
    """The error that the answer about one record is; None if it is none. Nothing was done then."""
    status, reason = answer.status, _reason(answer)
    if status < 300:
        return None
    words, code, text = _words(answer), str(status), answer.text()[:SHOWN]
    if status == 404:
        return Gone(words, code=code, answer=text)
    if status == 409 and reason == "duplicate":
        return AlreadyExists(words, key=_first(_body(answer)), code=code, answer=text)
    if status == 409 and reason == "modified":
        return Changed(words, code=code, answer=text)
    if status == 409:
        # The documents know one more conflict: a record that is locked.
        return Locked(words, code=code, answer=text)
    return Rejected(words, field=_failure(answer)[0], code=code, answer=text)


def _words(answer: Answer) -> str:
    said = [_reason(answer), *_failure(answer), f"[{answer.status}]"]
    return " ".join(filter(None, said))


def _reason(answer: Answer) -> str:
    return answer.headers.get("X-Status-Reason", "")


def _failure(answer: Answer) -> tuple[str, str]:
    """The field that does not pass a validation, and which one."""
    body = _body(answer)
    told = body.get("messageTranslation") if isinstance(body, dict) else None
    data = told.get("data") if isinstance(told, dict) else None
    if not isinstance(data, dict):
        return "", ""
    return str(data.get("field") or ""), str(data.get("type") or "")


def _first(body: Any) -> str:
    """The key of the first of the records that the new one may repeat."""
    rows = body if isinstance(body, list) else []
    return next((str(row["id"]) for row in rows if isinstance(row, dict) and row.get("id")), "")


def _body(answer: Answer) -> Any:
    try:
        return exact.loads(answer.text())
    except exact.NotJson:
        return None
