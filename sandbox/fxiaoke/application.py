"""The sandbox itself: which path does what, and the envelope around every answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.company import Company
from sandbox.server import Application, Request, Response, from_json, json_response

from .auth import Gate
from .call import Call, form_of
from .errors import (
    BAD_TOKEN,
    BUSY,
    QUOTA_USED,
    SERVICE_ERROR,
    SYSTEM_ERROR,
    TOO_MANY_CALLS,
    Refusal,
    bad_parameter,
)
from .limits import DAILY, Limits
from .load import load
from .people import People
from .read import Reader
from .records import Records
from .write import Writer

SYSTEM_FAULTS = {
    "busy": (BUSY, "系统繁忙"),
    "quota": (QUOTA_USED, "当日调用次数已用完"),
    "rate": (TOO_MANY_CALLS, "接口调用频率超限"),
}
"""Refusals before anything is done. Besides: `token_expired` (every token is forgotten in the
middle) and `timeout_50009` (50009 although the work was done)."""

SWITCHES: dict[str, Any] = {
    "hide_invalid": False,
    "visible_after": 0.0,
    "daily_quota": DAILY,
    "lines_bump_order": False,
    "wrong_names": "ignored",
    "custom_list_on_top": True,
    "custom_create_returns_id": False,
    "trace_required": True,
}
"""What is unknown or differs from tenant to tenant. The default is the unpleasant reading,
except for the first three of these, which are what most tenants see:

* `hide_invalid`: queries leave invalid records out.
* `visible_after`: seconds until queries see a change; `get` sees it at once.
* `daily_quota`: calls a day with `limits="vendor"`.
* `lines_bump_order`: a change of a line moves its order's stamp.
* `wrong_names`: names that an object does not have are `ignored`, or `refused` with 32000.
* `custom_list_on_top`: custom objects' pages come at the top level, not under `data`.
* `custom_create_returns_id`: create answers `dataId` for custom objects, too.
* `trace_required`: a call without `thirdTraceId` is refused.
"""


@dataclass(frozen=True, slots=True)
class Endpoint:
    operation: str
    perform: Callable[[Call], dict[str, Any]]


class FxiaokeSandbox(Application):
    """One tenant of Fxiaoke; `limits="vendor"` enforces the vendor's rates and quota."""

    system = "fxiaoke"

    def __init__(
        self, company: Company | None = None, *, limits: str = "off", seed: int = 1
    ) -> None:
        if limits not in ("vendor", "off"):
            raise ValueError(f"limits are vendor or off, not {limits!r}")
        super().__init__(seed=seed)
        self.switches = dict(SWITCHES)
        self._limits = Limits(self.clock) if limits == "vendor" else None
        self._records = Records(self.clock, self.ledger, self.switches)
        load(self._records, company or Company(name="空公司"))
        self._people = People(self._records)
        self._gate = Gate(self.clock, self._records.live("PersonnelObj"))
        self._token_paths = {
            "/oauth2.0/token": self._gate.oauth_token,
            "/cgi/corpAccessToken/get/V2": self._gate.corp_token,
        }
        self._endpoints = _endpoints(Reader(self._records), Writer(self._records))

    def name_call(self, request: Request) -> tuple[str, str]:
        if request.route in self._token_paths:
            return "token", ""
        endpoint = self._endpoints.get(request.route)
        try:
            form = form_of(from_json(request.body))
        except ValueError:
            form = ""
        return endpoint.operation if endpoint else "unknown", form

    def answer(self, request: Request, operation: str, form: str) -> Response:
        """Whatever happens comes as HTTP 200 with an `errorCode`."""
        try:
            payload = self._perform(request, operation, form)
            outcome = {"errorCode": 0, "errorMessage": "OK", "errorDescription": "success"}
        except Refusal as refusal:
            payload, outcome = {}, _refused(refusal)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            payload, outcome = {}, _refused(Refusal(SYSTEM_ERROR, f"系统错误 {error!r}"))
        trace = f"E-O.demo.{request.query.get('thirdTraceId', len(self.ledger))}"
        return json_response({"traceId": trace, **outcome, **payload})

    def _perform(self, request: Request, operation: str, form: str) -> dict[str, Any]:
        body = _body(request)
        if self.switches["trace_required"] and not request.query.get("thirdTraceId"):
            raise bad_parameter("the parameter thirdTraceId is missing")
        for name, (code, message) in SYSTEM_FAULTS.items():
            if self.faults.pick(operation, form, system=name):
                raise Refusal(code, message)
        if self._limits:
            self._limits.count(request.route, self.switches["daily_quota"])
        if request.route in self._token_paths:
            return self._token_paths[request.route](body)
        return self._call(request, operation, form, body)

    def _call(
        self, request: Request, operation: str, form: str, body: Mapping[str, Any]
    ) -> dict[str, Any]:
        self._gate.tenant(request, body)
        if self.faults.pick(operation, form, system="token_expired"):
            self._gate.revoke()
            raise Refusal(BAD_TOKEN, "the cropId,cropAccessToken or authorization is error")
        endpoint = self._endpoints.get(request.route)
        if endpoint is None:
            raise bad_parameter(f"接口[{request.route}]不存在")
        user = self._gate.user(request, body) if operation != "getByMobile" else ""
        payload = endpoint.perform(Call(request.route, form, body, user))
        if self.faults.pick(operation, form, system="timeout_50009"):
            raise Refusal(SERVICE_ERROR, "服务超时，请稍后再试")
        return payload

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        credentials = self._gate.credentials
        settings = {
            "adapter": self.system,
            "base_url": url,
            "app_id": credentials.app_id,
            "app_secret": "${env:FXIAOKE_APP_SECRET}",
            "permanent_code": "${env:FXIAOKE_PERMANENT_CODE}",
            "user_id": "1000",
            "timezone": "Asia/Shanghai",
            "allow_insecure_http": ["127.0.0.1"],
        }
        if self._limits is None:
            settings["rate"] = ""
        return settings, {
            "FXIAOKE_APP_SECRET": credentials.app_secret,
            "FXIAOKE_PERMANENT_CODE": credentials.permanent_code,
        }

    def people(self) -> Mapping[str, Callable[..., Any]]:
        return self._people.functions()

    def standing(self, form: str) -> list[dict[str, Any]]:
        return list(self._records.live(form).values())


def _refused(refusal: Refusal) -> dict[str, Any]:
    return {"errorCode": refusal.code, "errorMessage": refusal.message}


def _body(request: Request) -> dict[str, Any]:
    try:
        body = from_json(request.body)
    except ValueError:
        raise bad_parameter("the body is not JSON") from None
    if request.method != "POST" or not isinstance(body, dict):
        raise bad_parameter("POST + application/json")
    return body


def _endpoints(reader: Reader, writer: Writer) -> dict[str, Endpoint]:
    """By path. Preset and custom objects have paths of their own, describe and locks do not."""
    both = {
        "query": reader.query,
        "get": reader.get,
        "create": writer.create,
        "update": writer.update,
        "invalid": writer.invalid,
        "delete": writer.delete,
        "recover": writer.recover,
        "changeOwner": writer.change_owner,
    }
    custom = {"findSimple": reader.find_simple, "findOne": reader.find_one}
    shared = {
        "describe": reader.describe,
        "list": reader.list_objects,
        "lock": writer.lock,
        "unlock": writer.unlock,
    }
    return {
        **{f"/cgi/crm/v2/data/{name}": Endpoint(name, call) for name, call in both.items()},
        **{
            f"/cgi/crm/custom/v2/data/{name}": Endpoint(name, call)
            for name, call in {**both, **custom}.items()
        },
        **{f"/cgi/crm/v2/object/{name}": Endpoint(name, call) for name, call in shared.items()},
        "/cgi/crm/custom/data/invalid": Endpoint("invalid", writer.invalid_many),
        "/cgi/user/getByMobile": Endpoint("getByMobile", reader.user_by_mobile),
    }
