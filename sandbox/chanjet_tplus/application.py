"""The simulated account set of 畅捷通 T+: its gateway, what may go wrong today, and the answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from sandbox.books import Books, Refused
from sandbox.company.model import Company
from sandbox.server import (
    Application,
    NotJson,
    Options,
    Request,
    Response,
    from_json,
    json_response,
)

from .auth import APP_KEY, APP_SECRET, CERTIFICATE, ORG, Auth
from .faults import BUSY, NO_SERVICE, SYSTEM_FAULTS, Fault, business, worded
from .forms import FORMS
from .lifecycle import Lifecycle
from .load import load
from .people import People
from .queries import Queries
from .saving import Saving
from .service import OLD, Service, route
from .showing import Showing

SECRETS = {"CHANJET_APP_SECRET": APP_SECRET, "CHANJET_CERTIFICATE": CERTIFICATE}
DOORS = {
    "/v1/common/auth/selfBuiltApp/generateToken": "token",
    "/auth/v2/refreshToken": "refresh",
    "/auth/appTicket/resend": "resend",
}
SECOND, CALLS = 1.0, 20
"""Calls in a second that are let through where limits are on; nobody knows the real figure."""


class TPlusSandbox(Application):
    """One account set, filled from a company."""

    system = "chanjet_tplus"

    def __init__(self, company: Company | None = None, options: Options | None = None) -> None:
        options = options or Options()
        super().__init__(seed=options.seed)
        self.switches = {
            "org": ORG,
            "visible_after": 0,
            "numbering": options.numbering,
            "limits": "on" if options.limits == "vendor" else "off",
            "messages": True,
            "one_token": True,
            "workflow": [],
            "external_codes": "unique",
            "external_search": "works",
            "missing": "error",
            "create_answer": "null",
            "update": "replaces",
            "change": "opens",
            "amounts": "reckoned",
            "row_versions": "base64",
            "numbers_are_texts": True,
            "page_cap": 100,
            "first_page": 0,
            "progress_moves_version": False,
        }
        self.books = Books(FORMS.values(), self.clock, self.ledger, self.switches)
        load(self.books, company or Company(name="测试账套"))
        self.auth = Auth(self.clock, self.switches, Random(options.seed))
        self._showing = Showing(self.books, self.switches)
        saving = Saving(self.books, self._showing, self.switches)
        lifecycle = Lifecycle(self.books, self.switches)
        queries = Queries(self.books, self._showing, self.switches)
        self._service = Service(self.books, queries, saving, lifecycle, self.switches)
        self._people = People(self.books, saving, lifecycle, self.switches, self.auth)
        self._recent: deque[float] = deque()

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        settings = {
            "adapter": self.system,
            "base_url": url,
            "org_id": self.switches["org"],
            "app_key": APP_KEY,
            **{name.partition("_")[2].lower(): f"${{env:{name}}}" for name in SECRETS},
            "ticket_file": str(self.auth.file),
            "timezone": "Asia/Shanghai",
            "allow_insecure_http": ["127.0.0.1"],
            "numbering": self.switches["numbering"],
        }
        return settings, dict(SECRETS)

    def people(self) -> Mapping[str, Callable[..., Any]]:
        return self._people.functions()

    def standing(self, form: str) -> list[dict[str, Any]]:
        return [self._showing.document(one) for one in self.books.live(form).values()]

    def name_call(self, request: Request) -> tuple[str, str]:
        if request.route in DOORS:
            return DOORS[request.route], ""
        return route(request.route) or ("unknown", "")

    def answer(self, request: Request, operation: str, form: str) -> Response:
        self.auth.pass_time()
        try:
            if operation in DOORS.values():
                return json_response(self._door(request, operation))
            return self._business(request, operation, form)
        except Fault as fault:
            return fault.answer()
        except Refused as refused:
            return worded(refused).answer()

    def _door(self, request: Request, operation: str) -> dict[str, Any]:
        if operation == "token":
            return self.auth.generate(request, _body(request))
        if operation == "refresh":
            return self.auth.refresh(request)
        self.auth.known(request)
        self.auth.push()
        return {"code": "200", "message": "success"}

    def _business(self, request: Request, operation: str, form: str) -> Response:
        for name, fault in SYSTEM_FAULTS.items():
            if self.faults.pick(operation, form, system=name):
                if name == "token_expired":
                    self.auth.end_all()
                raise fault
        self.auth.admit(request)
        self._count()
        if operation == "unknown":
            raise NO_SERVICE
        said = self._service.do(operation, form, _body(request))
        if self.faults.pick(operation, form, system="broken_after"):
            raise SYSTEM_FAULTS["broken"]
        return json_response(said if operation in OLD else _wrapped(said))

    def _count(self) -> None:
        if self.switches["limits"] != "on":
            return
        now = self.clock.now().timestamp()
        while self._recent and self._recent[0] <= now - SECOND:
            self._recent.popleft()
        if len(self._recent) >= CALLS:
            raise BUSY
        self._recent.append(now)


def _body(request: Request) -> dict[str, Any]:
    try:
        body = from_json(request.body) if request.body else {}
    except NotJson:
        raise business("请求体不是合法的JSON") from None
    return body if isinstance(body, dict) else {}


def _wrapped(data: Any) -> dict[str, Any]:
    return {"code": "0", "message": "", "data": data}
