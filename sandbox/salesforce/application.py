"""The sandbox itself: which path does what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sandbox.books import Books
from sandbox.company import Company
from sandbox.server import Application, NotJson, Request, Response, from_json, json_response

from .amounts import Amounts
from .auth import CONSUMER_KEY, CONSUMER_SECRET, Gate, OAuthError
from .describe import description
from .errors import BUSY, DAILY, NOT_FOUND, SESSION, Refusal
from .forms import FORMS, PREFIXES
from .ids import spelt
from .limits import ALLOWED, Limits
from .load import load
from .people import People
from .query import MOST, Queries
from .replication import changed
from .shown import DELETED, Shown
from .write import Writer

TOKEN = "/services/oauth2/token"  # noqa: S105 - an address
DATA = "/services/data"
VERSIONS = range(31, 68)
LONGEST_URI = 16_384
PATH = re.compile(rf"{DATA}/v(?P<version>\d+)\.0(?P<resource>/.*)?")
FROM = re.compile(r"\bFROM\s+(\w+)", re.I)
SYSTEM_FAULTS = {"busy": BUSY, "daily_limit": DAILY}
"""By name the refusal before anything is done. Besides: `session_lost` (every session ends, in the
middle), `row_lock` (of one record) and `locator_lost`."""

SWITCHES: dict[str, Any] = {
    "visible_after": 0.0,
    "rollups_move_stamp": False,
    "deletion_moves_stamp": False,
    "approval_locks": True,
    "duplicate_rule": False,
    "multi_currency": False,
    "batch": MOST,
    "daily_limit": ALLOWED,
    "others_used": 0,
}
"""What is unknown or differs from org to org:

* `visible_after`: seconds until queries see a change; only long transactions do that here.
* `rollups_move_stamp`: a change of a line moves its order's stamp.
* `deletion_moves_stamp`: a deleted record bears the time of its deletion.
* `approval_locks`: what is under approval cannot be written by us either.
* `duplicate_rule`: new accounts with the name of another are refused, unless told to be saved.
* `multi_currency`: the org has several currencies.
* `batch`: rows in an answer at most, whatever is asked for.
* `daily_limit`, `others_used`: calls of 24 hours, and what other programs use of them.
"""


class SalesforceSandbox(Application):
    """One org; `limits="vendor"` enforces the calls of a day."""

    system = "salesforce"

    def __init__(
        self, company: Company | None = None, *, limits: str = "off", seed: int = 1
    ) -> None:
        super().__init__(seed=seed)
        self.switches = dict(SWITCHES)
        forms = [replace(form, states=("", DELETED)) for form in FORMS]
        self._books = Books(forms, self.clock, self.ledger, self.switches, key=_key)
        self._shown = Shown(self._books, self.switches)
        amounts = Amounts(self._books, self.switches)
        self._books.computed = amounts.computed
        load(self._books, amounts, company or Company(name="空公司"))
        self._writer = Writer(self._books, self._shown, amounts, self.faults, self.switches)
        self._queries = Queries(self._books, self._shown, self.clock, self.switches)
        self._people = People(self._books, amounts, self._writer)
        self._limits = Limits(self.clock, self.switches, enforced=limits == "vendor")
        self.gate = Gate(self.clock)

    # -- naming -----------------------------------------------------------------------------

    def name_call(self, request: Request) -> tuple[str, str]:
        match = PATH.fullmatch(request.route)
        resource = (match["resource"] or "/") if match else ""
        first, _, rest = resource.strip("/").partition("/")
        if request.route == TOKEN:
            return "token", ""
        if first in ("query", "queryAll"):
            named = FROM.search(request.query.get("q", ""))
            return ("more" if rest else first), named[1] if named else ""
        if first == "sobjects" and rest:
            return self._on_object(request.method, *rest.strip("/").split("/"))
        if first == "composite":
            form = re.search(rb'"type"\s*:\s*"(\w+)"', request.body)
            operation = {"POST": "create", "PATCH": "update"}.get(request.method, "unknown")
            return operation, form[1].decode() if form else ""
        return first or "resources", ""

    def _on_object(self, method: str, form: str, *rest: str) -> tuple[str, str]:
        if rest and rest[0] in ("describe", "updated", "deleted"):
            return rest[0], form
        verbs = {"GET": "read", "POST": "create", "PATCH": "update", "DELETE": "delete"}
        return verbs.get(method, "unknown"), form

    # -- answering --------------------------------------------------------------------------

    def answer(self, request: Request, operation: str, form: str) -> Response:
        try:
            if operation == "token":
                return json_response(self.gate.token(request, _address(request)))
            if len(request.path) > LONGEST_URI:
                return Response(414, b"<h1>URI Too Long</h1>", content_type="text/html")
            response = self._perform(request, operation, form)
        except OAuthError as error:
            return json_response(error.shown(), 400)
        except Refusal as refusal:
            response = refusal.response()
        response.headers |= self._limits.told
        return response

    def _perform(self, request: Request, operation: str, form: str) -> Response:
        match = PATH.fullmatch(request.route)
        if match is None:
            raise Refusal(*NOT_FOUND)
        if int(match["version"]) not in VERSIONS:
            gone = int(match["version"]) < VERSIONS[0]
            raise Refusal(410, "GONE", "API version is retired") if gone else Refusal(*NOT_FOUND)
        if self.faults.pick(operation, form, system="session_lost"):
            self.gate.forget()
            raise Refusal(*SESSION)
        self.gate.enter(request)
        self._limits.count()
        for name, refusal in SYSTEM_FAULTS.items():
            if self.faults.pick(operation, form, system=name):
                raise Refusal(*refusal)
        base = request.route[: match.start("resource")] if match["resource"] else request.route
        return self._on_resource(request, operation, base, (match["resource"] or "").strip("/"))

    def _on_resource(self, request: Request, operation: str, base: str, resource: str) -> Response:
        if operation == "resources":
            return json_response({"sobjects": f"{base}/sobjects", "query": f"{base}/query"})
        if operation in ("query", "queryAll"):
            text, deleted = request.query.get("q", ""), operation == "queryAll"
            return json_response(self._queries.first(text, base, deleted=deleted))
        if operation == "more":
            if self.faults.pick(operation, system="locator_lost"):
                self._queries.forget()
            return json_response(self._queries.more(resource.rpartition("/")[2], base))
        if operation == "limits":
            left = self._limits.allowed - self._limits.used
            told = {"Max": self._limits.allowed, "Remaining": left}
            return json_response({"DailyApiRequests": told})
        if resource == "composite/sobjects":
            allow = _saves_duplicates(request)
            done = self._writer.collection(request.method, _body(request), allow=allow)
            return json_response(done)
        if resource.startswith("sobjects/"):
            return self._on_sobject(request, operation, base, *resource.split("/")[1:])
        raise Refusal(*NOT_FOUND)

    def _on_sobject(
        self, request: Request, operation: str, base: str, form: str, key: str = "", *more: str
    ) -> Response:
        if form not in self._books.forms or more:
            raise Refusal(*NOT_FOUND)
        if operation == "describe":
            return json_response(description(form, self._books.forms[form].label, self._shown))
        if operation in ("updated", "deleted"):
            return json_response(changed(self._books, self.clock, form, operation, request.query))
        if operation == "create":
            made = self._writer.create(form, _body(request), allow=_saves_duplicates(request))
            return json_response({"id": made, "success": True, "errors": []}, 201)
        if operation == "update":
            self._writer.change(form, key, _body(request), NOT_FOUND)
            return Response(204)
        if operation == "delete":
            self._writer.delete(form, key)
            return Response(204)
        record = self._writer.find(form, key)
        about = {"type": form, "url": f"{base}/sobjects/{form}/{record.key}"}
        return json_response({"attributes": about, **self._shown.whole(record)})

    # -- beside the wire --------------------------------------------------------------------

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        settings = {
            "adapter": self.system,
            "base_url": url,
            "consumer_key": CONSUMER_KEY,
            "consumer_secret": "${env:SALESFORCE_CONSUMER_SECRET}",
            "timezone": "Asia/Shanghai",
            "allow_insecure_http": ["127.0.0.1"],
        }
        return settings, {"SALESFORCE_CONSUMER_SECRET": CONSUMER_SECRET}

    def people(self) -> Mapping[str, Callable[..., Any]]:
        return self._people.functions()

    def standing(self, form: str) -> list[dict[str, Any]]:
        live = self._books.live(form).values()
        return [self._shown.whole(record) for record in live if record.state != DELETED]


def _key(form: str, n: int) -> str:
    return spelt(PREFIXES[form], n)


def _address(request: Request) -> str:
    return f"http://{request.headers.get('host', '127.0.0.1')}"


def _saves_duplicates(request: Request) -> bool:
    return "allowsave=true" in request.headers.get("sforce-duplicate-rule-header", "").lower()


def _body(request: Request) -> dict[str, Any]:
    try:
        body = from_json(request.body)
    except NotJson:
        raise Refusal(400, "JSON_PARSER_ERROR", "Unexpected character") from None
    if not isinstance(body, dict):
        raise Refusal(400, "JSON_PARSER_ERROR", "an object is expected")
    return body
