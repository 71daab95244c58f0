"""From an HTTP body to a call: the six envelopes that servers accept.

E1 named JSON, E2 the same with `data` as a JSON string, E3 `parameters` as a list, E4 the list
as a string, E5 E4 with client details, E6 form-urlencoded. Names in any case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

from sandbox.server import NotJson, Request, from_json

from .errors import HttpFailure, MsgCode, Refused

SUFFIX = ".common.kdsvc"
FORMLESS = frozenset(
    ("executebillquery", "billquery", "querybusinessinfo", "workflowaudit", "switchorg",
     "queryasyncresult")
)  # fmt: skip
"""Methods whose only parameter is `data`."""

LOGINS = frozenset(("ValidateUser", "ValidateUser2", "LoginByAppSecret", "LoginBySign"))

OPERATIONS = {
    name.lower(): name
    for name in (
        "Save", "BatchSave", "Draft", "Submit", "Audit", "UnAudit", "CancelAssign", "Delete",
        "View", "ExecuteBillQuery", "BillQuery", "QueryBusinessInfo", "Push", "Allocate",
        "ExcuteOperation", "ExecuteOperation", "WorkflowAudit", "SwitchOrg", "GetInventoryData",
        "QueryAsyncResult", "ValidateUser", "ValidateUser2", "LoginByAppSecret", "LoginBySign",
        "Logout", "GetDataCenterList", "SaveXSaleOrder",
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """One call, whichever envelope it came in."""

    operation: str
    """As the manual writes it; a name that no service has stays as it was sent."""
    form: str
    data: Mapping[str, Any]
    """The call's options with lower-case names; values untouched."""
    arguments: tuple[Any, ...]
    """Positional parameters; of a named envelope its values by position are unknown: empty."""
    named: Mapping[str, Any]
    """Top-level names of a named envelope, lower case."""


def operation_of(route: str) -> str:
    """`/k3cloud/A.B.Save,Assembly.common.kdsvc` → `Save`; empty if it is no service address."""
    service = unquote(route).rpartition("/")[2]
    if not service.lower().endswith(SUFFIX):
        return ""
    method = service[: -len(SUFFIX)].partition(",")[0].rpartition(".")[2]
    return OPERATIONS.get(method.lower(), method)


def read_call(request: Request) -> Call:
    """The call of a request; an envelope that no server understands is HTTP 500."""
    operation = operation_of(request.route)
    named, arguments = _parameters(request)
    if arguments is not None:
        return _positional(operation, arguments)
    data = named.get("data")
    if data is None and operation.lower() in FORMLESS:
        data = named
    options = options_of(data)
    form = named.get("formid") or options.get("formid") or ""
    return Call(operation, str(form), options, (), named)


def _positional(operation: str, arguments: list[Any]) -> Call:
    if operation in LOGINS:
        return Call(operation, "", {}, tuple(arguments), {})
    if operation.lower() in FORMLESS or operation in ("GetInventoryData", "SaveXSaleOrder"):
        options = options_of(arguments[0] if arguments else None)
        return Call(operation, str(options.get("formid") or ""), options, tuple(arguments), {})
    form = arguments[0] if arguments else ""
    named = {"opnumber": arguments[1]} if len(arguments) > 2 else {}
    options = options_of(arguments[-1] if len(arguments) > 1 else None)
    return Call(operation, form if isinstance(form, str) else "", options, tuple(arguments), named)


def _parameters(request: Request) -> tuple[dict[str, Any], list[Any] | None]:
    """`(named, positional)` of the body; positional is None where it has no `parameters`."""
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/x-www-form-urlencoded"):
        body: Any = {k: v[-1] for k, v in parse_qs(request.body.decode()).items()}
    else:
        body = _json(request.body) if request.body.strip() else {}
    if not isinstance(body, dict):
        raise HttpFailure(500, "Additional text found in JSON string after finishing deserializing")
    named = {name.lower(): value for name, value in body.items()}
    arguments = named.get("parameters")
    if isinstance(arguments, str):
        arguments = _json(arguments)
    return named, arguments if isinstance(arguments, list) else None


def options_of(data: Any) -> dict[str, Any]:
    """Call options, sent as an object or as its text, with their names in lower case."""
    if isinstance(data, str):
        data = _json(data) if data.strip() else {}
    if not isinstance(data, dict):
        return {}
    return {name.lower(): value for name, value in data.items()}


def _json(text: str | bytes) -> Any:
    try:
        return from_json(text.encode() if isinstance(text, str) else text)
    except NotJson as error:
        raise HttpFailure(500, f"Error converting value: {error}") from error


def truth(value: Any, default: bool) -> bool:
    """An option that may come as a boolean or, as the manual's samples write it, as a string."""
    if value is None or value == "":
        return default
    if isinstance(value, str):
        return value.strip().lower() in ("true", "1")
    return bool(value)


def whole(value: Any) -> int:
    """A number that may come as text; empty is 0."""
    try:
        return int(value or 0)
    except (TypeError, ValueError):
        raise Refused(MsgCode.PARAMETER, f"参数值[{value}]不是整数") from None


def words(value: Any) -> list[str]:
    """A comma string or an array, as a list of texts."""
    parts = value.split(",") if isinstance(value, str) else value or []
    if not isinstance(parts, list):
        parts = [parts]
    return [str(part).strip() for part in parts if str(part).strip()]
