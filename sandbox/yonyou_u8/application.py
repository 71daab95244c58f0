"""The simulated relay of 用友 U8+ with one enterprise's account set behind it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from sandbox.books import Books, Record, Refused
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

from .auth import APP_KEY, APP_SECRET, CALLER, ENTERPRISE, Auth
from .faults import (
    NO_AGENT,
    PLATFORM,
    SYSTEM_FAULTS,
    TOO_FAST,
    Fault,
    business,
    nothing_found,
    worded,
)
from .forms import CUSTOMER, FORMS, LISTINGS, ORDER
from .jobs import Jobs
from .lists import Lists
from .load import load
from .people import People
from .saving import API, Saving
from .showing import Showing

SECRET = "YONYOU_APP_SECRET"  # noqa: S105 - the name of an environment variable
MINUTE, CALLS = 60.0, 300
"""Calls in a minute, where limits are on; nobody knows the real figure."""
STEPS = ("verify", "unverify", "close")
LISTED = {listing.resource: form for form, listing in LISTINGS.items()}
SYSTEM = {"/system/token": "token", "/system/tradeid": "tradeid", "/result": "result"}


class U8Sandbox(Application):
    """One account set, filled from a company."""

    system = "yonyou_u8"

    def __init__(self, company: Company | None = None, options: Options | None = None) -> None:
        options = options or Options()
        super().__init__(seed=options.seed)
        self.switches = {
            "enterprise": ENTERPRISE,
            "visible_after": 0,
            "numbering": options.numbering,
            "limits": "on" if options.limits == "vendor" else "off",
            "workflow": [],
            "one_token": True,
            "repeated": "refused",
            "burnt_ids": True,
            "pending": 1,
            "ping_after": 3,
            "agent": "on",
            "bounds": "open",
            "empty_is_error": True,
            "list_order": "code",
            "define_filter": "works",
            "price_places": 8,
        }
        self.books = Books(FORMS.values(), self.clock, self.ledger, self.switches, first=1_000_001)
        load(self.books, company or Company(name="测试账套"))
        self.auth = Auth(self.clock, self.switches, Random(options.seed))
        self._showing = Showing(self.books)
        self._lists = Lists(self.books, self._showing, self.switches)
        self._saving = Saving(self.books, self.switches)
        self._jobs = Jobs(self.switches, self.auth.fresh)
        self._people = People(self.books, self._saving)
        self._recent: deque[float] = deque()

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        settings = {
            "adapter": self.system,
            "base_url": url,
            "from_account": CALLER,
            "to_account": self.switches["enterprise"],
            "app_key": APP_KEY,
            "app_secret": f"${{env:{SECRET}}}",
            "user_id": "demo",
            "timezone": "Asia/Shanghai",
            "allow_insecure_http": ["127.0.0.1"],
            "numbering": self.switches["numbering"],
        }
        return settings, {SECRET: APP_SECRET}

    def people(self) -> Mapping[str, Callable[..., Any]]:
        return self._people.functions()

    def standing(self, form: str) -> list[dict[str, Any]]:
        return [self._showing.whole(one) for one in self.books.live(form).values()]

    def name_call(self, request: Request) -> tuple[str, str]:
        if request.route in SYSTEM:
            return SYSTEM[request.route], ""
        _, _, path = request.route.partition("/api/")
        resource, _, verb = path.partition("/")
        if verb == "batch_get" and resource in LISTED:
            return "list", LISTED[resource]
        known = resource in FORMS and verb in ("get", "add", "edit", *STEPS)
        return (verb, resource) if known else ("unknown", resource)

    def answer(self, request: Request, operation: str, form: str) -> Response:
        try:
            return json_response(self._answered(request, operation, form))
        except Fault as fault:
            return fault.answer()
        except Refused as refused:
            return worded(refused).answer()

    def _answered(self, request: Request, operation: str, form: str) -> Mapping[str, Any]:
        fine = {"errcode": "0", "errmsg": ""}
        self._jobs.run()
        if operation == "token":
            return fine | self.auth.token(request.query)
        if operation == "result":
            return self._jobs.result(request.query.get("requestid", ""))
        self._spoil(operation, form)
        if operation == "tradeid":
            return fine | self.auth.trade(request.query)
        self.auth.admit(request.query)
        self._count()
        if operation == "unknown":
            raise business("没有该接口")
        if operation in ("list", "get"):
            return fine | self._read(operation, form, request.query)
        done = self._write(request, operation, form)
        if self.faults.pick(operation, form, system="late_platform_error"):
            raise PLATFORM
        return done

    def _read(self, operation: str, form: str, query: Mapping[str, str]) -> dict[str, Any]:
        if self.switches["agent"] != "on":
            raise NO_AGENT
        if operation == "list":
            return self._lists.page(form, query)
        return {form: self._showing.whole(self._asked(form, query.get("id", "")))}

    def _asked(self, form: str, key: str) -> Record:
        """What a single record is asked for by: its code, of stock documents their own id."""
        if LISTINGS[form].key == "id":
            found = [self.books.live(form)[key]] if key in self.books.live(form) else []
        else:
            found = self.books.having(form, FORMS[form].number, key)
        shown = [one.seen(self.clock.now()) for one in found]
        if not shown or shown[0] is None:
            raise nothing_found(FORMS[form].label)
        return shown[0]

    def _write(self, request: Request, operation: str, form: str) -> dict[str, Any]:
        try:
            body = from_json(request.body)[form]
        except (*NotJson, KeyError, TypeError):
            raise Fault("20102", "请求体格式不正确") from None
        home = f"http://{request.headers.get('host', '127.0.0.1')}"
        return self._jobs.take(
            f"{form}/{operation}", request.query, lambda: self._done(operation, form, body), home
        )

    def _done(self, operation: str, form: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if operation in ("add", "edit"):
            if form not in (ORDER, CUSTOMER):
                raise business("没有该接口")
            record = getattr(self._saving, operation)(form, body)
        else:
            record = self._saving.named(form, str(body.get("voucher_code", "")))
            if not (body.get("person_code") or body.get("user_id")):
                raise business("审核人不能为空")
            getattr(self._saving, operation)(record, API)
        return {"id": record.number}

    def _spoil(self, operation: str, form: str) -> None:
        """What goes wrong today before anything is done."""
        for name, fault in SYSTEM_FAULTS.items():
            if self.faults.pick(operation, form, system=name):
                if name == "token_expired":
                    self.auth.end_all()
                raise fault

    def _count(self) -> None:
        if self.switches["limits"] != "on":
            return
        now = self.clock.now().timestamp()
        while self._recent and self._recent[0] <= now - MINUTE:
            self._recent.popleft()
        if len(self._recent) >= CALLS:
            raise TOO_FAST
        self._recent.append(now)
