"""The simulated account set of 金蝶云星辰: its gateway, what may go wrong today, and the answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
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

from .auth import ACCOUNT, AUTHORISE, CLIENT_ID, CLIENT_SECRET, INSTANCE, TOKEN, Auth
from .faults import NO_PATH, SYSTEM_ERROR, SYSTEM_FAULTS, TOO_MANY, Fault, business, missing, worded
from .forms import ENTITIES, FORMS, SAVED
from .lifecycle import Lifecycle
from .lists import Lists
from .load import load
from .people import People
from .saving import API, Saving
from .showing import Showing

SECRET = "KINGDEE_CLIENT_SECRET"  # noqa: S105 - the name of an environment variable
FIRST = 1_500_000_000_000_000_001
"""Keys have 19 digits: more than a double can hold."""
PREFIX, OPERATE = "/jdy/v2/", "sys/common_operate"
MINUTE, CALLS = 60.0, 500
"""Calls of an account set in a minute."""


class XingchenSandbox(Application):
    """One account set, filled from a company."""

    system = "kingdee_xingchen"

    def __init__(self, company: Company | None = None, options: Options | None = None) -> None:
        options = options or Options()
        super().__init__(seed=options.seed)
        self.switches = {
            "accounts": {ACCOUNT: 1},
            "visible_after": 0,
            "numbering": options.numbering,
            "limits": "on" if options.limits == "vendor" else "off",
            "one_token": True,
            "texts": True,
            "lists": "short",
            "plain_text": False,
            "new_is_modified": False,
            "steps_modify": False,
            "tasks_by": "made",
            "edits": True,
            "omitted": "emptied",
            "rows_left_out": "dropped",
            "amounts": "reckoned",
        }
        self.books = Books(FORMS.values(), self.clock, self.ledger, self.switches, first=FIRST)
        saving = Saving(self.books, self.switches)
        load(self.books, company or Company(name="测试账套"))
        self.auth = Auth(self.clock, self.switches)
        self._showing = Showing(self.books, self.switches)
        self._lists = Lists(self.books, self._showing, self.switches)
        self._saving = saving
        self._lifecycle = Lifecycle(self.books, self.switches)
        self._people = People(self.books, saving, self._lifecycle, self.switches)
        self._recent: deque[float] = deque()

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        settings = {
            "adapter": self.system,
            "base_url": url,
            "client_id": CLIENT_ID,
            "client_secret": f"${{env:{SECRET}}}",
            "outer_instance_id": INSTANCE,
            "timezone": "Asia/Shanghai",
            "allow_insecure_http": ["127.0.0.1"],
        }
        return settings, {SECRET: CLIENT_SECRET}

    def people(self) -> Mapping[str, Callable[..., Any]]:
        return self._people.functions()

    def standing(self, form: str) -> list[dict[str, Any]]:
        return [self._showing.document(one) for one in self.books.live(form).values()]

    def name_call(self, request: Request) -> tuple[str, str]:
        if request.route in (AUTHORISE, TOKEN):
            return ("authorise" if request.route == AUTHORISE else "token"), ""
        path = request.route.removeprefix(PREFIX)
        if path == OPERATE:
            body = _body(request)
            form = ENTITIES.get(str(body.get("entity_number")), "")
            return str(body.get("operate_type") or "unknown"), form
        form = path.removesuffix("_detail")
        if form not in FORMS or not request.route.startswith(PREFIX):
            return "unknown", ""
        if request.method == "POST":
            return ("save" if path == form and form in SAVED else "unknown"), form
        return ("list" if path == form else "detail"), form

    def answer(self, request: Request, operation: str, form: str) -> Response:
        try:
            self.auth.check(request)
            if operation == "authorise":
                return _success(self.auth.authorise(request))
            if operation == "token":
                return _success(self.auth.token(request))
            return _success(self._business(request, operation, form))
        except Fault as fault:
            return fault.answer()
        except Refused as refused:
            return worded(refused).answer()
        except NotJson:
            return business("请求体不是合法的JSON").answer()

    def _business(self, request: Request, operation: str, form: str) -> Any:
        if operation == "unknown":
            raise NO_PATH
        self._spoil(operation, form)
        self.auth.admit(request)
        self._count()
        data = self._done(request, operation, form)
        if self.faults.pick(operation, form, system="late_system_error"):
            raise SYSTEM_ERROR
        return data

    def _done(self, request: Request, operation: str, form: str) -> Any:
        # The vendor's own SDK sends what lists filter by as the body of a GET.
        given = {**_body(request), **request.query}
        if operation == "list":
            return self._lists.page(form, given)
        if operation == "detail":
            return self._showing.document(self._asked(form, given))
        if operation == "save":
            made = self._saving.save(form, _body(request), API)
            return {"ids": [made.key], "id_number_map": {made.key: made.number}}
        return self._operated(operation, form, _body(request))

    def _asked(self, form: str, query: Mapping[str, Any]) -> Record:
        if "number" in query:
            found = self.books.having(form, FORMS[form].number, query["number"])
            if not found:
                raise missing(query["number"], "number")
            return found[0]
        record = self.books.live(form).get(str(query.get("id")))
        if record is None:
            raise missing(str(query.get("id")))
        return record

    def _operated(self, operation: str, form: str, body: Mapping[str, Any]) -> dict[str, Any]:
        act = self._lifecycle.operations.get(operation)
        if act is None or not form:
            raise business(f"操作{operation}不支持")
        for key in body.get("ids") or ():
            record = self._asked(form, {"id": key})
            if not self.faults.pick(operation, form, system="not_done"):
                act(record, API)
        return {"ids": list(body.get("ids") or ())}

    def _spoil(self, operation: str, form: str) -> None:
        """What goes wrong today before anything is done."""
        for name, fault in SYSTEM_FAULTS.items():
            if self.faults.pick(operation, form, system=name):
                if name == "token_expired":
                    self.auth.end_all()
                if name == "secret_rotated":
                    self.auth.rotate()
                raise fault

    def _count(self) -> None:
        if self.switches["limits"] != "on":
            return
        now = self.clock.now().timestamp()
        while self._recent and self._recent[0] <= now - MINUTE:
            self._recent.popleft()
        if len(self._recent) >= CALLS:
            raise TOO_MANY
        self._recent.append(now)


def _success(data: Any) -> Response:
    return json_response({"errcode": 0, "description": "success", "data": data})


def _body(request: Request) -> dict[str, Any]:
    body = from_json(request.body) if request.body else {}
    return body if isinstance(body, dict) else {}
