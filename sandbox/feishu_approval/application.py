"""The sandbox itself: a company, its application, a definition, and the instances of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import unquote

from sandbox.server import (
    Application,
    NotJson,
    Request,
    Response,
    from_json,
    json_response,
    to_json,
)
from sandbox.throttle import Throttle

from .instance import Instance, Widget, open_id

APP_ID, APP_SECRET = "cli_demo0123456789", "demo-appsecret-0123456789"
APPROVAL_CODE = "7C468A54-8745-2245-9675-08B7C63E7A85"
NODE, OWN_NODE = "46e6d96cfa756980907209209ec03b64", "who_answers"
"""Ids of the node whose people the originator chooses."""
LIFE, RENEWED = 7200, 1800
"""Seconds that a token lives, and those before its end in which another one is given."""
A_MINUTE, READS_A_MINUTE = 100, 1000
"""Calls of one interface; of the one that reads instances."""

SWITCHES: dict[str, Any] = {
    "users": ["manager01", "user002", "user003"],
    "status": "ACTIVE",
    "widgets": ["单号", "标题", "内容", "承诺交期"],
    "node_type": "OR",
    "writable": ["承诺交期"],
    "withdrawable": True,
    "revocable": True,
    "names": True,
    "lost": 400,
}
"""`users`: who works there. `status` of the definition. `widgets`: those that it has. `node_type`:
whether all of those who are chosen must agree (AND) or one. `writable`: what they may fill in.
`withdrawable`: originators may withdraw what is under way; `revocable`: what was approved, too, and
then it is under way again. `names`: the application may see user ids. `lost`: the HTTP status
under which a token is refused, which the documentation does not tell."""

Refused = tuple[int, int, str]
"""HTTP status, `code` and `msg`."""
WRONG = (400, 1390001, "param is invalid")
TOO_FAST = (429, 99991400, "request trigger frequency limit")
SYSTEM_FAULTS: Mapping[str, Refused] = {
    "invalid": (400, 99991663, "Invalid access token for authorization."),
    "too_fast": TOO_FAST,
    "once_too_fast": (400, *TOO_FAST[1:]),
    "used_up": (429, 99991403, "This month's API call quota has been exceeded"),
    "address": (400, 99991401, "ip 203.0.113.7 is denied by app setting"),
    "permission": (400, 99991672, "Access denied. One of the following scopes is required"),
    "off": (400, 99991662, "app not in use"),
    "deleted": (400, 1390016, "approval is deleted"),
    "no_operation": (403, 1390009, "no operation permission"),
    "inside": (400, 1395001, "There have been some errors. Please try again later"),
    "locked": (400, 60014, "get update lock fail"),
    "taken": (400, 60012, "uuid conflict"),
    "absent": (400, 1390003, "instance code not found"),
    "signature": (400, 1390018, "not support handwritten signature"),
    "unknown_code": (400, 1390099, "something else"),
    "repeats": (400, 9499, "{body}"),
    "wordless": (403, -1, ""),
    "wordless_fast": (429, -1, ""),
}
"""Refusals by the name of the fault; `{body}` becomes what was sent. Besides there is `bare`, an
answer that says that all went well and nothing more."""
PAUSE = "52"
"""Seconds for which nothing more is taken."""

ROOT = "/open-apis/approval/v4"
ROUTES = {
    ("POST", "/open-apis/auth/v3/tenant_access_token/internal"): "token",
    ("GET", f"{ROOT}/approvals"): "define",
    ("POST", f"{ROOT}/instances"): "make",
    ("GET", f"{ROOT}/instances"): "read",
    ("POST", f"{ROOT}/instances/cancel"): "cancel",
}
"""By method and path; what is read has its code behind that."""
WIDGETS = (
    Widget("widget17000000000001", "input", "单号"),
    Widget("widget17000000000002", "input", "标题", required=True),
    Widget("widget17000000000003", "textarea", "内容", required=True),
    Widget("widget17000000000004", "date", "承诺交期", required=True),
)


class Refusal(Exception):
    """`Refusal(status, code, msg)`: what is answered instead."""


class FeishuApprovalSandbox(Application):
    """One company with one application and one definition."""

    system = "feishu_approval"
    system_faults: ClassVar[Mapping[str, Refused]] = SYSTEM_FAULTS

    def __init__(self, *, seed: int = 1) -> None:
        super().__init__(seed=seed)
        self.switches = dict(SWITCHES)
        self._tokens: dict[str, datetime] = {}
        """Until when each is good, the newest last."""
        self._throttles: dict[str, Throttle] = defaultdict(lambda: Throttle(self.clock, A_MINUTE))
        self._throttles["read"] = Throttle(self.clock, READS_A_MINUTE)
        self._instances: dict[str, Instance] = {}

    def name_call(self, request: Request) -> tuple[str, str]:
        parent, _, last = request.route.rpartition("/")
        known = ROUTES.get((request.method, request.route)) or ROUTES.get((request.method, parent))
        operation = known if known and last else "unknown"
        return operation, "" if operation in ("token", "unknown") else "approval"

    def answer(self, request: Request, operation: str, form: str) -> Response:
        if operation == "unknown":
            return Response(404, b"not found", content_type="text/plain")
        try:
            self._fail(request, operation, form)
            return json_response({"code": 0, "msg": "success", **self._done(request, operation)})
        except Refusal as refusal:
            status, code, words = refusal.args
            pause = {"x-ogw-ratelimit-reset": PAUSE} if status == 429 or code == TOO_FAST[1] else {}
            body = {} if code < 0 else {"code": code, "msg": words}
            return Response(status, to_json(body), pause)

    def _fail(self, request: Request, operation: str, form: str) -> None:
        if self.faults.pick(operation, form, system="bare"):
            raise Refusal(200, 0, "success")
        for name, (status, code, words) in self.system_faults.items():
            if self.faults.pick(operation, form, system=name):
                raise Refusal(status, code, words.replace("{body}", request.body.decode()))

    def _done(self, request: Request, operation: str) -> dict[str, Any]:
        if operation == "token":
            return self._log_in(_body(request))
        self._admit(request.headers.get("authorization", "").removeprefix("Bearer "))
        if not self._throttles[operation].admits():
            raise Refusal(*TOO_FAST)
        last = unquote(request.route.rpartition("/")[2])
        if operation == "define":
            return {"data": self._define(last)}
        if operation == "read":
            found = self._instance(last).shown(self.widgets, names=self.switches["names"])
            return {"data": found}
        if operation == "make":
            return {"data": self._make(_body(request))}
        return {"data": self._cancel(_body(request), request.query.get("user_id_type", "open_id"))}

    @property
    def widgets(self) -> list[Widget]:
        return [one for one in WIDGETS if one.name in self.switches["widgets"]]

    # -- tokens -----------------------------------------------------------------------------

    def _log_in(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Asked again within its life it is the same, until little of that is left."""
        if (body.get("app_id"), body.get("app_secret")) != (APP_ID, APP_SECRET):
            raise Refusal(400, 10015, "wrong app secret")
        now, soon = self.clock.now(), timedelta(seconds=RENEWED)
        good = [token for token, until in self._tokens.items() if until - now >= soon]
        if not good:
            good = [f"t-{len(self._tokens) + 1}-of-the-application"]
            self._tokens[good[0]] = now + timedelta(seconds=LIFE)
        left = (self._tokens[good[-1]] - now).total_seconds()
        return {"tenant_access_token": good[-1], "expire": int(left)}

    def _admit(self, token: str) -> None:
        if token not in self._tokens or self.clock.now() >= self._tokens[token]:
            raise Refusal(self.switches["lost"], *SYSTEM_FAULTS["invalid"][1:])

    # -- the definition, and instances --------------------------------------------------------

    def _define(self, code: str) -> dict[str, Any]:
        if code != APPROVAL_CODE:
            raise Refusal(400, 1390002, "approval code not found")
        form = [
            {"id": one.id, "name": one.name, "type": one.kind, "required": one.required}
            for one in self.widgets
        ]
        chosen = {
            "name": "评审",
            "need_approver": True,
            "node_id": NODE,
            "custom_node_id": OWN_NODE,
            "node_type": self.switches["node_type"],
            "approver_chosen_multi": True,
        }
        ends = {"need_approver": False, "node_type": "AND"}
        start = {"name": "提交", "node_id": "b078ffd28db767c502ac367053f6e0ac", **ends}
        return {
            "approval_name": "订单评审",
            "status": self.switches["status"],
            "form": to_json(form).decode(),
            "node_list": [start, chosen],
        }

    def _make(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if body.get("approval_code") != APPROVAL_CODE:
            raise Refusal(400, 1390002, "approval code not found")
        if self.switches["status"] != "ACTIVE":
            raise Refusal(400, 1390015, "approval is not active")
        originator = self._person(body.get("user_id"), body.get("open_id"))
        people = self._people(body)
        form, mark = self._form(body.get("form")), str(body.get("uuid") or "").lower()
        if mark and any(one.uuid == mark for one in self._instances.values()):
            raise Refusal(400, 60012, "uuid conflict")
        key, now = f"81D31358-93AF-92D6-7425-{len(self._instances) + 1:012d}", self.clock.now()
        every = self.switches["node_type"] == "AND"
        made = Instance(key, mark, APPROVAL_CODE, now, originator, form, people, every)
        made.note(now, originator, "START")
        self._instances[key] = made
        self._commit("made", made)
        return {"instance_code": key}

    def _people(self, body: Mapping[str, Any]) -> list[str]:
        """Whom the originator chose, by either kind of id."""
        found = []
        for kind in ("user_id", "open_id"):
            for one in body.get(f"node_approver_{kind}_list") or ():
                if one["key"] not in (NODE, OWN_NODE):
                    raise Refusal(*WRONG)
                found += [self._person(**{kind: each}) for each in one["value"]]
        if not found:
            raise Refusal(*WRONG)
        return found

    def _person(self, user_id: Any = None, open_id: Any = None) -> str:
        who = user_id or str(open_id or "").removeprefix("ou_")
        if who not in self.switches["users"]:
            raise Refusal(400, 60004, f"user not found: {who}")
        return str(who)

    def _form(self, text: Any) -> dict[str, str]:
        """The whole form, with what was sent in it. What is required may be missing; what is there
        must have a value."""
        known, form = {one.id: one for one in self.widgets}, {}
        for one in from_json(str(text).encode()):
            widget = known.get(one["id"])
            if widget is None or widget.kind != one["type"] or not one.get("value"):
                raise Refusal(400, 60006, f"控件值不合法或者为空。控件={one['id']}")
            if widget.kind == "input" and "\n" in one["value"]:
                raise Refusal(400, 60006, f"控件值不合法或者为空。控件={one['id']}")
            form[widget.name] = one["value"]
        return {one.name: form.get(one.name, "") for one in known.values()}

    def _instance(self, code: str) -> Instance:
        found = [o for o in self._instances.values() if code == o.key or code.lower() == o.uuid]
        if not found:
            raise Refusal(400, 1390003, "instance code not found")
        return found[0]

    def _cancel(self, body: Mapping[str, Any], kind: str) -> dict[str, Any]:
        instance = self._instances.get(str(body.get("instance_code")))
        if instance is None:
            raise Refusal(400, 1390003, "instance code not found")
        mine = body.get("user_id") == (
            instance.originator if kind == "user_id" else open_id(instance.originator)
        )
        if body.get("approval_code") != APPROVAL_CODE or not mine:
            raise Refusal(*WRONG)
        self._end(instance)
        return {}

    def _end(self, instance: Instance) -> None:
        """What was approved is under way again: it is to be approved that it was not."""
        ends = {"PENDING": "withdrawable", "APPROVED": "revocable"}.get(instance.status)
        if ends is None or not self.switches[ends]:
            raise Refusal(*WRONG)
        instance.status = "CANCELED" if ends == "withdrawable" else "PENDING"
        instance.note(self.clock.now(), instance.originator, "CANCEL")
        self._commit("withdrawn" if ends == "withdrawable" else "reopened", instance)

    def _commit(self, what: str, instance: Instance) -> None:
        self.ledger.append("commit", what, form="approval", key=instance.key)

    # -- people -----------------------------------------------------------------------------

    def people(self) -> Mapping[str, Callable[..., Any]]:
        return {
            "approve": self._approve,
            "refuse": self._refuse,
            "pass": self._pass,
            "fill": self._fill,
            "remark": self._remark,
            "move": self._move,
            "withdraw": self._withdraw,
            "revert": self._revert,
        }

    def _approve(self, key: str, who: str, comment: str = "") -> None:
        """An approver agrees."""
        self._answer(key, who, "PASS", comment)

    def _refuse(self, key: str, who: str, comment: str = "") -> None:
        """An approver refuses, and that is the end of it."""
        self._answer(key, who, "REJECT", comment)

    def _pass(self, key: str) -> None:
        """It passes by itself, as a definition can say."""
        self._instances[key].answer(self.clock.now(), "", "AUTO_PASS")

    def _fill(self, key: str, who: str, **values: str) -> None:
        """An approver fills in components of the form, dates as `2026-12-24`."""
        instance = self._task(key, who)
        if unknown := set(values) - set(self.switches["writable"]):
            raise ValueError(f"approvers cannot change {sorted(unknown)}")
        date.fromisoformat(values.get("承诺交期") or "2026-01-01")
        instance.form.update(values)
        self._commit("filled", instance)

    def _remark(self, key: str, who: str, comment: str) -> None:
        """Somebody remarks something, without an answer."""
        said = {"user_id": who, "open_id": open_id(who), "comment": comment}
        self._instances[key].comments.append(said)

    def _move(self, key: str, who: str, to: str) -> None:
        """An approver leaves it to somebody else."""
        instance = self._task(key, who)
        instance.people[instance.people.index(who)] = to
        instance.note(self.clock.now(), who, "TRANSFER")

    def _withdraw(self, key: str) -> None:
        """The originator withdraws it in Feishu, before it is over."""
        instance = self._instances[key]
        if instance.status != "PENDING":
            raise ValueError("it is over")
        self._end(instance)

    def _revert(self, key: str) -> None:
        """What was approved is revoked, and everybody agrees to that."""
        instance = self._instances[key]
        if instance.status != "APPROVED":
            raise ValueError("it was not approved")
        instance.status, instance.reverted = "CANCELED", True
        self._commit("reverted", instance)

    def _answer(self, key: str, who: str, kind: str, comment: str) -> None:
        instance = self._task(key, who)
        instance.answer(self.clock.now(), who, kind, comment)
        self._commit("agree" if kind == "PASS" else "refuse", instance)

    def _task(self, key: str, who: str) -> Instance:
        instance = self._instances[key]
        if instance.status != "PENDING" or who not in instance.people:
            raise ValueError(f"{who} has nothing to answer there")
        return instance

    # -- the side door ----------------------------------------------------------------------

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        settings = {
            "adapter": self.system,
            "base_url": url,
            "app_id": APP_ID,
            "app_secret": "${env:FEISHU_APPROVAL_SECRET}",
            "approval_code": APPROVAL_CODE,
            "originator": "user003",
            "components": {
                "id": "单号",
                "title": "标题",
                "text": "内容",
                "wanted_date": "承诺交期",
            },
            "allow_insecure_http": ["127.0.0.1"],
        }
        return settings, {"FEISHU_APPROVAL_SECRET": APP_SECRET}

    def standing(self, form: str) -> list[dict[str, Any]]:
        """Every instance, the oldest first: its key, status, people and what stands in it."""
        return [
            {
                "id": one.key,
                "status": one.status,
                "people": list(one.people),
                "every": one.every,
                "form": dict(one.form),
            }
            for one in self._instances.values()
        ]


def _body(request: Request) -> Mapping[str, Any]:
    try:
        body = from_json(request.body)
    except NotJson:
        body = None
    if not isinstance(body, dict):
        raise Refusal(*WRONG)
    return body
