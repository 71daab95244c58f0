"""What departments say of a record, and whether they may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from connector import exact
from connector.engine import gate
from connector.engine.system import Flow, System
from connector.errors import MappingFault
from connector.faults import fault
from connector.mapping.kinds import kinds
from connector.messages import Message, dump, say
from connector.objects import OBJECTS
from connector.objects.paths import written
from connector.reviews.board import WAITING, Board, NotAllowed
from connector.reviews.talking import Remark, Talking, cleaned
from connector.reviews.telling import Announcer
from connector.store import corrections, deliveries, reviews
from connector.store.engine import Tx

Verdict = Literal["approved", "refused", "returned"]
AGREED = {"approved", "withdrawn"}
"""States of departments' answers of which none stands against the record."""
"""`returned`: not before the record is another one, or a question about it is answered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody says for a department."""

    review: int
    department: str
    person: str
    verdict: Verdict
    comment: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    """Values that it was asked for, as people write them."""
    asks: tuple[str, ...] = ()
    """Whom the question is for with which it returns a record; nobody: its salesperson."""


class Answering:
    """Takes answers."""

    def __init__(self, system: System, board: Board) -> None:
        self._system = system
        self._board = board
        self._announcer = Announcer(system, board)
        self._talking = Talking(system, board)

    def answer(self, answer: Answer) -> str:
        """Note an answer; the state of the review after it. Raises NotAllowed."""
        try:
            with self._system.store.transaction() as tx:
                state = self._answered(tx, answer)
                fault("review_answered")
        except NotAllowed as error:
            self._talking.refused(answer.person, answer.review, answer.department, error)
            raise
        fault("review_answer_stored")
        return state

    def delegate(self, id: int, department: str, person: str, to: str) -> None:
        """Somebody else answers in a department's place. Raises NotAllowed."""
        try:
            with self._system.store.transaction() as tx:
                review, row = self._open(tx, id, department)
                self._may(tx, review, row, department, person)
                if to not in self._board.people:
                    raise NotAllowed(say("review_nobody", name=to))
                reviews.change(tx, id, department, {"delegate": to})
                kind = self._board.by_flow[review.flow]
                self._announcer.ask(tx, review, kind, department)
                self._talking.log(tx, person, "review_delegated", id, department, to=to)
        except NotAllowed as error:
            self._talking.refused(person, id, department, error)
            raise

    def release(self, id: int, person: str, reason: str) -> None:
        """An admin lets a record go without its review: audited and announced to all whom it
        concerned. Raises NotAllowed."""
        try:
            with self._system.store.transaction() as tx:
                review = reviews.load(tx, id, lock=True)
                if not self._board.is_admin(person) or not reason:
                    raise NotAllowed(say("review_admin"))
                if review is None or review.state in ("withdrawn", "released", "approved"):
                    raise NotAllowed(say("review_over", state=review.state if review else ""))
                now = self._system.store.now(tx)
                words = say("review_released", who=person, reason=reason)
                scene = self._talking.scene(tx, review)
                self._talking.note(tx, scene, Remark(person, reason, "released"))
                self._end(tx, review, now, "released", words)
                kind = self._board.by_flow[review.flow]
                names = [n for d in kind.departments.values() for n in d.settings.who]
                self._announcer.tell(tx, review, [*names, *kind.settings.escalate_to], kind, words)
                self._announcer.record(tx, review)
                self._talking.log(tx, person, "review_released", id, "", reason=reason)
        except NotAllowed as error:
            self._talking.refused(person, id, "", error)
            raise

    def accept(self, flow: Flow, person: str) -> None:
        """An admin accepts that a flow's review, or a mapping that makes its records, is another
        one now. Raises NotAllowed."""
        if not self._board.is_admin(person):
            error = NotAllowed(say("review_admin"))
            self._talking.refused(person, 0, flow.name, error)
            raise error
        store = self._system.store
        with store.transaction() as tx:
            now = store.now(tx)
            gate.accept(store, tx, flow, person)
            deliveries.look_again(tx, flow.name, now, ("review",))
            about = {"flow": flow.name, "mapping": flow.mapping.version}
            self._talking.log(tx, person, "review_accepted", 0, "", **about)

    # -- deciding ---------------------------------------------------------------------------

    def _answered(self, tx: Tx, answer: Answer) -> str:
        review, row = self._open(tx, answer.review, answer.department)
        if answer.verdict == "returned" == row.state:
            raise NotAllowed(say("review_answered", department=row.department, who=row.who))
        self._may(tx, review, row, answer.department, answer.person)
        given = self._given(review, answer) if answer.verdict == "approved" else {}
        now, comment = self._system.store.now(tx), cleaned(answer.comment)
        scene = self._talking.scene(tx, review)
        remark = self._talking.note(tx, scene, Remark(
            answer.person, comment, answer.verdict, answer.department, answer.asks
        ))  # fmt: skip
        reviews.change(tx, review.id, answer.department, {
            "state": answer.verdict,
            "who": answer.person,
            "comment": comment,
            "given": exact.dumps(given) if given else "",
            "answered_at": now,
            "due_at": self._board.due(scene.kind, now),
            "escalated_at": None,
        })  # fmt: skip
        what = f"review_{answer.verdict}"
        self._talking.log(tx, answer.person, what, review.id, answer.department, key=review.key)
        if answer.verdict == "returned":
            return self._returned(tx, review, remark)
        state = self._decided(tx, review, answer, comment, now)
        if state == "open" and row.state == "returned":
            self._talking.explain(tx, review)
        else:
            self._announcer.record(tx, review)
        return state

    def _returned(self, tx: Tx, review: Any, remark: Any) -> str:
        """The review waits for an answer to what a department asks."""
        if not remark.text:
            raise NotAllowed(say("page_why"))
        self._talking.explain(tx, review)
        self._talking.pass_on(tx, self._talking.scene(tx, review), remark)
        return "returned"

    def _decided(self, tx: Tx, review: Any, answer: Answer, comment: str, now: float) -> str:
        """What the review has come to: one refusal is enough, an approval takes all."""
        if answer.verdict == "refused":
            words = say("review_refused", department=answer.department, who=answer.person,
                        comment=comment)  # fmt: skip
            self._end(tx, review, now, "refused", words)
            return "refused"
        return "approved" if self.agreed(tx, review, now) else "open"

    def agreed(self, tx: Tx, review: Any, now: float) -> bool:
        """End a review that nobody has to answer any more; whether that is so."""
        rows = reviews.answers_of(tx, [review.id])[review.id]
        states = {row.state for row in rows}
        if not states <= AGREED:
            return False
        if self.alone(tx, review, rows):
            raise NotAllowed(say("review_alone"))
        words = say("review_approved" if "approved" in states else "review_not_needed")
        self._end(tx, review, now, "approved", words)
        return True

    def alone(self, tx: Tx, review: Any, rows: Sequence[Any]) -> bool:
        """Whether by these answers nobody has looked but one who has a part in how the document
        came to be."""
        who = {row.who for row in rows if row.state == "approved"}
        return len(who) == 1 and who <= self._makers(tx, review)

    def _makers(self, tx: Tx, review: Any) -> set[str]:
        """Who has a part in how the document came to be: whoever accepted last by which mapping it
        is made and who looks at it, and whoever corrected the record."""
        corrected = corrections.of(tx, review.flow, [review.key])[review.key]
        people = {self._board.person(row.who) for row in corrected}
        return people | {gate.accepted_by(tx, review.flow)}

    def _end(self, tx: Tx, review: Any, now: float, state: str, words: Message) -> None:
        reviews.end(tx, review.id, now, state, dump(words))
        deliveries.awaken(tx, review.flow, [review.key], now)

    def _open(self, tx: Tx, id: int, department: str) -> tuple[Any, Any]:
        review = reviews.load(tx, id, lock=True)
        if review is None or review.flow not in self._board.by_flow:
            raise NotAllowed(say("review_over", state=""))
        if review.state != "open":
            raise NotAllowed(say("review_over", state=review.state))
        rows = reviews.answers_of(tx, [id])[id]
        row = next((one for one in rows if one.department == department), None)
        known = self._board.by_flow[review.flow].departments
        if row is None or department not in known:
            raise NotAllowed(say("review_not_yours", department=department))
        if row.state == "withdrawn":
            raise NotAllowed(say("review_over", state=row.state))
        if row.state not in WAITING:
            raise NotAllowed(say("review_answered", department=department, who=row.who))
        return review, row

    def _may(self, tx: Tx, review: Any, row: Any, department: str, person: str) -> None:
        kind = self._board.by_flow[review.flow]
        if not self._board.answers_for(person, kind.departments[department], row.delegate):
            raise NotAllowed(say("review_not_yours", department=department))
        flow = self._system.flows[review.flow]
        if person in self._board.whose(self._board.seen(self._system, tx, flow, review.key)):
            raise NotAllowed(say("review_four_eyes"))

    def _given(self, review: Any, answer: Answer) -> dict[str, Any]:
        """The values as a record holds them. Raises NotAllowed."""
        kind = self._board.by_flow[review.flow]
        asked = kind.departments[answer.department].settings.asks
        missing = [name for name in asked if not answer.given.get(name)]
        if missing or set(answer.given) - set(asked):
            raise NotAllowed(say("review_gives", names=", ".join(asked)))
        object = self._system.flows[review.flow].object
        known = kinds(OBJECTS[object])
        try:
            return {name: written(known.get(name), name, answer.given[name]) for name in asked}
        except MappingFault as fault:
            raise NotAllowed(fault.words) from None
