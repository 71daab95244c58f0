"""The sandbox itself: which path does what, and what stands around every answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.books import Books
from sandbox.company import Company
from sandbox.server import (
    Application,
    NotJson,
    Request,
    Response,
    from_json,
    json_response,
)

from .amounts import Amounts
from .associations import Associations
from .errors import VALIDATION, Refusal
from .forms import FORMS
from .limits import DAILY, POLICIES, Limits, too_many
from .load import load
from .objects import Answer, Objects
from .people import People
from .properties import properties, schema
from .search import Searches

PORTAL = 20_261_121
TOKEN = "pat-na1-00000000-0000-4000-8000-000000000000"  # noqa: S105 - guards nothing
FIRST_ID = 9_990
"""Ids grow from four digits to five: who compares them as text is found out."""

SWITCHES: dict[str, Any] = {
    "visible_after": 0.0,
    "lines_bump_deal": False,
    "batch_refusals": "whole",
    "in_order": False,
    "daily_quota": DAILY,
    "schemas_told": True,
}
"""What is unknown or differs from account to account. The default is the unpleasant reading; of
`visible_after`, `batch_refusals` and `schemas_told` it is what most accounts see.

* `visible_after`: seconds until searches see a change; all other calls see it at once.
* `lines_bump_deal`: a change of a line moves its deal's stamp.
* `batch_refusals`: what an input that does not fit does to its batch: it refuses the `whole` of it;
  the same, but `partly`, for those before it are done; or `each` with a trace id fails alone.
* `in_order`: results of a batch stand in the order of its inputs.
* `daily_quota`: calls a day with `limits="vendor"`.
* `schemas_told`: our token may read schemas.
"""

SYSTEM_FAULTS: dict[str, Refusal] = {
    **{policy.lower(): too_many(policy) for policy in POLICIES},
    "locked": Refusal(423, "LOCKED", "The record is currently locked, try again later."),
    "migration": Refusal(477, "MIGRATION_IN_PROGRESS", "The account is being migrated."),
    "scope": Refusal(
        403,
        "MISSING_SCOPES",
        "This app hasn't been granted all required scopes to make this call.",
        errors=[{"message": "One or more of the following scopes are required.",
                 "context": {"requiredGranularScopes": ["crm.objects.deals.read"]}}],
    ),
}  # fmt: skip
"""Refusals before anything is done, by the name of the fault."""

DATED = r"/crm/{}/20\d\d-0[39]"
BASES = {
    "objects": rf"/crm/v3/objects|{DATED.format('objects')}",
    "properties": rf"/crm/v3/properties|{DATED.format('properties')}",
    "associations": rf"/crm/v4/associations|{DATED.format('associations')}",
    "owners": rf"/crm/v3/owners|{DATED.format('owners')}",
    "schemas": r"/crm-object-schemas/(?:v3|20\d\d-0[39])/schemas",
    "account": r"/account-info/(?:v3|20\d\d-0[39])/details",
}
PATH = re.compile(
    "|".join(f"(?P<{name}>{base})" for name, base in BASES.items()).join(("(?:", ")"))
    + r"(?:/(?P<form>[^/]+))?(?:/(?P<rest>.+?))?/?"
)
"""An API with its version, an object, and what else there is."""


class HubSpotSandbox(Application):
    """One account; `limits="vendor"` enforces the vendor's rates and quota."""

    system = "hubspot"

    def __init__(
        self, company: Company | None = None, *, limits: str = "off", seed: int = 1
    ) -> None:
        super().__init__(seed=seed)
        self.switches = dict(SWITCHES)
        self._limits = Limits(self.clock) if limits == "vendor" else None
        self._books = Books(FORMS, self.clock, self.ledger, self.switches, first=FIRST_ID)
        associations = Associations()
        amounts = Amounts(self._books, associations, self.switches)
        self._books.computed = amounts.computed
        self._associations = associations
        self._objects = Objects(self._books, associations, amounts, self.switches)
        self._searches = Searches(self._books)
        self._people = People(self._books, associations, amounts, self._objects)
        load(self._books, associations, amounts, company or Company(name="空公司"))

    # -- calls ------------------------------------------------------------------------------

    def name_call(self, request: Request) -> tuple[str, str]:
        found = PATH.fullmatch(request.route)
        if found is None:
            return "unknown", ""
        form, rest = found["form"] or "", found["rest"] or ""
        api = next(name for name in BASES if found[name])
        if api != "objects":
            return api, form
        if rest == "search" or rest.startswith("batch/"):
            return rest.removeprefix("batch/"), form
        usual = {"GET": "get" if rest else "list", "POST": "create", "PATCH": "update"}
        return usual.get(request.method, "archive"), form

    def answer(self, request: Request, operation: str, form: str) -> Response:
        try:
            self._admit(request, operation, form)
            found = PATH.fullmatch(request.route)
            if found is None:
                raise Refusal(404, "OBJECT_NOT_FOUND", "The requested URL was not found")
            status, body = self._done(request, operation, form, found["rest"] or "")
        except Refusal as refusal:
            return refusal.response()
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return Refusal(400, VALIDATION, f"Invalid input JSON: {error!r}").response()
        response = json_response(body, status) if body is not None else Response(status)
        if self._limits and operation != "search":
            response.headers |= self._limits.headers(self.switches["daily_quota"])
        return response

    def _admit(self, request: Request, operation: str, form: str) -> None:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            raise Refusal(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
        for name, refusal in SYSTEM_FAULTS.items():
            if self.faults.pick(operation, form, system=name):
                raise refusal
        if self._limits:
            self._limits.count(self.switches["daily_quota"], search=operation == "search")

    def _done(self, request: Request, operation: str, form: str, rest: str) -> Answer:
        objects, query = self._objects, request.query
        body = _body(request)
        batch = "/batch/" in request.route
        match operation:
            case "account":
                return 200, {"portalId": PORTAL, "accountType": "STANDARD",
                             "timeZone": "Asia/Shanghai", "companyCurrency": "CNY"}  # fmt: skip
            case "owners":
                return 200, self._owners(query)
            case "properties":
                return 200, properties(objects.known(form))
            case "schemas" if not self.switches["schemas_told"]:
                raise SYSTEM_FAULTS["scope"]
            case "schemas":
                return 200, schema(objects.known(form))
            case "associations":
                return self._associations.read(form, rest.partition("/")[0], body["inputs"])
            case "search":
                objects.known(form)
                return 200, self._searches.page(form, body)
            case "list":
                return 200, objects.list(form, query)
            case "get":
                return 200, objects.get(form, rest, query)
            case "read":
                return objects.read(form, body, query)
            case "upsert":
                return objects.upsert_many(form, body)
            case "create":
                return (
                    objects.create_many(form, body) if batch else (201, objects.create(form, body))
                )
            case "update" if batch:
                return objects.update_many(form, body)
            case "update":
                return 200, objects.update(form, rest, body, query.get("idProperty", ""))
            case "archive":
                if batch:
                    objects.archive_many(form, body)
                elif rest in self._books.live(form):
                    objects.archive(form, rest)
                return 204, None
        raise Refusal(404, "OBJECT_NOT_FOUND", "The requested URL was not found")

    def _owners(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Those who left are told only where they are asked for."""
        size, after = int(query.get("limit") or 100), int(query.get("after") or 0)
        left = query.get("archived") == "true"
        owners = [one for one in self._books.live("owners").values()
                  if int(one.key) > after and bool(one.values.get("archived")) is left]  # fmt: skip
        results = [{"id": one.key, "userId": int(one.key) + 1, "archived": left, **one.values}
                   for one in owners[:size]]  # fmt: skip
        paging = {"paging": {"next": {"after": results[-1]["id"]}}} if len(owners) > size else {}
        return {"results": results, **paging}

    # -- the side door ----------------------------------------------------------------------

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        settings = {
            "adapter": self.system,
            "base_url": url,
            "token": "${env:HUBSPOT_TOKEN}",
            "timezone": "Asia/Shanghai",
            "allow_insecure_http": ["127.0.0.1"],
        }
        if self._limits is None:
            settings |= {"rate": "", "search_rate": ""}
        return settings, {"HUBSPOT_TOKEN": TOKEN}

    def people(self) -> Mapping[str, Callable[..., Any]]:
        return self._people.functions()

    def standing(self, form: str) -> list[dict[str, Any]]:
        """By their properties, and `associations.…` with the ids of what they belong to."""
        return [
            {"hs_object_id": one.key, **one.values, **self._associated(form, one.key)}
            for one in self._books.live(form).values()
        ]

    def _associated(self, form: str, key: str) -> dict[str, list[str]]:
        to = ("companies", "deals", "orders", "quotes")
        found = {name: self._associations.of(form, key, name) for name in to}
        return {f"associations.{name}": keys for name, keys in found.items() if keys}


def _body(request: Request) -> Any:
    try:
        return from_json(request.body) if request.body else {}
    except NotJson:
        raise Refusal(400, VALIDATION, "Invalid input JSON") from None
