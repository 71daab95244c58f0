"""Refusals as EspoCRM words them: a status, a reason in a header, and mostly no body."""

from __future__ import annotations

from typing import Any

from sandbox.books import Refused
from sandbox.server import Response, to_json

FAILURES = {"required": "required", "length": "maxLength", "option": "valid", "value": "valid"}
"""By what the books say, the validation that failed."""


class Refusal(Exception):
    """Nothing is done."""

    def __init__(self, status: int, reason: str = "", body: Any = None) -> None:
        super().__init__(f"{status} {reason}")
        self.status, self.reason, self.body = status, reason, body

    def response(self) -> Response:
        headers = {"X-Status-Reason": self.reason} if self.reason else {}
        body = b"" if self.body is None else to_json(self.body)
        return Response(self.status, body, headers)


def refusal_of(refused: Refused) -> Refusal:
    """What the books refused, in EspoCRM's words."""
    if refused.kind == "missing":
        return Refusal(404, "Record does not exist.")
    if refused.kind == "unknown":
        return Refusal(404, f"Controller '{refused.form}' does not exist.")
    if refused.kind == "reference":
        return Refusal(403)
    data = {"field": refused.field, "type": FAILURES.get(refused.kind, refused.kind)}
    told = {"label": "validationFailure", "scope": None, "data": data}
    return Refusal(400, "validationFailure", {"messageTranslation": told})
