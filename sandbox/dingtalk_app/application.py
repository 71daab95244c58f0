"""The sandbox itself: a company, its application, a template, and the instances of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sandbox.server import Application, NotJson, Request, Response, from_json, json_response
from sandbox.throttle import Throttle

from .instance import Instance

APP_KEY, APP_SECRET = "dingdemo0123456789", "demo-appsecret-0123456789"
PROCESS_CODE = "PROC-DEMO0123-4567-89AB-CDEF-0123456789AB"
NODE = "manual_0000_1111_2222_3333"
"""Key of the template's node whose people the originator chooses."""
DEPARTMENT = 100
COMPONENTS = ("单号", "标题", "内容", "承诺交期")
"""Of the template's form."""
REQUIRED = ("标题", "内容")
LIFE = 7200
"""Seconds that a token lives."""
A_SECOND = 20
"""Calls of one interface."""
FRESH = timedelta(seconds=15)
"""In which nobody withdraws an instance."""
LONGEST = 65_535
"""Characters of a component's value."""

SWITCHES: dict[str, Any] = {
    "users": ["manager01", "user002", "user003"],
    "enabled": True,
    "withdrawable": True,
}
"""`users`: who works there. `enabled`: the template is in use. `withdrawable`: originators may
withdraw what is under way (允许提交人撤销审批中的审批单)."""

Refused = tuple[int, str, str]
"""HTTP status, `code` and `message`."""
INVALID = (400, "InvalidAuthentication", "不合法的access_token")
NO_LOGIN = (400, "invalidClientIdOrSecret", "无效的clientId或者clientSecret")
FORBIDDEN = "Forbidden.AccessDenied"
TOO_FAST = (403, f"{FORBIDDEN}.QpsLimitForAppkeyAndApi", "当前应用调用该接口过于频繁")
PARAMETER = (400, "processInstanceInvalidParameter", "审批实例参数错误")
CANNOT = (400, "internalError", "您没有任务处理的权限")
SYSTEM_FAULTS: Mapping[str, Refused] = {
    "invalid": INVALID,
    "too_fast": TOO_FAST,
    "all_too_fast": (403, f"{FORBIDDEN}.QpsLimitForApi", "该接口调用过于频繁"),
    "used_up": (403, f"{FORBIDDEN}.ApiCountLimitForOrg", "本月调用次数已用完"),
    "address": (403, f"{FORBIDDEN}.IpNotInWhiteList", "request ip=203.0.113.7"),
    "permission": (403, f"{FORBIDDEN}.AccessTokenPermissionDenied", "应用尚未开通所需的权限"),
    "need_auth": (400, "needAuth", "没有发起审批的权限"),
    "limited": (400, "autoflowLikeTriggerRateLimited", "该操作触发限速"),
    "inside": CANNOT,
    "system": (400, "sysErrror", "创建审批实例系统异常"),
    "unknown_code": (400, "illegalComponent", "表单组件入参错误"),
    "repeats": (400, "invalidParameter", "{body}"),
    "wordless": (403, "", ""),
}
"""Refusals by the name of the fault; `{body}` becomes what was sent. Besides there are `bare`, an
answer that says nothing, and `kept`: DingTalk says of a withdrawal that it was not done."""

ROUTES = {
    ("POST", "/v1.0/oauth2/accessToken"): "token",
    ("POST", "/v1.0/workflow/processInstances"): "make",
    ("GET", "/v1.0/workflow/processInstances"): "read",
    ("POST", "/v1.0/workflow/processInstances/terminate"): "terminate",
}


class Refusal(Exception):
    """`Refusal(status, code, message)`: what is answered instead."""


class DingTalkAppSandbox(Application):
    """One company with one application and one template."""

    system = "dingtalk_app"
    system_faults: ClassVar[Mapping[str, Refused]] = SYSTEM_FAULTS

    def __init__(self, *, seed: int = 1) -> None:
        super().__init__(seed=seed)
        self.switches = dict(SWITCHES)
        self._tokens: dict[str, datetime] = {}
        """Until when each is good, the newest last."""
        self._throttles: dict[str, Throttle] = defaultdict(
            lambda: Throttle(self.clock, A_SECOND, seconds=1)
        )
        self._instances: dict[str, Instance] = {}

    def name_call(self, request: Request) -> tuple[str, str]:
        operation = ROUTES.get((request.method, request.route), "unknown")
        return operation, "" if operation in ("token", "unknown") else "approval"

    def answer(self, request: Request, operation: str, form: str) -> Response:
        if operation == "unknown":
            return Response(404, b"not found", content_type="text/plain")
        try:
            self._fail(request, operation, form)
            return json_response(self._done(request, operation))
        except Refusal as refusal:
            status, code, words = refusal.args
            body = {"code": code, "message": words, "requestid": "DEMO-0001"} if code else {}
            return json_response(body, status)

    def _fail(self, request: Request, operation: str, form: str) -> None:
        if self.faults.pick(operation, form, system="bare"):
            raise Refusal(200, "", "")
        for name, (status, code, words) in self.system_faults.items():
            if self.faults.pick(operation, form, system=name):
                raise Refusal(status, code, words.replace("{body}", request.body.decode()))

    def _done(self, request: Request, operation: str) -> dict[str, Any]:
        if operation == "token":
            return self._log_in(_body(request))
        self._admit(request.headers.get("x-acs-dingtalk-access-token", ""))
        if not self._throttles[operation].admits():
            raise Refusal(*TOO_FAST)
        if operation == "read":
            return self._read(request.query.get("processInstanceId", ""))
        body = _body(request)
        return self._make(body) if operation == "make" else self._terminate(body)

    # -- tokens -----------------------------------------------------------------------------

    def _log_in(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Asked again within its life, the same token lives longer."""
        if (body.get("appKey"), body.get("appSecret")) != (APP_KEY, APP_SECRET):
            raise Refusal(*NO_LOGIN)
        now = self.clock.now()
        good = [token for token, until in self._tokens.items() if now < until]
        token = good[-1] if good else f"token-{len(self._tokens) + 1}-of-the-application"
        self._tokens[token] = now + timedelta(seconds=LIFE)
        return {"accessToken": token, "expireIn": LIFE}

    def _admit(self, token: str) -> None:
        if token not in self._tokens or self.clock.now() >= self._tokens[token]:
            raise Refusal(*INVALID)

    # -- instances --------------------------------------------------------------------------

    def _make(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if body.get("processCode") != PROCESS_CODE:
            raise Refusal(400, "processCodeError", "获取审批模板失败或者模板已被删除")
        if not self.switches["enabled"]:
            raise Refusal(400, "processGetFailed", "获取审批流失败或审批单状态为非启用状态")
        if body.get("deptId") != DEPARTMENT:
            raise Refusal(*PARAMETER[:2], "发起部门id错误，发起人不在发起部门中")
        people, every, fillable = self._people(body)
        self._known([body.get("originatorUserId"), *people])
        key, now = f"instance-{len(self._instances) + 1}", self.clock.now()
        form = _form(body.get("formComponentValues"))
        made = Instance(key, now, body["originatorUserId"], form, people, every, fillable)
        made.note(now, made.originator, "START_PROCESS_INSTANCE", "NONE")
        self._instances[key] = made
        self._commit("made", made)
        return {"instanceId": key}

    def _people(self, body: Mapping[str, Any]) -> tuple[list[str], bool, bool]:
        """Who is asked, whether all of them must agree, and whether they may fill in the form."""
        named, chosen = body.get("approvers"), body.get("targetSelectActioners")
        if named is None:
            found = [one["actionerUserIds"] for one in chosen or () if one["actionerKey"] == NODE]
            if not found:
                raise Refusal(400, "targetSelectApproverMissing", "自选审批人缺失")
            return found[0], False, True
        (node,) = named
        if (node["actionType"] == "NONE") != (len(node["userIds"]) == 1):
            raise Refusal(*PARAMETER)
        return node["userIds"], node["actionType"] == "AND", False

    def _known(self, people: list[Any]) -> None:
        if unknown := [one for one in people if one not in self.switches["users"]]:
            raise Refusal(*PARAMETER[:2], f"发起人、审批人、抄送人的userid错误: {unknown[0]}")

    def _read(self, key: str) -> dict[str, Any]:
        if key not in self._instances:
            raise Refusal(400, "processInstanceNotExist", "审批实例不存在")
        return {"result": self._instances[key].shown(DEPARTMENT), "success": "true"}

    def _terminate(self, body: Mapping[str, Any]) -> dict[str, Any]:
        instance = self._instances.get(body.get("processInstanceId", ""))
        if instance is None:
            raise Refusal(400, "aflowProcessInstNotExist", "审批实例不存在")
        if body.get("isSystem") is None:
            raise Refusal(400, "invalidInstanceTerminateIsSystem", "是否通过系统操作参数不能为空")
        if body.get("operatingUserId") not in self.switches["users"]:
            raise Refusal(400, "userNotExist", "用户不存在")
        if not self.switches["withdrawable"]:
            raise Refusal(*CANNOT)
        now = self.clock.now()
        if instance.over or now - instance.made < FRESH:
            words = "审批单已结束" if instance.over else "提交审批后 15 秒内不允许撤销"
            raise Refusal(400, "aflowProcessInstStatusException", words)
        if self.faults.pick("terminate", "approval", system="kept"):
            return {"result": False, "success": True}
        self._withdraw(instance, body["operatingUserId"])
        return {"result": True, "success": True}

    def _withdraw(self, instance: Instance, who: str) -> None:
        now = self.clock.now()
        instance.note(now, who, "TERMINATE_PROCESS_INSTANCE", "NONE")
        instance.finish(now, "TERMINATED")
        self._commit("withdrawn", instance)

    def _commit(self, what: str, instance: Instance) -> None:
        self.ledger.append("commit", what, form="approval", key=instance.key)

    # -- people -----------------------------------------------------------------------------

    def people(self) -> Mapping[str, Callable[..., Any]]:
        return {
            "approve": self._approve,
            "refuse": self._refuse,
            "fill": self._fill,
            "remark": self._remark,
            "withdraw": self._take_back,
        }

    def _approve(self, key: str, who: str, comment: str = "") -> None:
        """An approver agrees."""
        self._answer(key, who, "AGREE", comment)

    def _refuse(self, key: str, who: str, comment: str = "") -> None:
        """An approver refuses, and that is the end of it."""
        self._answer(key, who, "REFUSE", comment)

    def _fill(self, key: str, who: str, **values: str) -> None:
        """An approver fills in components of the form."""
        instance = self._task(key, who)
        if not instance.fillable:
            raise ValueError("approvers named by a call cannot change the form")
        if unknown := set(values) - set(COMPONENTS):
            raise ValueError(f"no such components: {sorted(unknown)}")
        instance.form.update(values)
        self._commit("filled", instance)

    def _remark(self, key: str, who: str, comment: str) -> None:
        """Somebody remarks something, without an answer."""
        self._instances[key].note(self.clock.now(), who, "ADD_REMARK", "NONE", comment)

    def _take_back(self, key: str) -> None:
        """The originator withdraws it in DingTalk."""
        instance = self._instances[key]
        if instance.over:
            raise ValueError("it is over")
        self._withdraw(instance, instance.originator)

    def _answer(self, key: str, who: str, word: str, comment: str) -> None:
        instance = self._task(key, who)
        instance.answer(self.clock.now(), who, word, comment)
        self._commit(word.lower(), instance)

    def _task(self, key: str, who: str) -> Instance:
        instance = self._instances[key]
        if instance.over or who not in instance.people:
            raise ValueError(f"{who} has nothing to answer there")
        return instance

    # -- the side door ----------------------------------------------------------------------

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        """With named approvers: `actioner_key: NODE` keeps the template's own flow."""
        settings = {
            "adapter": self.system,
            "base_url": url,
            "app_key": APP_KEY,
            "app_secret": "${env:DINGTALK_APP_SECRET}",
            "process_code": PROCESS_CODE,
            "originator": "user003",
            "department": DEPARTMENT,
            "components": {
                "id": "单号",
                "title": "标题",
                "text": "内容",
                "wanted_date": "承诺交期",
            },
            "allow_insecure_http": ["127.0.0.1"],
        }
        return settings, {"DINGTALK_APP_SECRET": APP_SECRET}

    def standing(self, form: str) -> list[dict[str, Any]]:
        """Every instance, the oldest first: its key, state, people and what stands in it."""
        return [
            {
                "id": one.key,
                "status": one.status,
                "result": one.result,
                "people": one.people,
                "every": one.every,
                "form": one.form,
            }
            for one in self._instances.values()
        ]


def _body(request: Request) -> Mapping[str, Any]:
    try:
        body = from_json(request.body)
    except NotJson:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, "invalidParameter", "请求参数错误")
    return body


def _form(values: Any) -> dict[str, str]:
    """The whole form, with what was sent in it."""
    form = dict.fromkeys(COMPONENTS, "")
    for one in values or ():
        name, value = one["name"], one["value"]
        if name not in form or not isinstance(value, str) or not value or len(value) > LONGEST:
            raise Refusal(400, "formConverterError", f"表单数据校验失败，失败控件：{name}")
        form[name] = value
    if lacking := [name for name in REQUIRED if not form[name]]:
        raise Refusal(400, "formConverterError", f"表单数据校验失败，失败控件：{lacking[0]}")
    return form
