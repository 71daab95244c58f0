"""What people ask and answer about a record under review, without deciding anything by it.

A remark belongs to the record: it stays where it stands when the record changes and is reviewed
anew. Whom the review concerns is told of it, once. Where a department has returned the record with
a question, the answer asks that department anew.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.engine.system import System
from connector.messages import dump, say
from connector.reviews.board import WAITING, Board, NotAllowed, Review
from connector.reviews.telling import Announcer
from connector.rules.people import SALESPERSON
from connector.rules.record import Seen
from connector.store import deliveries, journal, remarks, reviews
from connector.store.engine import Tx

LONGEST = 2_000
"""Characters of what somebody says at once."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody says."""

    who: str
    text: str
    kind: str = "said"
    """Or what they decided by it."""
    department: str = ""
    """For which they decided it."""
    asks: tuple[str, ...] = ()
    """Departments, roles or people whom it is for; nobody: all whom the review concerns."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A record under review, and all that is needed to tell who has to do with it."""

    board: Board
    review: Any
    kind: Review
    answers: Sequence[Any]
    seen: Seen | None
    said: Sequence[Any]
    """What was said of the record before."""

    def meant(self, names: Iterable[str]) -> list[str]:
        """The people whom these names mean. Raises NotAllowed."""
        return self.board.meant(self.kind, self.answers, self.seen, names)

    def asked(self, remark: Any) -> list[str]:
        """The people whom a remark asks: whoever returns a record asks its salesperson. Where that
        means nobody any more, whoever stands in for them."""
        people = self.board.book.people
        names = remarks.asks(remark) or [SALESPERSON] * (remark.kind == "returned")
        own = (SALESPERSON, *self.kind.departments)
        known = [name for name in names if name in own or people.named([name])]
        return self.meant(known) or (people.named(people.otherwise) if names else [])

    def may_speak(self, person: str) -> bool:
        """Whether somebody may say something here: those who have to do with the record, and whom
        somebody has asked."""
        asked = (one for remark in self.said for one in self.asked(remark))
        return self.board.speaks(self.kind, self.answers, self.seen, person) or (
            person in self.board.people and person in asked
        )

    def answers_as(self, person: str) -> str:
        """The first department that waits for an answer that somebody may give; empty: none."""
        if person in self.board.whose(self.seen):
            return ""
        return next((row.department for row in self.answers if self._answers(person, row)), "")

    def _answers(self, person: str, row: Any) -> bool:
        known = self.kind.departments.get(row.department)
        is_open = self.review.state == "open" and row.state in WAITING
        return is_open and known is not None and self.board.answers_for(person, known, row.delegate)

    def concerned(self) -> list[str]:
        """The record's salesperson, and those whom its review asks."""
        asked = (one for row in self.answers for one in self.asked_for(row))
        return list(dict.fromkeys([*self.board.whose(self.seen), *asked]))

    def asked_for(self, row: Any) -> list[str]:
        """The people who are asked for a department."""
        known = self.kind.departments.get(row.department)
        return self.board.asked(known, row.delegate) if known else []

    def question(self, department: str) -> Any | None:
        """With what a department returned the record under this review."""
        found = [one for one in self.said if one.review == self.review.id
                 and (one.kind, one.department) == ("returned", department)]  # fmt: skip
        return found[-1] if found else None

    def is_answered(self, row: Any, person: str) -> bool:
        """Whether what somebody says answers what a department returned the record with: it comes
        from whom that asked, or from whoever runs things, and not from the department itself."""
        question = self.question(row.department)
        if row.state != "returned" or question is None:
            return False
        if person in self.board.whose(self.seen):
            return True
        asked = person in self.asked(question) or self.board.runs(person)
        return asked and not self._answers(person, row)


class Talking:
    """Takes what people say."""

    def __init__(self, system: System, board: Board) -> None:
        self._system = system
        self._board = board
        self._announcer = Announcer(system, board)

    def say(self, review: int, person: str, text: str, asks: Sequence[str] = ()) -> None:
        """Somebody says something of a record. Raises NotAllowed."""
        try:
            with self._system.store.transaction() as tx:
                self._said(tx, review, Remark(person, text, asks=tuple(asks)))
        except NotAllowed as error:
            self.refused(person, review, "", error)
            raise

    def note(self, tx: Tx, scene: Scene, remark: Remark) -> Any | None:
        """Append a remark, or what was decided by one; None: it was sent twice. Raises
        NotAllowed."""
        text = cleaned(remark.text)
        scene.meant(remark.asks)
        last = scene.said[-1] if scene.said else None
        if remark.kind == "said" and last is not None and (
            (last.who, last.kind, last.text, last.review, tuple(remarks.asks(last)))
            == (remark.who, remark.kind, text, scene.review.id, remark.asks)
        ):  # fmt: skip
            return None
        row = {
            "flow": scene.review.flow,
            "key": scene.review.key,
            "review": scene.review.id,
            "at": self._system.store.now(tx),
            "who": remark.who,
            "kind": remark.kind,
            "department": remark.department,
            "text": text,
            "asks": json.dumps(remark.asks, ensure_ascii=False) if remark.asks else "",
        }
        return remarks.add(tx, row)

    def pass_on(self, tx: Tx, scene: Scene, remark: Any, *others: str) -> None:
        """Tell whom a remark is for, each once, and `others`; nobody of what they said."""
        concerned = [] if remarks.asks(remark) else scene.concerned()
        people = [*concerned, *scene.asked(remark), *others]
        told = {one: scene.answers_as(one) for one in people if one != remark.who}
        self._announcer.pass_on(tx, scene.review, scene.kind, remark, told)

    def remind(self, tx: Tx, review: Any, department: str) -> None:
        """Tell whom a department has asked once more, while they do not answer."""
        scene = self.scene(tx, review)
        question = scene.question(department)
        if question is not None:
            people = scene.asked(question)
            told = {one: scene.answers_as(one) for one in people}
            self._announcer.pass_on(tx, review, scene.kind, question, told, again=True)

    def scene(self, tx: Tx, review: Any) -> Scene:
        """A review, with all that belongs to it."""
        flow = self._system.flows[review.flow]
        return Scene(
            self._board,
            review,
            self._board.by_flow[review.flow],
            reviews.answers_of(tx, [review.id])[review.id],
            self._board.seen(self._system, tx, flow, review.key),
            remarks.of(tx, review.flow, [review.key])[review.key],
        )

    # -- what follows -----------------------------------------------------------------------

    def _said(self, tx: Tx, id: int, remark: Remark) -> None:
        review = reviews.load(tx, id, lock=True)
        if review is None or review.flow not in self._board.by_flow:
            raise NotAllowed(say("review_over", state=""))
        scene = self.scene(tx, review)
        if not scene.may_speak(remark.who):
            raise NotAllowed(say("review_silent"))
        if not cleaned(remark.text):
            raise NotAllowed(say("review_empty"))
        made = self.note(tx, scene, remark)
        if made is None:
            return
        self.log(tx, remark.who, "review_said", id, "", key=review.key)
        answered = [row for row in scene.answers if scene.is_answered(row, remark.who)]
        if review.state == "open" and answered:
            self._ask_anew(tx, scene, remark.who, [row.department for row in answered])
            scene = self.scene(tx, review)
        anew = (one for row in answered for one in scene.asked_for(row))
        self.pass_on(tx, scene, made, *anew)

    def _ask_anew(self, tx: Tx, scene: Scene, who: str, departments: Sequence[str]) -> None:
        """These are asked once more, and shown how it stands now."""
        review, kind = scene.review, scene.kind
        flow, now = self._system.flows[review.flow], self._system.store.now(tx)
        for name in departments:
            values = {**ANEW, "at": now, "due_at": self._board.due(kind, now)}
            if scene.seen and (known := kind.departments.get(name)):
                its = self._board.seen_by(tx, flow, known, review.key, scene.seen)
                values["evidence"] = known.evidence(its, self._board.book.language)
            reviews.change(tx, review.id, name, values)
            self.log(tx, who, "review_asked_anew", review.id, name, key=review.key)
        self.explain(tx, review)

    def explain(self, tx: Tx, review: Any) -> None:
        """Why an open review waits, on the record's delivery and for whoever asks in the CRM."""
        answers = reviews.answers_of(tx, [review.id])[review.id]
        returned = [row for row in answers if row.state == "returned"]
        last = max(returned, key=lambda row: row.answered_at, default=None)
        words = say("review_returned", department=last.department, who=last.who,
                    comment=last.comment) if last else ""  # fmt: skip
        reviews.explain(tx, review.id, dump(words))
        deliveries.awaken(tx, review.flow, [review.key], self._system.store.now(tx))
        self._announcer.record(tx, review)

    # -- noting -----------------------------------------------------------------------------

    def log(self, tx: Tx, who: str, what: str, id: int, department: str, **more: Any) -> None:
        """Note in the audit what somebody did with a review."""
        about = {"review": id, "department": department, **more}
        journal.log_audit(tx, self._system.store.now(tx), who, what, about)

    def refused(self, who: str, id: int, department: str, error: NotAllowed) -> None:
        """The same of what somebody tried."""
        with self._system.store.transaction() as tx:
            self.log(tx, who, "review_attempt_refused", id, department, why=str(error))


ANEW: Mapping[str, Any] = {
    "state": "open", "who": "", "comment": "", "given": "", "answered_at": None, "reminded": 0,
    "escalated_at": None,
}  # fmt: skip
"""An answer that is to be given once more."""


def cleaned(text: str) -> str:
    """What somebody typed, as it can be kept: ends of lines stay, other controls do not. Raises
    NotAllowed for what is too long."""
    lines = text.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")
    kept = "".join(one for one in lines if one in "\n\t" or unicodedata.category(one) != "Cc")
    if len(kept.strip()) > LONGEST:
        raise NotAllowed(say("review_long", most=LONGEST))
    return kept.strip()
