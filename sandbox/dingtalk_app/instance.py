"""One approval instance: its form, whom it asks, and what was done with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class Instance:
    """As it stands now."""

    key: str
    made: datetime
    originator: str
    form: dict[str, str]
    """Values by the names of components; all that the template has."""
    people: list[str]
    every: bool
    """All of them must agree (会签); otherwise one is enough."""
    fillable: bool
    """Approvers may change the form: the template's own flow allows it, a named one does not."""
    status: str = "RUNNING"
    result: str = ""
    finished: str = ""
    records: list[dict[str, Any]] = field(default_factory=list)
    """What was done, oldest first."""

    @property
    def over(self) -> bool:
        return self.status != "RUNNING"

    def note(self, now: datetime, who: str, kind: str, result: str, remark: str = "") -> None:
        """Somebody did something."""
        said = {"remark": remark} if remark else {}
        self.records.append(
            {"userId": who, "date": _minute(now), "type": kind, "result": result, **said}
        )

    def answer(self, now: datetime, who: str, word: str, remark: str) -> None:
        """One refusal ends it; so does agreement, of everybody where that is wanted."""
        self.note(now, who, "EXECUTE_TASK_NORMAL", word, remark)
        agreed = {one["userId"] for one in self.records if one["result"] == "AGREE"}
        if word == "REFUSE" or not self.every or agreed >= set(self.people):
            self.finish(now, "COMPLETED", word.lower())

    def finish(self, now: datetime, status: str, result: str = "") -> None:
        self.status, self.result, self.finished = status, result, _minute(now)

    def shown(self, department: int) -> dict[str, Any]:
        """As it is told to whoever asks for it."""
        values = [{"name": name, "value": value} for name, value in self.form.items()]
        return {
            "title": f"{self.originator}提交的订单评审",
            "createTime": _minute(self.made),
            "finishTime": self.finished,
            "originatorUserId": self.originator,
            "originatorDeptId": str(department),
            "status": self.status,
            "result": self.result,
            "operationRecords": self.records,
            "formComponentValues": values,
            "bizAction": "NONE",
        }


def _minute(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%MZ")
