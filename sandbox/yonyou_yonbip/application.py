"""The simulated tenant of 用友 YonBIP: its gateway, what may go wrong today, and the answer."""

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

from .archives import Archives
from .auth import APP_KEY, APP_SECRET, ROUTE, SUITE_TOKEN, TENANT, TOKEN, Auth
from .changes import Changes
from .faults import SYSTEM_FAULTS, TIMED_OUT, TOO_FAST, Fault, no_such_api, worded
from .forms import FORMS
from .lifecycle import Lifecycle
from .listings import LISTINGS
from .lists import Lists
from .load import load
from .people import People
from .resubmit import Resubmitted
from .routes import route
from .saving import API, Saving
from .service import Service
from .showing import Showing

SECRET = "YONYOU_APP_SECRET"  # noqa: S105 - the name of an environment variable
FIRST = 2_479_299_821_090_000_001
"""Keys have 19 digits: more than a double can hold."""
MINUTE, CALLS = 60.0, 60
"""Calls of one interface in a minute."""


class YonBipSandbox(Application):
    """One tenant, filled from a company."""

    system = "yonyou_yonbip"

    def __init__(self, company: Company | None = None, options: Options | None = None) -> None:
        options = options or Options()
        super().__init__(seed=options.seed)
        self.switches = {
            "tenant": TENANT,
            "visible_after": 0,
            "numbering": options.numbering,
            "limits": "on" if options.limits == "vendor" else "off",
            "workflow": [],
            "one_token": True,
            "burnt_keys": True,
            "duplicate_code": "10004",
            "define_filter": "works",
            "in_everywhere": False,
            "submit_audits": False,
            "change_takes_effect": True,
            "progress_moves_stamp": False,
        }
        self.books = Books(FORMS.values(), self.clock, self.ledger, self.switches, first=FIRST)
        load(self.books, company or Company(name="测试租户"))
        self.auth = Auth(self.clock, self.switches, Random(options.seed))
        lifecycle = Lifecycle(self.books, self.switches)
        showing = Showing(self.books, lifecycle.flows)
        saving = Saving(self.books, self.switches)
        changes = Changes(self.books, saving, self.switches)
        self._service = Service(
            self.books,
            showing,
            Lists(self.books, showing, self.switches),
            Archives(self.books, saving, showing),
            saving,
            lifecycle,
            changes,
            Resubmitted(self.clock, self.switches),
            self.faults,
        )
        self._showing = showing
        self._people = People(self.books, saving, lifecycle, changes, self.switches)
        self._recent: dict[str, deque[float]] = {}

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        settings = {
            "adapter": self.system,
            "base_url": url,
            "tenant_id": self.switches["tenant"],
            "app_key": APP_KEY,
            "app_secret": f"${{env:{SECRET}}}",
            "timezone": "Asia/Shanghai",
            "allow_insecure_http": ["127.0.0.1"],
            "numbering": self.switches["numbering"],
        }
        return settings, {SECRET: APP_SECRET}

    def people(self) -> Mapping[str, Callable[..., Any]]:
        return self._people.functions()

    def standing(self, form: str) -> list[dict[str, Any]]:
        return [self._showing.document(one) for one in self.books.live(form).values()]

    def name_call(self, request: Request) -> tuple[str, str]:
        if request.route == ROUTE:
            return "route", ""
        if request.route in (TOKEN, SUITE_TOKEN):
            return "token", ""
        return route(request.route) or ("unknown", "")

    def answer(self, request: Request, operation: str, form: str) -> Response:
        try:
            if operation == "route":
                return json_response(_let_in(self.auth.route(request)))
            if operation == "token":
                return json_response(_let_in(self.auth.token(request)))
            return self._business(request, operation, form)
        except Fault as fault:
            return fault.answer()
        except Refused as refused:
            return worded(refused).answer()

    def _business(self, request: Request, operation: str, form: str) -> Response:
        if operation == "unknown":
            raise no_such_api(request.route)
        if text := self._spoilt(operation, form):
            return Response(200, text.encode(), content_type="text/plain; charset=utf-8")
        self.auth.admit(request)
        self._count(request.route)
        try:
            body = from_json(request.body) if request.body else {}
        except NotJson:
            raise Fault("310002", "请求体不是合法的JSON") from None
        data = self._service.do(operation, form, body, request.query, API)
        if self.faults.pick(operation, form, system="late_timeout"):
            raise TIMED_OUT
        code: Any = 200 if form in LISTINGS and LISTINGS[form].whole_code else "200"
        return json_response({"code": code, "message": "操作成功", "data": data})

    def _spoilt(self, operation: str, form: str) -> str:
        """What goes wrong today before anything is done."""
        if self.faults.pick(operation, form, system="token_text"):
            self.auth.end_all()
            return "非法token"
        for name, fault in SYSTEM_FAULTS.items():
            if self.faults.pick(operation, form, system=name):
                if name == "token_expired":
                    self.auth.end_all()
                raise fault
        return ""

    def _count(self, path: str) -> None:
        if self.switches["limits"] != "on":
            return
        now, recent = self.clock.now().timestamp(), self._recent.setdefault(path, deque())
        while recent and recent[0] <= now - MINUTE:
            recent.popleft()
        if len(recent) >= CALLS:
            raise TOO_FAST
        recent.append(now)


def _let_in(data: Any) -> dict[str, Any]:
    return {"code": "00000", "message": "成功！", "data": data}
