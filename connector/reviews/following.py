"""Reviews that rules ask for follow their rules: a department that a rule asks joins the review of
a record when the rule comes to hold, and has nothing to answer any more when it is over.

What changed of the record itself is reviewed anew anyway. This is about what changes around it: a
credit, a cost, a day that passes. Rules say when to look; whether it holds is seen here.
"""

from __future__ import annotations

from typing import Any

from connector.engine.system import System
from connector.faults import fault
from connector.reviews.answering import AGREED, Answering
from connector.reviews.asking import GROUP, Asker
from connector.reviews.board import WAITING, Board, Department
from connector.reviews.telling import Announcer
from connector.rules.evaluate import REVIEW
from connector.rules.record import Seen
from connector.store import deliveries, reviews, rules
from connector.store.engine import Tx

NOT_GONE = ("pending", "stopped")
"""States of a delivery that is not on its way, and not done."""


class Follower:
    """Lets the reviews of one system follow its rules."""

    def __init__(self, system: System, board: Board) -> None:
        self._system = system
        self._board = board
        self._asker = Asker(system, board)
        self._answering = Answering(system, board)
        self._announcer = Announcer(system, board)

    def run(self) -> int:
        """Look at the records for which rules began to hold, or ceased to; how many reviews
        changed."""
        store, moved = self._system.store, 0
        while not self._system.stopping.is_set():
            with store.reading() as tx:
                undone = rules.undone(tx, GROUP, (REVIEW,))
            if not undone:
                break
            with store.transaction() as tx:
                moved += sum(self._follow(tx, one) for one in undone)
                rules.tell(tx, [one.id for one in undone], store.now(tx), "-")
                fault("reviews_followed")
            fault("reviews_following_stored")
        return moved

    def _follow(self, tx: Tx, one: Any) -> int:
        moved = 0
        for name, kind in self._board.by_flow.items():
            flow, department = self._system.flows[name], kind.departments.get(one.rule)
            here = (flow.source, flow.object) == (one.connection, one.object)
            if here and department is not None and department.rule is not None:
                moved += self._of_flow(tx, name, one.key, department)
        return moved

    def _of_flow(self, tx: Tx, name: str, key: str, department: Department) -> int:
        newest = reviews.newest(tx, name, [key]).get(key)
        review = reviews.load(tx, newest.id, lock=True) if newest else None
        flow = self._system.flows[name]
        seen = self._board.seen(self._system, tx, flow, key)
        if review is None or seen is None:
            return 0
        its = self._board.seen_by(tx, flow, department, key, seen)
        states = {
            row.department: row.state for row in reviews.answers_of(tx, [review.id])[review.id]
        }
        state = states.get(department.name, "withdrawn")
        if department.concerns(its):
            return self._join(tx, review, department, its) if state == "withdrawn" else 0
        return self._leave(tx, review, department) if state in WAITING else 0

    def _join(self, tx: Tx, review: Any, department: Department, seen: Seen) -> int:
        """It is asked, too, as long as the record has not gone."""
        known = deliveries.load(tx, review.flow, [review.key]).get(review.key)
        waits = known is not None and known.state in NOT_GONE
        if review.state != "open" and not (review.state == "approved" and waits):
            return 0
        self._asker.ask(tx, review, {department.name: seen})
        self._announcer.record(tx, review)
        return 1

    def _leave(self, tx: Tx, review: Any, department: Department) -> int:
        """It has nothing to answer any more; unless the record would pass by one alone then, who
        has a part in how the document came to be."""
        rows = reviews.answers_of(tx, [review.id])[review.id]
        others = [row for row in rows if row.department != department.name]
        agreed = AGREED.issuperset(row.state for row in others)
        if review.state != "open" or (agreed and self._answering.alone(tx, review, others)):
            return 0
        reviews.change(tx, review.id, department.name, {"state": "withdrawn", "who": ""})
        self._answering.agreed(tx, review, self._system.store.now(tx))
        self._announcer.record(tx, review)
        return 1
