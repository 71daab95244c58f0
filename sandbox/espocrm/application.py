"""The sandbox itself: which path does what."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.books import Books, People
from sandbox.company import Company
from sandbox.server import Application, NotJson, Request, Response, from_json, json_response

from . import metadata
from .amounts import Amounts
from .attributes import Attributes
from .auth import API_KEY, USER, Gate
from .errors import Refusal
from .forms import FORMS, TRADE
from .load import load
from .query import Lists, parameters
from .write import Writer

ROOT = "/api/v1/"
OPERATIONS = {
    "GET": "list", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete",
}  # fmt: skip
SYSTEM_FAULTS = {"maintenance": 503, "broken": 500}
"""By name the status that is answered before anything is done."""

SWITCHES: dict[str, Any] = {
    "visible_after": 0.0,
    "lines_bump_order": False,
    "metadata_by_key": True,
    "denied": [],
}
"""What is unknown or differs from one instance to the next:

* `visible_after`: seconds until lists see a change; only slow commits do that here.
* `lines_bump_order`: a change of a line moves its order's stamp.
* `metadata_by_key`: `Metadata?key=` is understood, as since 8.2; else all metadata is answered.
* `denied`: what the role does not allow, such as `SalesOrder.edit`.
"""


class EspoCrmSandbox(Application):
    """One instance of EspoCRM with the Sales Pack."""

    system = "espocrm"

    def __init__(self, company: Company | None = None, *, seed: int = 1) -> None:
        super().__init__(seed=seed)
        self.switches = dict(SWITCHES)
        self._books = Books(FORMS, self.clock, self.ledger, self.switches, key=_key)
        self._attributes = Attributes(self._books)
        amounts = Amounts(self._books, self.switches)
        self._books.computed = amounts.computed
        load(self._books, amounts, company or Company(name="空公司"))
        self._people = People(self._books, TRADE, amounts.follow)
        self._gate = Gate([*self._books.forms], self.switches)
        self._lists = Lists(self._books, self._attributes)
        self._writer = Writer(self._books, self._attributes, amounts)

    def name_call(self, request: Request) -> tuple[str, str]:
        form, _, key = request.route.removeprefix(ROOT).partition("/")
        if form in ("App", "Metadata"):
            return form, ""
        operation = OPERATIONS.get(request.method, "unknown")
        return ("read" if operation == "list" and key else operation), form

    def answer(self, request: Request, operation: str, form: str) -> Response:
        try:
            for name, status in SYSTEM_FAULTS.items():
                if self.faults.pick(operation, form, system=name):
                    raise Refusal(status)
            return json_response(self._perform(request, operation, form))
        except Refusal as refusal:
            return refusal.response()

    def _perform(self, request: Request, operation: str, form: str) -> Any:
        resource = request.route.removeprefix(ROOT)
        self._gate.enter(request, resource)
        if resource == "App/user":
            return {"user": USER, "acl": {"table": self._gate.rights()}, "token": None}
        if operation == "Metadata":
            return self._metadata(request.query.get("key", ""))
        if form not in self._books.forms:
            raise Refusal(404, f"Controller '{form}' does not exist.")
        self._gate.allow(operation, form)
        return self._on_records(request, operation, form, resource.partition("/")[2])

    def _on_records(self, request: Request, operation: str, form: str, key: str) -> Any:
        headers = request.headers
        if operation == "list":
            count = headers.get("x-no-total") != "true"
            return self._lists.page(form, parameters(request), count=count)
        if operation == "create":
            skip = headers.get("x-skip-duplicate-check") == "true"
            return self._writer.create(form, _body(request), skip_duplicates=skip)
        if operation == "update":
            version = headers.get("x-version-number", "")
            return self._writer.change(form, key, _body(request), version)
        if operation == "delete":
            return self._writer.delete(form, key)
        record = self._books.live(form).get(key)
        if record is None:
            raise Refusal(404, "Record does not exist.")
        return self._attributes.shown(record)

    def _metadata(self, key: str) -> Any:
        rights = self._gate.rights()
        seen = [form for name, form in self._books.forms.items() if rights[name]["read"] != "no"]
        everything = {"entityDefs": {form.name: metadata.definition(form) for form in seen}}
        if not key or not self.switches["metadata_by_key"]:
            return everything
        found: Any = everything
        for step in key.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        return found

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        settings = {
            "adapter": self.system,
            "base_url": url,
            "api_key": "${env:ESPOCRM_API_KEY}",
            "timezone": "Asia/Shanghai",
            "allow_insecure_http": ["127.0.0.1"],
        }
        return settings, {"ESPOCRM_API_KEY": API_KEY}

    def people(self) -> Mapping[str, Callable[..., Any]]:
        return self._people.functions()

    def standing(self, form: str) -> list[dict[str, Any]]:
        return [self._attributes.shown(record) for record in self._books.live(form).values()]


def _body(request: Request) -> dict[str, Any]:
    try:
        body = from_json(request.body)
    except NotJson:
        raise Refusal(400, "Bad JSON.") from None
    if not isinstance(body, dict):
        raise Refusal(400, "Bad data.")
    return body


def _key(form: str, n: int) -> str:
    """17 characters, in no order of time."""
    return hashlib.sha256(f"{form}{n}".encode()).hexdigest()[:17]
