"""Reviews as people see and answer them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector import exact
from connector.engine.system import System
from connector.errors import ConnectorError
from connector.messages import load, say
from connector.operations import finding
from connector.reviews import links
from connector.reviews.answering import Answer, Answering, NotAllowed, Verdict
from connector.reviews.asking import Asker
from connector.reviews.board import Board
from connector.reviews.minding import Minder
from connector.reviews.polling import Poller
from connector.store import feeds, journal, reviews
from connector.store.engine import Tx

LEASE = "reviews"
SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Said:
    """What one department says."""

    department: str
    state: str
    who: str
    comment: str
    evidence: dict[str, str]
    given: dict[str, Any]
    asks: tuple[str, ...]
    waited: float
    """Seconds until it answered, or until now."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One review."""

    id: int
    flow: str
    key: str
    number: str
    state: str
    at: float
    why: str
    departments: tuple[Said, ...]


def mind(system: System, board: Board) -> int:
    """Ask departments, remind them, withdraw what nobody needs; how much there was to do."""
    if not board.by_flow:
        return 0
    with system.store.transaction() as tx:
        if feeds.take_lease(system.store, tx, LEASE, system.owner, SECONDS) is None:
            return 0
    return Asker(system, board).run() + Poller(system, board).run() + Minder(system, board).run()


def listing(system: System, board: Board, flow: str = "") -> list[Shown]:
    """The reviews under way."""
    with system.store.reading() as tx:
        rows = [row for row in reviews.listing(tx, flow=flow) if row.flow in board.by_flow]
        answers = reviews.answers_of(tx, [row.id for row in rows])
        now = system.store.now(tx)
        return [_shown(board, row, answers[row.id], now) for row in rows]


def show(system: System, board: Board, flow: str, number: str) -> Shown:
    """The newest review of a record. Raises NotFound."""
    known = finding.delivering(system, flow)
    keys = finding.keys(system, known, [number])
    with system.store.reading() as tx:
        row = reviews.newest(tx, flow, keys).get(keys[0])
        if row is None:
            raise finding.NotFound(say("review_none", number=number))
        return _shown(board, row, reviews.answers_of(tx, [row.id])[row.id], system.store.now(tx))


def _shown(board: Board, row: Any, answers: list[Any], now: float) -> Shown:
    kind = board.by_flow.get(row.flow)
    departments = kind.departments if kind else {}
    said = tuple(
        Said(
            one.department,
            one.state,
            one.who,
            one.comment,
            exact.loads(one.evidence) if one.evidence else {},
            exact.loads(one.given) if one.given else {},
            departments[one.department].settings.asks if one.department in departments else (),
            (one.answered_at or now) - one.at,
        )
        for one in answers
    )
    why = str(load(row.why)) if row.why else ""
    return Shown(row.id, row.flow, row.key, row.number, row.state, row.at, why, said)


def person(board: Board, login: str) -> str:
    """Who a user of this machine is. Raises NotAllowed where nobody knows."""
    found = board.person(login)
    if not found:
        raise NotAllowed(say("review_who", login=login))
    return found


def answer(
    system: System,
    board: Board,
    flow: str,
    number: str,
    department: str,
    who: str,
    verdict: Verdict,
    comment: str,
    given: Mapping[str, str],
) -> str:
    """Answer for a department; the review's state after it. Raises ConnectorError."""
    review = show(system, board, flow, number)
    made = Answer(review.id, department, who, verdict, comment, given)
    return Answering(system, board).answer(made)


def times(system: System) -> list[tuple[str, int, float]]:
    """How long departments take: `(department, answers, seconds each)`."""
    with system.store.reading() as tx:
        return [(row.department, row.n, float(row.seconds or 0) / row.n)
                for row in reviews.waits(tx)]  # fmt: skip


# -- behind a link -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """What a link leads to."""

    link: links.Link
    review: Shown
    said: Said
    name: str
    """Who is asked, as people call them."""


def opened(system: System, board: Board, token: str) -> Page:
    """What a link shows; nothing is changed by looking. Raises BadLink, NotAllowed."""
    with system.store.reading() as tx:
        link = _link(system, board, tx, token)
        row = reviews.load(tx, link.review)
        answers = reviews.answers_of(tx, [link.review])[link.review]
        now = system.store.now(tx)
        said = [one for one in answers if one.department == link.department]
        if row is None or not said:
            raise links.BadLink(say("link_bad"))
        shown = _shown(board, row, said, now)
    name = board.people[link.person].name or link.person
    return Page(link, shown, shown.departments[0], name)


def answered(
    system: System,
    board: Board,
    token: str,
    verdict: Verdict,
    comment: str,
    given: Mapping[str, str],
) -> str:
    """Answer by a link; the review's state after it. Raises ConnectorError; that it was tried is
    noted."""
    try:
        with system.store.reading() as tx:
            link = _link(system, board, tx, token)
    except ConnectorError as error:
        with system.store.transaction() as tx:
            about = {"review": 0, "why": str(error)}
            journal.log_audit(tx, system.store.now(tx), "?", "review_attempt_refused", about)
        raise
    made = Answer(link.review, link.department, link.person, verdict, comment, given)
    return Answering(system, board).answer(made)


def _link(system: System, board: Board, tx: Tx, token: str) -> links.Link:
    link = links.read(system, tx, token)
    if link.person not in board.people:
        raise links.BadLink(say("link_bad"))
    return link
