"""New reviews: whom they concern, and what each department is shown, as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.engine.system import System
from connector.faults import fault
from connector.messages import dump, say
from connector.reviews.board import Board
from connector.reviews.telling import Announcer
from connector.rules.record import Seen
from connector.store import deliveries, reviews
from connector.store.engine import Tx

GROUP = 50
PATIENCE = 600.0
"""Seconds for which it is waited until plans and figures know the record. Then departments are
asked all the same, those whom they would have spared, too."""


class Asker:
    """Asks departments."""

    def __init__(self, system: System, board: Board) -> None:
        self._system = system
        self._board = board
        self._announcer = Announcer(system, board)

    def run(self) -> int:
        """Ask for what is new; how many reviews were opened or found to concern nobody."""
        store, done = self._system.store, 0
        while not self._system.stopping.is_set():
            with store.reading() as tx:
                new = reviews.listing(tx, ("new",), limit=GROUP)
                waiting = {row.id: known for row in new if row.flow in self._board.by_flow
                           for known in [self._board.is_known(self._system, tx, row)]
                           if known or store.now(tx) - row.at >= PATIENCE}  # fmt: skip
            if not waiting:
                break
            with store.transaction() as tx:
                for id, known in waiting.items():
                    done += self._ask(tx, id, known=known)
                fault("reviews_asked")
            fault("reviews_stored")
        return done

    def _ask(self, tx: Tx, id: int, *, known: bool) -> int:
        review = reviews.load(tx, id, lock=True)
        if review is None or review.state != "new":
            return 0
        flow = self._system.flows[review.flow]
        for old in reviews.before(tx, review):
            self._announcer.take_back(tx, old)
        seen = self._board.seen(self._system, tx, flow, review.key)
        now = self._system.store.now(tx)
        concerned = self._concerned(tx, review, seen, known=known) if seen else {}
        if seen is None:
            reviews.end(tx, id, now, "withdrawn", dump(say("review_gone")))
        elif not concerned:
            reviews.end(tx, id, now, "approved", dump(say("review_not_needed")))
            deliveries.awaken(tx, flow.name, [review.key], now)
        else:
            self.ask(tx, review, concerned)
        self._announcer.record(tx, review)
        return 1

    def _concerned(self, tx: Tx, review: Any, seen: Seen, *, known: bool) -> dict[str, Seen]:
        """By the departments that look at it, the record as they see it."""
        flow, kind = self._system.flows[review.flow], self._board.by_flow[review.flow]
        by = {d.name: self._board.seen_by(tx, flow, d, review.key, seen)
              for d in kind.departments.values()}  # fmt: skip
        return {name: its for name, its in by.items()
                if kind.departments[name].concerns(its, known=known)}  # fmt: skip

    def ask(self, tx: Tx, review: Any, concerned: Mapping[str, Seen]) -> None:
        """Ask these departments, what each sees being shown and kept."""
        kind, now = self._board.by_flow[review.flow], self._system.store.now(tx)
        due_at, language = self._board.due(kind, now), self._board.book.language
        rows = [
            {
                "review": review.id,
                "department": name,
                "state": "open",
                "evidence": kind.departments[name].evidence(seen, language),
                "at": now,
                "due_at": due_at,
            }
            for name, seen in concerned.items()
        ]
        reviews.open_for(tx, review.id, rows)
        for name in concerned:
            self._announcer.ask(tx, review, kind, name)
