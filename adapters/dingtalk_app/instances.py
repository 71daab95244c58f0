"""Approval instances as they go over the wire and come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.dingtalk_app.settings import DingTalkAppSettings
from connector.contract import Fields
from connector.kit.approvals import OURS, Instance, State, shown

DECISIONS: Mapping[str, State] = {"agree": "approved", "refuse": "refused"}
"""Of an instance that is `COMPLETED`; its `result` means nothing before."""
ANSWERS = frozenset({"EXECUTE_TASK_NORMAL", "EXECUTE_TASK_AGENT"})
"""Records of what approvers said, or somebody in their stead; others are of forwarding, remarks."""


def request(settings: DingTalkAppSettings, fields: Fields, who: Sequence[str]) -> dict[str, Any]:
    """What is asked for, for `who`."""
    filled = ((settings.components.get(name), value) for name, value in shown(fields).items())
    return {
        "originatorUserId": settings.originator,
        "processCode": settings.process_code,
        "deptId": settings.department,
        "formComponentValues": [
            {"name": component, "value": value.replace("\n", "\r\n")}
            for component, value in filled
            if component and value
        ],
        **_asked(settings.actioner_key, list(who)),
    }


def _asked(key: str, who: list[str]) -> dict[str, Any]:
    """Whom it asks: any one of them may answer. At a node of the template that is its to say."""
    if key:
        return {"targetSelectActioners": [{"actionerKey": key, "actionerUserIds": who}]}
    return {"approvers": [{"actionType": "OR" if len(who) > 1 else "NONE", "userIds": who}]}


def standing(key: str, found: Mapping[str, Any], components: Mapping[str, str]) -> Instance:
    """How an instance stands, as DingTalk shows it. What is neither over nor withdrawn is open,
    and so is what ended in a way that we do not know: nobody has approved it."""
    result = str(found.get("result") or "")
    state: State = "open"
    if found.get("status") == "TERMINATED":
        state = "withdrawn"
    elif found.get("status") == "COMPLETED":
        state = DECISIONS.get(result, "open")
    decided = _decision(found, result.upper()) if state in DECISIONS.values() else {}
    return Instance(
        key,
        state,
        who=str(decided.get("userId") or ""),
        comment=str(decided.get("remark") or ""),
        given=_given(found, components),
    )


def _decision(found: Mapping[str, Any], result: str) -> Mapping[str, Any]:
    """The record of the last answer that decided; oldest records stand first."""
    decisive = [
        record
        for record in found.get("operationRecords") or ()
        if record.get("type") in ANSWERS and record.get("result") == result
    ]
    return decisive[-1] if decisive else {}


def _given(found: Mapping[str, Any], components: Mapping[str, str]) -> dict[str, str]:
    values = {one.get("name"): one.get("value") for one in found.get("formComponentValues") or ()}
    asked = {name: values.get(label) for name, label in components.items() if name not in OURS}
    return {name: str(value) for name, value in asked.items() if value}
