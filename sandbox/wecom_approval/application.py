"""The sandbox itself: a company, its application, a template, and the instances of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar

from sandbox.errcodes import Refusal, Refused
from sandbox.server import NotJson, Request, from_json
from sandbox.throttle import Throttle
from sandbox.wecom import CORPID, CORPSECRET, INVALID, WeComSandbox

from .instance import AGREED, DELETED, OPEN, REFUSED, UNDONE, WITHDRAWN, Control, Instance, Word

TEMPLATE_ID = "C4NyDemo0123456789abcdefDemo0123456789abc"
A_MINUTE = 600
"""Calls of one interface."""
SUMMARY, LONGEST = 3, 20
"""Lines of a summary, and characters of each."""

SWITCHES: dict[str, Any] = {
    "users": ["manager01", "user002", "user003"],
    "controls": ["单号", "标题", "内容", "承诺交期"],
    "editable": False,
    "older": False,
}
"""`users`: who sees the application. `controls`: those that the template has. `editable`: approvers
may change the form. The documentation does not say whether those whom a call names may, so they may
not. `older`: instances are told as they once were."""

SYSTEM_FAULTS = {
    "busy": (-1, "system busy"),
    "too_fast": (45009, "api freq out of limit"),
    "at_once": (45033, "api concurrent out of limit"),
    "address": (60020, "not allow to access from your ip"),
    "permission": (301055, "no approval auth"),
    "no_call": (48002, "api forbidden"),
    "stopped": (301056, "approval app is disabled"),
    "parameter": (301025, "get approval param error"),
    "inside": (301057, "commit approval fail"),
    "unread": (301026, "get approval detail fail"),
    "invalid": INVALID,
    "repeats": (40008, "invalid message type: {address}"),
    "bare": (0, "ok"),
}
"""Refusals by the name of the fault, and an answer that says nothing but ok."""

ROUTES = {
    ("GET", "/cgi-bin/gettoken"): ("token", ""),
    ("POST", "/cgi-bin/oa/gettemplatedetail"): ("template", "approval"),
    ("POST", "/cgi-bin/oa/applyevent"): ("make", "approval"),
    ("POST", "/cgi-bin/oa/getapprovaldetail"): ("read", "approval"),
}
CONTROLS = (
    Control("Text-1700000000001", "Text", "单号"),
    Control("Text-1700000000002", "Text", "标题", required=True),
    Control("Textarea-1700000000003", "Textarea", "内容", required=True),
    Control("Date-1700000000004", "Date", "承诺交期"),
)


class WeComApprovalSandbox(WeComSandbox):
    """One company with one application and one template."""

    system = "wecom_approval"
    system_faults: ClassVar[Mapping[str, Refused]] = SYSTEM_FAULTS

    def __init__(self, *, seed: int = 1) -> None:
        super().__init__(seed=seed)
        self.switches |= SWITCHES
        self._throttles: dict[str, Throttle] = defaultdict(lambda: Throttle(self.clock, A_MINUTE))
        self._instances: dict[str, Instance] = {}

    def name_call(self, request: Request) -> tuple[str, str]:
        return ROUTES.get((request.method, request.route), ("unknown", ""))

    def done(self, body: bytes, operation: str) -> Mapping[str, Any]:
        if not self._throttles[operation].admits():
            raise Refusal(45009, "api freq out of limit")
        told = _body(body)
        if operation == "template":
            return self._describe(told)
        return self._make(told) if operation == "make" else self._read(told)

    @property
    def controls(self) -> dict[str, Control]:
        """By their ids."""
        return {one.id: one for one in CONTROLS if one.title in self.switches["controls"]}

    # -- calls ------------------------------------------------------------------------------

    def _describe(self, body: Mapping[str, Any]) -> dict[str, Any]:
        _expect(body.get("template_id") == TEMPLATE_ID, "invalid template_id")
        controls = [
            {
                "property": {
                    "control": one.kind,
                    "id": one.id,
                    "title": [{"text": one.title, "lang": "zh_CN"}, {"text": "", "lang": "en"}],
                    "require": int(one.required),
                    "un_print": 0,
                },
                "config": {},
            }
            for one in self.controls.values()
        ]
        names = [{"text": "订单评审", "lang": "zh_CN"}]
        return {"template_names": names, "template_content": {"controls": controls}}

    def _make(self, body: Mapping[str, Any]) -> dict[str, Any]:
        _expect(body.get("template_id") == TEMPLATE_ID, "invalid template_id")
        creator = body.get("creator_userid")
        _expect(creator in self.switches["users"], "creator_userid not in app visiable range")
        _expect(body.get("use_template_approver") == 0, "process")
        people, every = self._people(body)
        form = self._form((body.get("apply_data") or {}).get("contents"))
        _summary(body.get("summary_list"))
        now = self.clock.now()
        key = f"{now:%Y%m%d}{len(self._instances) + 1:04d}"
        words = [Word(one) for one in people]
        made = Instance(key, TEMPLATE_ID, now, str(creator), form, words, every)
        self._instances[key] = made
        self._commit("made", made)
        return {"sp_no": key}

    def _people(self, body: Mapping[str, Any]) -> tuple[list[str], bool]:
        """Who is asked, and whether all of them must agree."""
        nodes: list[Any] = (body.get("process") or {}).get("node_list") or []
        _expect(len(nodes) == 1 and nodes[0].get("type") == 1, "invalid process")
        relation, people = nodes[0].get("apv_rel"), nodes[0].get("userid") or []
        _expect(relation in (1, 2) and bool(people), "invalid process")
        for one in people:
            _expect(one in self.switches["users"], f"invalid approver userid {one}")
        return people, relation == 1

    def _form(self, contents: Any) -> dict[str, str]:
        """The whole form, with what was sent in it."""
        known = self.controls
        form = {one.title: "" for one in known.values()}
        for one in contents or ():
            control = known.get(one["id"])
            if control is None or control.kind != one["control"]:
                raise Refusal(301025, f"get approval param error:invalid control id {one['id']}")
            text = one["value"].get("text")
            _expect(isinstance(text, str) and bool(text), "invalid value")
            _expect(control.kind == "Textarea" or "\n" not in text, "invalid text")
            form[control.title] = text
        for control in known.values():
            _expect(not control.required or bool(form[control.title]), f"{control.id} is required")
        return form

    def _read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        instance = self._instances.get(str(body.get("sp_no")))
        if instance is None:
            raise Refusal(301025, "get approval param error:invalid sp_no")
        return {"info": instance.shown(self.controls, older=self.switches["older"])}

    def _commit(self, what: str, instance: Instance) -> None:
        self.ledger.append("commit", what, form="approval", key=instance.key)

    # -- people -----------------------------------------------------------------------------

    def people(self) -> Mapping[str, Callable[..., Any]]:
        return {
            "approve": self._approve,
            "refuse": self._refuse,
            "fill": self._fill,
            "remark": self._remark,
            "move": self._move,
            "withdraw": self._withdraw,
            "delete": self._delete,
        }

    def _approve(self, key: str, who: str, comment: str = "") -> None:
        """An approver agrees."""
        self._answer(key, who, AGREED, comment)

    def _refuse(self, key: str, who: str, comment: str = "") -> None:
        """An approver refuses, and that is the end of it."""
        self._answer(key, who, REFUSED, comment)

    def _fill(self, key: str, who: str, **values: str) -> None:
        """An approver fills in components of the form, dates as `2026-12-24`."""
        instance = self._task(key, who)
        if not self.switches["editable"]:
            raise ValueError("approvers cannot change the form")
        if unknown := set(values) - set(instance.form):
            raise ValueError(f"no such components: {sorted(unknown)}")
        date.fromisoformat(values.get("承诺交期") or "2026-01-01")
        instance.form.update(values)
        self._commit("filled", instance)

    def _remark(self, key: str, who: str, comment: str) -> None:
        """Somebody remarks something (备注), without an answer."""
        said = {"commentUserInfo": {"userid": who}, "commentcontent": comment}
        self._instances[key].comments.append(said)

    def _move(self, key: str, who: str, to: str) -> None:
        """An approver leaves it to somebody else."""
        self._task(key, who).move(self.clock.now(), who, to)

    def _withdraw(self, key: str) -> None:
        """The originator withdraws it in WeCom, before it is over or after it was approved."""
        self._end(key, {OPEN: WITHDRAWN, AGREED: UNDONE}, "withdrawn")

    def _delete(self, key: str) -> None:
        """An administrator deletes it."""
        self._end(key, dict.fromkeys((OPEN, AGREED, REFUSED, WITHDRAWN), DELETED), "deleted")

    def _end(self, key: str, statuses: Mapping[int, int], what: str) -> None:
        instance = self._instances[key]
        if instance.status not in statuses:
            raise ValueError(f"it cannot be {what} any more")
        instance.status = statuses[instance.status]
        self._commit(what, instance)

    def _answer(self, key: str, who: str, word: int, comment: str) -> None:
        instance = self._task(key, who)
        instance.answer(self.clock.now(), who, word, comment)
        self._commit("agree" if word == AGREED else "refuse", instance)

    def _task(self, key: str, who: str) -> Instance:
        instance = self._instances[key]
        if instance.status != OPEN or who not in instance.people:
            raise ValueError(f"{who} has nothing to answer there")
        return instance

    # -- the side door ----------------------------------------------------------------------

    def settings(self, url: str) -> tuple[dict[str, Any], dict[str, str]]:
        settings = {
            "adapter": self.system,
            "base_url": url,
            "corpid": CORPID,
            "corpsecret": "${env:WECOM_CORPSECRET}",
            "template_id": TEMPLATE_ID,
            "originator": "user003",
            "components": {
                "id": "单号",
                "title": "标题",
                "text": "内容",
                "wanted_date": "承诺交期",
            },
            "allow_insecure_http": ["127.0.0.1"],
        }
        return settings, {"WECOM_CORPSECRET": CORPSECRET}

    def standing(self, form: str) -> list[dict[str, Any]]:
        """Every instance, the oldest first: its key, status, people and what stands in it."""
        return [
            {
                "id": one.key,
                "status": one.status,
                "people": one.people,
                "every": one.every,
                "form": dict(one.form),
            }
            for one in self._instances.values()
        ]


def _body(raw: bytes) -> Mapping[str, Any]:
    try:
        body = from_json(raw)
    except NotJson:
        body = None
    if not isinstance(body, dict):
        raise Refusal(301025, "Warning: wrong json format. get approval param error")
    return body


def _expect(right: bool, what: str) -> None:
    if not right:
        raise Refusal(301025, f"get approval param error:{what}")


def _summary(lines: Any) -> None:
    texts = [info["text"] for one in lines or () for info in one["summary_info"]]
    right = 0 < len(texts) <= SUMMARY and all(0 < len(text) <= LONGEST for text in texts)
    _expect(right, "invalid summary_list")
