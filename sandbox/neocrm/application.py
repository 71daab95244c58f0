"""The sandbox itself: which path does what, and the envelope around every answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from sandbox.books import Books, People
from sandbox.company import Company
from sandbox.server import Application, NotJson, Request, Response, from_json, json_response

from .amounts import Amounts
from .errors import BAD_QUERY, OK, TOO_FAST, Refusal
from .forms import FORMS, TRADE
from .load import load
from .objects import Objects
from .queries import Queries
from .tokens import CLIENT_ID, CLIENT_SECRET, PASSWORD, PATHS, SECURITY_TOKEN, USERNAME, Tokens
from .values import Values

XOBJECTS, QUERY, XOQL = (
    "/rest/data/v2.0/xobjects/", "/rest/data/v2/query", "/rest/data/v2.0/query/xoql",
)  # fmt: skip
OPERATIONS = {"GET": "read", "POST": "create", "PATCH": "update", "DELETE": "delete"}
A_SECOND = 10
"""Calls with `limits="vendor"`; the vendor names no figure."""
SYSTEM_FAULTS = {"burst": (TOO_FAST, "调用过于频繁"), "busy": (990500, "系统繁忙")}
"""Refusals before anything is done. Besides: `token_expired`, after which no token is known."""

SWITCHES: dict[str, Any] = {
    "visible_after": 0.0,
    "lines_bump_order": False,
    "code_as_text": True,
    "ids_as_text": True,
    "amounts_as_text": True,
    "total_is_all": False,
    "quotes": "none",
    "order_is": "_order",
    "token_tells_more": False,
    "refused_status": 200,
    "private": False,
}
"""What is unknown or differs from one tenant to the next:

* `visible_after`: seconds until queries see a change; a record by its id is seen at once.
* `lines_bump_order`: a change of a line moves its order's stamp.
* `code_as_text`: XOQL answers `"200"`, not 200.
* `ids_as_text`, `amounts_as_text`: numbers that come as text.
* `total_is_all`: `totalSize` counts what matches, not the page.
* `quotes`: how a quote stands in a text: not at all (`none`), `double` or `backslash`.
* `order_is`: how queries call the object `order`.
* `token_tells_more`: a token comes with its life, the tenant and the tenant's address.
* `refused_status`: the HTTP status under which a token is refused.
* `private`: without `xsy-criteria: 10` queries show nothing that has an owner.
"""


class NeocrmSandbox(Application):
    """One tenant; `limits="vendor"` refuses what comes too fast."""

    system = "neocrm"

    def __init__(
        self, company: Company | None = None, *, limits: str = "off", seed: int = 1
    ) -> None:
        super().__init__(seed=seed)
        self.switches = dict(SWITCHES)
        self._limited = limits == "vendor"
        self._recent: deque[float] = deque(maxlen=A_SECOND)
        books = self._books = Books(
            FORMS, self.clock, self.ledger, self.switches, first=3628254003531750
        )
        self._values = Values(books, self.switches)
        amounts = Amounts(books, self.switches)
        books.computed = amounts.computed
        load(books, amounts, company or Company(name="空公司"))
        self._people = People(books, TRADE, amounts.follow)
        self._tokens = Tokens(self.clock, self.switches)
        self._queries = Queries(books, self._values, self.switches)
        self._objects = Objects(books, self._values, amounts)

    def name_call(self, request: Request) -> tuple[str, str]:
        if request.route in PATHS:
            return "token", ""
        if request.route in (QUERY, XOQL):
            words = _asked(request).split()
            after = [word.lower() for word in words].index("from") + 1 if "from" in words else 0
            return "query", words[after].lstrip("_") if after and after < len(words) else ""
        form, _, rest = request.route.removeprefix(XOBJECTS).partition("/")
        if rest in ("description", "busiType"):
            return rest, form
        return OPERATIONS.get(request.method, "unknown"), form

    def answer(self, request: Request, operation: str, form: str) -> Response:
        """Whatever happens comes as HTTP 200 with a code, but for tokens."""
        if operation == "token":
            return self._tokens.grant(request)
        if self.faults.pick(operation, form, system="token_expired"):
            self._tokens.revoke()
        if not self._tokens.knows(request):
            return json_response({"code": 401, "msg": "token失效"}, 401)
        try:
            for name, (code, message) in SYSTEM_FAULTS.items():
                if self.faults.pick(operation, form, system=name):
                    raise Refusal(code, message)
            self._count()
            payload = self._perform(request, operation, form)
        except Refusal as refusal:
            return json_response({"code": refusal.code, "msg": refusal.message})
        as_text = operation == "query" and request.route == XOQL and self.switches["code_as_text"]
        return json_response({"code": str(OK) if as_text else OK, "msg": "操作成功", **payload})

    def _count(self) -> None:
        now = self.clock.now().timestamp()
        if self._limited and len(self._recent) == A_SECOND and self._recent[0] > now - 1:
            raise Refusal(TOO_FAST, "调用过于频繁")
        self._recent.append(now)

    def _perform(self, request: Request, operation: str, form: str) -> dict[str, Any]:
        sees_all = not self.switches["private"] or request.headers.get("xsy-criteria") == "10"
        if request.route == QUERY:
            return self._queries.plain(_asked(request), sees_all=sees_all)
        if request.route == XOQL:
            simple = _form(request).get("useSimpleCode") == "true"
            return self._queries.xoql(_asked(request), simple=simple, sees_all=sees_all)
        if not request.route.startswith(XOBJECTS):
            raise Refusal(BAD_QUERY, f"接口[{request.route}]不存在")
        key = request.route.removeprefix(f"{XOBJECTS}{form}").lstrip("/")
        if key == "description":
            return {"data": self._objects.description(form)}
        if key == "busiType":
            return {"data": self._objects.record_types(form)}
        if key == "batch":
            return self._objects.batch(request.method, form, _body(request))
        return {"data": self._on_record(operation, form, key, request)}

    def _on_record(self, operation: str, form: str, key: str, request: Request) -> dict[str, Any]:
        if operation == "read":
            return self._objects.get(form, key)
        if operation == "delete":
            return self._objects.delete(form, key)
        data = _body(request).get("data")
        if not isinstance(data, dict):
            raise Refusal(BAD_QUERY, "参数data错误")
        if operation == "create":
            return self._objects.create(form, data)
        return self._objects.change(form, key, data)

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        settings = {
            "adapter": self.system,
            "base_url": url,
            "login_url": f"{url}{PATHS[0]}",
            "client_id": CLIENT_ID,
            "client_secret": "${env:NEOCRM_CLIENT_SECRET}",
            "username": USERNAME,
            "password": "${env:NEOCRM_PASSWORD}",
            "security_token": "${env:NEOCRM_SECURITY_TOKEN}",
            "timezone": "Asia/Shanghai",
            "allow_insecure_http": ["127.0.0.1"],
        }
        if not self._limited:
            settings["rate"] = ""
        return settings, {
            "NEOCRM_CLIENT_SECRET": CLIENT_SECRET,
            "NEOCRM_PASSWORD": PASSWORD,
            "NEOCRM_SECURITY_TOKEN": SECURITY_TOKEN,
        }

    def people(self) -> Mapping[str, Callable[..., Any]]:
        return self._people.functions()

    def standing(self, form: str) -> list[dict[str, Any]]:
        return [self._values.shown(record) for record in self._books.live(form).values()]


def _asked(request: Request) -> str:
    """The text of a query."""
    return request.query.get("q", "") if request.route == QUERY else _form(request).get("xoql", "")


def _form(request: Request) -> dict[str, str]:
    return {name: value[-1] for name, value in parse_qs(request.body.decode()).items()}


def _body(request: Request) -> dict[str, Any]:
    try:
        body = from_json(request.body)
    except NotJson:
        raise Refusal(BAD_QUERY, "请求不是JSON") from None
    if not isinstance(body, dict):
        raise Refusal(BAD_QUERY, "请求不是对象")
    return body
