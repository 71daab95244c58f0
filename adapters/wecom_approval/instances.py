"""Approval instances as they go over the wire and come back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from adapters.wecom_approval.settings import WeComApprovalSettings
from connector.contract import Fields
from connector.kit.approvals import OURS, Component, Instance, State, names, shown, whole
from connector.kit.fitting import fitting
from connector.messages import say

LINE, LINES, DATE = "Text", "Textarea", "Date"
TEXTS = (LINE, LINES)
APPROVERS, ANY = 1, 2
"""Of a node: its people approve, and one of them is enough. In answers the same numbers mean other
things in other places."""
STATES: Mapping[int, State] = {
    1: "open", 2: "approved", 3: "refused", 4: "withdrawn", 6: "withdrawn", 7: "withdrawn",
}  # fmt: skip
"""What a status means; 4 is withdrawn, 6 withdrawn after it was approved, 7 deleted."""
DECIDED: Mapping[State, tuple[int, ...]] = {"approved": (2, 13), "refused": (3,)}
"""Which words of a person decide so; 13 is to agree and to ask somebody else besides."""
SUMMARY, LONGEST = 3, 20
"""Lines that lists and messages show of an instance, and characters of each."""
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def request(
    settings: WeComApprovalSettings,
    template: Mapping[str, Component],
    fields: Fields,
    who: Sequence[str],
) -> dict[str, Any]:
    """What is asked for, for `who`."""
    labels, told = settings.components, shown(fields)
    if asks := [labels[name] for name in names(fields.get("asks"))]:
        wanted = [str(say("wecom_approval_write")), *(f"{label}：" for label in asks)]
        told["text"] = "\n".join([told["text"], "", *wanted])
    place = {"choose_department": settings.department} if settings.department else {}
    return {
        "creator_userid": settings.originator,
        "template_id": settings.template_id,
        **place,
        "use_template_approver": 0,
        "process": {"node_list": [{"type": APPROVERS, "apv_rel": ANY, "userid": list(who)}]},
        "apply_data": {
            "contents": [
                _filled(template[labels[name]], told[name])
                for name in OURS
                if labels.get(name) and told[name]
            ]
        },
        "summary_list": [
            {"summary_info": [{"text": line, "lang": "zh_CN"}]}
            for line in _summary(told["title"], str(fields.get("text") or ""))
        ],
    }


def _filled(component: Component, value: str) -> dict[str, Any]:
    text = " ".join(value.split("\n")) if component.kind == LINE else value
    return {"control": component.kind, "id": component.id, "value": {"text": text}}


def _summary(title: str, text: str) -> list[str]:
    lines = [line for line in (title, *text.split("\n")) if line.strip()]
    return [fitting(line, LONGEST, len) for line in lines[:SUMMARY]]


# -- coming back ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """What one of those who were asked said."""

    who: str
    word: int
    opinion: str
    at: int


def standing(key: str, found: Mapping[str, Any], settings: WeComApprovalSettings) -> Instance:
    """How an instance stands, as WeCom shows it. What has a status that we do not know is open:
    nobody has approved it."""
    state = STATES.get(whole(found.get("sp_status")), "open")
    words = DECIDED.get(state, ())
    decisive = sorted((one for one in _said(found) if one.word in words), key=lambda one: one.at)
    last = decisive[-1] if decisive else Said("", 0, "", 0)
    given = _given(found, settings, last.opinion)
    return Instance(key, state, who=last.who, comment=last.opinion, given=given)


def _said(found: Mapping[str, Any]) -> Iterator[Said]:
    """By the newer list of what was done, or by the older one where that is missing."""
    nodes = (found.get("process_list") or {}).get("node_list") or ()
    for one in (one for node in nodes for one in node.get("sub_node_list") or ()):
        yield _one(one.get("userid"), one.get("sp_yj"), one)
    for one in (one for node in found.get("sp_record") or () for one in node.get("details") or ()):
        if not nodes:
            yield _one((one.get("approver") or {}).get("userid"), one.get("sp_status"), one)


def _one(who: Any, word: Any, one: Mapping[str, Any]) -> Said:
    opinion, at = str(one.get("speech") or ""), whole(one.get("sptime"))
    return Said(str(who or ""), whole(word), opinion, at)


def _given(
    found: Mapping[str, Any], settings: WeComApprovalSettings, opinion: str
) -> dict[str, str]:
    """What people filled in: in the form, where they may, or in their opinion."""
    asked = {name: label for name, label in settings.components.items() if name not in OURS}
    form = dict(_values(found, settings))
    given = {
        name: form.get(label) or _in_opinion(label, opinion, alone=len(asked) == 1)
        for name, label in asked.items()
    }
    return {name: value for name, value in given.items() if value}


def _values(found: Mapping[str, Any], settings: WeComApprovalSettings) -> Iterator[tuple[str, str]]:
    """By the names of components, what a form holds of what people can be asked for."""
    for control in (found.get("apply_data") or {}).get("contents") or ():
        value = control.get("value") or {}
        if control.get("control") == DATE:
            text = _day(value.get("date") or value, settings)
        elif selector := value.get("selector"):
            text = ", ".join(
                _label(option.get("value")) for option in selector.get("options") or ()
            )
        else:
            known = (value.get(name) for name in ("text", "new_number", "new_money"))
            text = str(next(filter(None, known), ""))
        for title in control.get("title") or ():
            yield str(title.get("text")), text


def _label(texts: Any) -> str:
    return str(next((one.get("text") for one in texts or () if one.get("text")), ""))


def _day(value: Mapping[str, Any], settings: WeComApprovalSettings) -> str:
    """The day that was chosen, where it was chosen: elsewhere it may be another one."""
    seconds = whole(value.get("s_timestamp"))
    if not seconds:
        return ""
    # Told only elsewhere than in China, and the other way round than usual: -9 is UTC+9.
    offset = whole((value.get("timezone_info") or {}).get("zone_offset"))
    zone = timezone(-timedelta(hours=offset)) if offset else settings.zone
    return datetime.fromtimestamp(seconds, zone).date().isoformat()


def _in_opinion(label: str, opinion: str, *, alone: bool) -> str:
    """`LABEL: value` on a line of its own, or a date and nothing else, where there is nothing else
    that it could be."""
    lines = re.findall(rf"^\s*{re.escape(label)}\s*[:：]\s*(.*?)\s*$", opinion, re.MULTILINE)
    if lines:
        return _plain(lines[-1])
    return _plain(opinion.strip()) if alone and _DATE.fullmatch(opinion.strip()) else ""


def _plain(text: str) -> str:
    """A date as programs write it; one that is none was not given. Anything else as it is."""
    if (found := _DATE.fullmatch(text)) is None:
        return text
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:
        return ""
