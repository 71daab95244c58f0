"""Minding reviews: departments that do not answer are reminded, and so is whoever a department has
asked something; others hear of it in time; what nobody needs any more is withdrawn."""

from __future__ import annotations

from typing import Any

from connector.engine import gate
from connector.engine.system import Flow, System
from connector.faults import fault
from connector.messages import Message, dump, say
from connector.reviews.board import Board
from connector.reviews.talking import Talking
from connector.reviews.telling import Announcer
from connector.rights import ROLES
from connector.store import facts, reviews
from connector.store.engine import Tx


class Minder:
    """Minds the reviews of one system."""

    def __init__(self, system: System, board: Board) -> None:
        self._system = system
        self._board = board
        self._announcer = Announcer(system, board)
        self._talking = Talking(system, board)

    def run(self) -> int:
        """Remind, escalate and withdraw; how many departments and reviews."""
        store = self._system.store
        with store.reading() as tx:
            now = store.now(tx)
            slow, late = self._waiting(tx, now)
            edited = self._edited(tx)
            if not slow and not late and not edited and not reviews.needless(tx):
                return 0
        with store.transaction() as tx:
            for flow, words in edited:
                self._tell_admins(tx, flow, words)
            for row in slow:
                self._remind(tx, row, store.now(tx))
            for row in late:
                self._escalate(tx, row, store.now(tx))
            gone = reviews.needless(tx, lock=True)
            for row in gone:
                reviews.end(tx, row.id, store.now(tx), "withdrawn", dump(say("review_gone")))
                self._announcer.record(tx, row)
            fault("reviews_minded")
        return len(slow) + len(late) + len(gone) + len(edited)

    def _edited(self, tx: Tx) -> list[tuple[Flow, Message]]:
        """Flows that stand still until an admin accepts what was edited, as far as none has heard
        of just that."""
        flows = [self._system.flows[name] for name in self._board.by_flow]
        found = ((flow, gate.unaccepted(tx, flow)) for flow in flows)
        return [(flow, words) for flow, words in found
                if words and facts.noted(tx, _told(flow)) != _edition(flow)]  # fmt: skip

    def _tell_admins(self, tx: Tx, flow: Flow, words: Message) -> None:
        self._announcer.announce(tx, flow, self._board.by_flow[flow.name], [ROLES[-1]], words)
        facts.note(self._system.store, tx, _told(flow), _edition(flow))

    def _waiting(self, tx: Tx, now: float) -> tuple[list[Any], list[Any]]:
        """Departments that are to be reminded, and those of which others are to hear. At hours in
        which nobody is told there are none: reminders would only pile up until the morning."""
        opens, known = self._board.book.opens, self._board.by_flow
        if opens(now) > now:
            return [], []
        slow = [row for row in reviews.to_remind(tx, now) if row.flow in known]
        late = [
            row
            for row in reviews.to_escalate(tx)
            if row.flow in known
            if now >= opens(row.answered_at or row.at) + known[row.flow].settings.escalate
        ]
        return slow, late

    def _remind(self, tx: Tx, row: Any, now: float) -> None:
        review = reviews.load(tx, row.review, lock=True)
        if review is None or review.state != "open":
            return
        kind = self._board.by_flow[review.flow]
        if row.state == "returned":
            self._talking.remind(tx, review, row.department)
        elif row.department in kind.departments:
            self._announcer.ask(tx, review, kind, row.department, again=True)
        due = {"due_at": now + kind.settings.remind, "reminded": row.reminded + 1}
        reviews.change(tx, review.id, row.department, due)

    def _escalate(self, tx: Tx, row: Any, now: float) -> None:
        review = reviews.load(tx, row.review, lock=True)
        if review is None or review.state != "open":
            return
        kind = self._board.by_flow[review.flow]
        hours = int((now - (row.answered_at or row.at)) // 3600)
        words = say("review_still" if row.state == "returned" else "review_waits", hours=hours,
                    number=review.number or review.key, department=row.department)  # fmt: skip
        self._announcer.tell(tx, review, kind.settings.escalate_to, kind, words)
        reviews.change(tx, review.id, row.department, {"escalated_at": now})


def _told(flow: Flow) -> str:
    """Under which it is noted what admins were told of that was edited."""
    return f"told of edits to {flow.name}"


def _edition(flow: Flow) -> str:
    return f"{flow.review} {flow.made_by}"
