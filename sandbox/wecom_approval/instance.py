"""One approval instance: its form, whom it asks, and what was done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sandbox.clock import CHINA

OPEN, AGREED, REFUSED, WITHDRAWN, MOVED, UNDONE, DELETED = 1, 2, 3, 4, 4, 6, 7
"""Of instances and of what a person says; 4 is, of a person, that it was left to somebody else."""


@dataclass(frozen=True, slots=True)
class Control:
    """A component of the template."""

    id: str
    kind: str
    title: str
    required: bool = False


@dataclass(slots=True)
class Word:
    """What one of those who are asked says."""

    who: str
    word: int = OPEN
    opinion: str = ""
    at: int = 0


@dataclass(slots=True)
class Instance:
    """As it stands now."""

    key: str
    template: str
    made: datetime
    originator: str
    form: dict[str, str]
    """Values by the names of components; all that the template has. Dates as `2026-12-24`."""
    words: list[Word]
    every: bool
    """All of them must agree (会签); otherwise one is enough."""
    status: int = OPEN
    comments: list[dict[str, Any]] = field(default_factory=list)

    @property
    def people(self) -> list[str]:
        return [one.who for one in self.words if one.word != MOVED]

    def answer(self, now: datetime, who: str, word: int, opinion: str) -> None:
        """One refusal ends it; so does agreement, of everybody where that is wanted."""
        mine = next(one for one in self.words if one.who == who and one.word == OPEN)
        mine.word, mine.opinion, mine.at = word, opinion, int(now.timestamp())
        waiting = [one for one in self.words if one.word == OPEN]
        if word == REFUSED or not self.every or not waiting:
            self.status = word

    def move(self, now: datetime, who: str, to: str) -> None:
        """Somebody leaves it to somebody else (转审)."""
        mine = next(one for one in self.words if one.who == who and one.word == OPEN)
        mine.word, mine.at = MOVED, int(now.timestamp())
        self.words.append(Word(to))

    def shown(self, controls: Mapping[str, Control], *, older: bool) -> dict[str, Any]:
        """As it is told to whoever asks for it; `older`: as it was told before there were lists
        of nodes."""
        nodes = {"process_list": {"node_list": [self._node()]}}
        return {
            "sp_no": self.key,
            "sp_name": "订单评审",
            "sp_status": self.status,
            "template_id": self.template,
            "apply_time": int(self.made.timestamp()),
            "applyer": {"userid": self.originator, "partyid": "2"},
            "sp_record": [self._record()],
            "notifyer": [],
            "apply_data": {
                "contents": [
                    {
                        "control": one.kind,
                        "id": one.id,
                        "title": [{"text": one.title, "lang": "zh_CN"}],
                        "value": _value(one.kind, self.form[one.title]),
                    }
                    for one in controls.values()
                ]
            },
            "comments": self.comments,
            **({} if older else nodes),
        }

    def _record(self) -> dict[str, Any]:
        """The older list, in which 1 says that one is enough."""
        details = [
            {
                "approver": {"userid": one.who},
                "speech": one.opinion,
                "sp_status": one.word,
                "sptime": one.at,
                "media_id": [],
            }
            for one in self.words
        ]
        return {
            "sp_status": self.status,
            "approverattr": 2 if self.every else 1,
            "details": details,
        }

    def _node(self) -> dict[str, Any]:
        """The newer list, in which 2 does."""
        some = [
            {
                "userid": one.who,
                "speech": one.opinion,
                "sp_yj": one.word,
                "sptime": one.at,
                "media_ids": [],
            }
            for one in self.words
        ]
        relation = 1 if self.every else 2
        return {
            "node_type": 1,
            "sp_status": self.status,
            "apv_rel": relation,
            "sub_node_list": some,
        }


def _value(kind: str, value: str) -> dict[str, Any]:
    if kind != "Date":
        return {"text": value, "tips": [], "members": [], "departments": [], "files": []}
    if not value:
        return {"date": {"type": "day", "s_timestamp": ""}}
    day = datetime.combine(date.fromisoformat(value), datetime.min.time(), CHINA)
    return {"date": {"type": "day", "s_timestamp": str(int(day.timestamp()))}}
