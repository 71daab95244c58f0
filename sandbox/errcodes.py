"""Systems that say by an `errcode`, always under HTTP 200, what became of a call: what they share.

So do DingTalk and WeCom. A refusal may repeat the address that was asked, secrets and all.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from .server import Application, Request, Response, json_response

Refused = tuple[int, str]
"""`errcode` and `errmsg`."""


class Refusal(Exception):
    """`Refusal(errcode, errmsg)`: what is answered instead of `ok`."""


class ErrcodeSandbox(Application):
    """Such a system: subclass it and say what it does."""

    system_faults: ClassVar[Mapping[str, Refused]]
    """Refusals by the name of the fault; `{address}` in their words becomes what was asked."""

    @abstractmethod
    def work(self, request: Request, operation: str) -> Mapping[str, Any]:
        """Do what was asked for; what the answer says besides `ok`. Raises Refusal."""

    def answer(self, request: Request, operation: str, form: str) -> Response:
        if operation == "unknown":
            return Response(404, b"not found", content_type="text/plain")
        try:
            self._fail(request, operation, form)
            told = self.work(request, operation)
        except Refusal as refusal:
            code, words = refusal.args
            return json_response({"errcode": code, "errmsg": words})
        return json_response({"errcode": 0, "errmsg": "ok", **told})

    def _fail(self, request: Request, operation: str, form: str) -> None:
        for name, (code, words) in self.system_faults.items():
            if self.faults.pick(operation, form, system=name):
                raise Refusal(code, words.replace("{address}", request.path))
