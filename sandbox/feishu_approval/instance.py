"""One approval instance: its form, whom it asks, and what was done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sandbox.clock import CHINA
from sandbox.server import to_json


@dataclass(frozen=True, slots=True)
class Widget:
    """A component of the definition's form."""

    id: str
    kind: str
    name: str
    required: bool = False


@dataclass(slots=True)
class Instance:
    """As it stands now."""

    key: str
    uuid: str
    approval: str
    made: datetime
    originator: str
    form: dict[str, str]
    """Values by the names of components; all that the definition has. Dates as `2026-12-24`."""
    people: list[str]
    every: bool
    """All of them must agree (会签); otherwise one is enough."""
    status: str = "PENDING"
    reverted: bool = False
    timeline: list[dict[str, Any]] = field(default_factory=list)
    """What was done, oldest first."""
    comments: list[dict[str, Any]] = field(default_factory=list)

    def note(self, now: datetime, who: str, kind: str, comment: str = "") -> None:
        """Somebody, or nobody, did something."""
        said = {"comment": comment} if comment else {}
        named = {"user_id": who, "open_id": open_id(who)} if who else {}
        self.timeline.append({"type": kind, "create_time": _millis(now), **named, **said})

    def answer(self, now: datetime, who: str, kind: str, comment: str = "") -> None:
        """One refusal ends it; so does agreement, of everybody where that is wanted."""
        self.note(now, who, kind, comment)
        agreed = {one.get("user_id") for one in self.timeline if one["type"] == "PASS"}
        if kind == "REJECT":
            self.status = "REJECTED"
        elif not who or not self.every or agreed >= set(self.people):
            self.status = "APPROVED"

    def shown(self, widgets: Sequence[Widget], *, names: bool) -> dict[str, Any]:
        """As it is told to whoever asks for it; without `names`, people by their open ids alone."""
        form = [
            {"id": one.id, "name": one.name, "type": one.kind, **_value(one, self.form[one.name])}
            for one in widgets
        ]
        tasks = [
            {"id": f"{n}", "user_id": one, "open_id": open_id(one), "status": self.status}
            for n, one in enumerate(self.people, 1)
        ]
        told = {
            "approval_code": self.approval,
            "approval_name": "订单评审",
            "start_time": _millis(self.made),
            "end_time": "0",
            "user_id": self.originator,
            "open_id": open_id(self.originator),
            "serial_number": f"{self.made:%Y%m%d}{self.key[-4:]}",
            "status": self.status,
            "uuid": self.uuid,
            "form": to_json(form).decode(),
            "task_list": tasks,
            "comment_list": self.comments,
            "timeline": self.timeline,
            "reverted": self.reverted,
            "instance_code": self.key,
        }
        return told if names else _nameless(told)


def open_id(who: str) -> str:
    """What the application knows somebody by."""
    return f"ou_{who}"


def _nameless(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: _nameless(value) for name, value in told.items() if name != "user_id"}
    return [_nameless(one) for one in told] if isinstance(told, list) else told


def _value(widget: Widget, value: str) -> dict[str, str]:
    """Nothing of what nobody has filled in."""
    if widget.kind == "date" and value:
        day = datetime.combine(date.fromisoformat(value), datetime.min.time(), CHINA)
        return {"value": day.isoformat()}
    return {"value": value} if value else {}


def _millis(when: datetime) -> str:
    return str(int(when.timestamp() * 1000))
