"""Looking whether somebody has answered where people approve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connector import log
from connector.contract import Record, Shape
from connector.engine.system import System
from connector.errors import AdapterError
from connector.messages import say
from connector.reviews.answering import Answer, Answering
from connector.reviews.board import WAITING, Board, NotAllowed, Review
from connector.reviews.talking import LONGEST
from connector.reviews.telling import approval_key
from connector.settings import HUB
from connector.store import facts, links, reviews
from connector.store.engine import Tx

SHAPE = Shape("approval", ("id",), ("state", "who", "comment"))
ENDED = {"approved": "approved", "refused": "refused", "withdrawn": "refused"}
"""What an instance has come to; who takes it back there refuses."""
_log = log.get(__name__)


def refused(key: str) -> str:
    """Under which it is noted that an instance's answer does not count."""
    return f"not taken {key}"


class Poller:
    """Looks for answers."""

    def __init__(self, system: System, board: Board) -> None:
        self._system = system
        self._board = board

    def run(self) -> int:
        """Look wherever it is time to; how many answers were taken."""
        taken = 0
        for flow, kind in self._board.by_flow.items():
            if kind.settings.via and self._is_time(kind):
                taken += sum(self._take(kind, *found) for found in self._ended(flow, kind))
        return taken

    def _is_time(self, kind: Review) -> bool:
        store, name = self._system.store, f"looked at {kind.settings.via} for {kind.name}"
        with store.transaction() as tx:
            now = store.now(tx)
            if now < float(facts.noted(tx, name) or 0) + kind.settings.look:
                return False
            facts.note(store, tx, name, repr(now))
        return True

    def _ended(self, flow: str, kind: Review) -> Iterator[tuple[Any, str, Record]]:
        """Instances of open answers that are over: review, department, and how they stand."""
        via = kind.settings.via
        with self._system.store.reading() as tx:
            waiting = self._waiting(tx, flow, via)
        if not waiting:
            return
        adapter = self._system.connections[via].adapter
        try:
            for record in adapter.fetch(SHAPE, sorted(waiting)):
                if record.fields["state"] in ENDED:
                    yield (*waiting[record.key], record)
        except AdapterError as error:
            _log.warning("approvals_unseen", connection=via, why=str(error))

    def _waiting(self, tx: Tx, flow: str, via: str) -> dict[str, tuple[Any, str]]:
        """By the key of its instance, what still waits for an answer there."""
        rows = {row.id: row for row in reviews.listing(tx, ("open",), flow=flow)}
        asked = {
            approval_key(rows[id], one.department): (rows[id], one.department)
            for id, some in reviews.answers_of(tx, list(rows)).items()
            for one in some
            if one.state in WAITING
        }
        found = links.find(tx, "approval", HUB, via, list(asked))
        return {link.there: asked[link.here] for link in found
                if not facts.noted(tx, refused(link.there))}  # fmt: skip

    def _take(self, kind: Review, review: Any, department: str, record: Record) -> bool:
        via, fields = kind.settings.via, record.fields
        asks = kind.departments[department].settings.asks
        given = {name: str(fields.get(f"given.{name}") or "") for name in asks}
        verdict: Any = ENDED[fields["state"]]
        person = self._board.known_as(via, str(fields["who"]))
        comment = str(fields["comment"] or "")[:LONGEST]
        if verdict == "approved" and not all(given.values()):
            verdict, comment = "refused", str(say("review_gives", names=", ".join(asks)))
        answer = Answer(review.id, department, person, verdict, comment, given)
        try:
            Answering(self._system, self._board).answer(answer)
        except NotAllowed as error:
            self._note_refusal(record.key, error)
            return False
        return True

    def _note_refusal(self, key: str, error: NotAllowed) -> None:
        """Its answer does not count, and never will: it is not looked at again."""
        _log.warning("approval_not_taken", instance=key, why=str(error))
        with self._system.store.transaction() as tx:
            facts.note(self._system.store, tx, refused(key), "1")
