"""Approval instances as they go over the wire and come back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from adapters.feishu_approval.definition import Definition, widgets_of
from adapters.feishu_approval.settings import FeishuApprovalSettings
from connector import exact
from connector.contract import Fields
from connector.errors import AccessDenied
from connector.kit.approvals import OURS, Component, Instance, State, shown, whole
from connector.messages import say

MARK = "uuid"
"""The field that carries our mark."""
LINE, LINES, DATE = "input", "textarea", "date"
TEXTS = (LINE, LINES)
STATES: Mapping[str, State] = {
    "PENDING": "open", "APPROVED": "approved", "REJECTED": "refused", "CANCELED": "withdrawn",
    "DELETED": "withdrawn",
}  # fmt: skip
DECIDED: Mapping[State, str] = {"approved": "PASS", "refused": "REJECT"}
"""Which entry of the timeline somebody's answer is; others are of nodes that pass by themselves, of
forwarding, of copies."""
_NAMES = uuid.UUID("5f0f8b52-6d0d-4f0e-9d3c-2f7b0f6b3f11")


def uuid_of(mark: str) -> str:
    """Under which Feishu makes one instance and no second one. It takes 64 letters and tells
    capitals from small ones nowhere; our marks may be longer, and Chinese."""
    return str(uuid.uuid5(_NAMES, mark))


def request(
    settings: FeishuApprovalSettings, definition: Definition, fields: Fields, who: Sequence[str]
) -> dict[str, Any]:
    """What is asked for, for `who`."""
    labels, told, mark = settings.components, shown(fields), str(fields.get(MARK) or "")
    form = [
        _filled(definition.components[labels[name]], told[name])
        for name in OURS
        if labels.get(name) and told[name]
    ]
    chosen = {"key": definition.node(settings.node), "value": list(who)}
    return {
        "approval_code": settings.approval_code,
        settings.ids: settings.originator,
        **({"department_id": settings.department} if settings.department else {}),
        "form": exact.dumps(form),
        f"node_approver_{settings.ids}_list": [chosen],
        **({"uuid": uuid_of(mark)} if mark else {}),
    }


def _filled(component: Component, value: str) -> dict[str, Any]:
    text = " ".join(value.split("\n")) if component.kind == LINE else value
    return {"id": component.id, "type": component.kind, "value": text}


# -- coming back ---------------------------------------------------------------------------------


def standing(key: str, found: Mapping[str, Any], settings: FeishuApprovalSettings) -> Instance:
    """How an instance stands, as Feishu shows it. What has a status that we do not know is open:
    nobody has approved it. What was approved and revoked afterwards is withdrawn."""
    state = STATES.get(str(found.get("status")), "open")
    if found.get("reverted") is True:
        state = "withdrawn"
    decided = _decision(found, DECIDED.get(state, ""))
    who = str(decided.get(settings.ids) or "")
    if decided and not who:
        raise AccessDenied(say("feishu_approval_nameless"))
    return Instance(
        key,
        state,
        who=who,
        comment=str(decided.get("comment") or ""),
        given=dict(_given(found, settings)),
    )


def _decision(found: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """The last answer that decided so."""
    decisive = [one for one in found.get("timeline") or () if kind and one.get("type") == kind]
    decisive.sort(key=lambda one: whole(one.get("create_time")))
    return decisive[-1] if decisive else {}


def _given(found: Mapping[str, Any], settings: FeishuApprovalSettings) -> Iterator[tuple[str, str]]:
    widgets = {str(one.get("name")): one for one in widgets_of(found)}
    for name, label in settings.components.items():
        widget = widgets.get(label, {})
        value = _written(widget.get("type"), widget.get("value"), settings)
        if name not in OURS and value:
            yield name, value


def _written(kind: Any, value: Any, settings: FeishuApprovalSettings) -> str:
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return _day(str(value), settings) if kind == DATE else str(value)


def _day(text: str, settings: FeishuApprovalSettings) -> str:
    """The day that was chosen: midnight where it was chosen, or a moment told by another clock."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is not None and moment.time() != time.min:
        moment = moment.astimezone(settings.zone)
    return moment.date().isoformat()
