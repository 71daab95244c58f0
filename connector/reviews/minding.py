"""Minding reviews: departments that do not answer are reminded, others hear of it in time; what
nobody needs any more is withdrawn."""

from __future__ import annotations

from typing import Any

from connector.engine.system import System
from connector.faults import fault
from connector.messages import dump, say
from connector.reviews.board import Board
from connector.reviews.telling import Announcer
from connector.store import reviews
from connector.store.engine import Tx


class Minder:
    """Minds the reviews of one system."""

    def __init__(self, system: System, board: Board) -> None:
        self._system = system
        self._board = board
        self._announcer = Announcer(system, board)

    def run(self) -> int:
        """Remind and withdraw; how many departments and reviews."""
        store = self._system.store
        with store.reading() as tx:
            now = store.now(tx)
            late = [row for row in reviews.to_remind(tx, now) if row.flow in self._board.by_flow]
            if not late and not reviews.needless(tx):
                return 0
        with store.transaction() as tx:
            for row in late:
                self._remind(tx, row, store.now(tx))
            gone = reviews.needless(tx, lock=True)
            for row in gone:
                reviews.end(tx, row.id, store.now(tx), "withdrawn", dump(say("review_gone")))
                self._announcer.record(tx, row)
            fault("reviews_minded")
        return len(late) + len(gone)

    def _remind(self, tx: Tx, row: Any, now: float) -> None:
        review = reviews.load(tx, row.review, lock=True)
        if review is None or review.state != "open":
            return
        kind = self._board.by_flow[review.flow]
        if row.department in kind.departments:
            self._announcer.ask(tx, review, kind, row.department, again=True)
        waited = now - row.at
        if waited >= kind.settings.escalate:
            words = say("review_waits", number=review.number or review.key,
                        department=row.department, hours=int(waited // 3600))  # fmt: skip
            self._announcer.tell(tx, review, kind.settings.escalate_to, kind, words)
        due = {"due_at": now + kind.settings.remind, "reminded": row.reminded + 1}
        reviews.change(tx, review.id, row.department, due)
