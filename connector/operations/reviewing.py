"""Reviews as people see and answer them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast, get_args

from connector import exact
from connector.engine.system import System
from connector.errors import ConnectorError
from connector.messages import load, say
from connector.operations import finding
from connector.reviews import links
from connector.reviews.answering import Answer, Answering, Verdict
from connector.reviews.asking import Asker
from connector.reviews.board import Board, NotAllowed, visible
from connector.reviews.following import Follower
from connector.reviews.minding import Minder
from connector.reviews.polling import Poller
from connector.reviews.talking import Talking
from connector.store import feeds, journal, remarks, reviews
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
class Remark:
    """What somebody said of a record, or decided."""

    id: int
    at: float
    who: str
    kind: str
    """`said`, `returned`, `approved`, `refused` or `released`."""
    department: str
    text: str
    asks: tuple[str, ...]
    """Whom it is for; nobody: all whom the review concerns."""


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
    remarks: tuple[Remark, ...]
    """All that was said of the record, under earlier reviews too, oldest first."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody says for a department."""

    verdict: Verdict
    comment: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    """Values that it was asked for, as people write them."""
    asks: tuple[str, ...] = ()
    """Whom the question is for with which a record is returned; nobody: its salesperson."""
    seen: int | None = None
    """Id of the review that they saw; None: the newest."""

    @classmethod
    def of(cls, form: Mapping[str, str], seen: int | None = None) -> Reply:
        """What a form says. Raises NotAllowed for one that gives no verdict."""
        verdict = form.get("verdict", "")
        if verdict not in get_args(Verdict):
            raise NotAllowed(say("page_why"))
        given = {name.removeprefix("given."): value.strip() for name, value in form.items()
                 if name.startswith("given.") and verdict == "approved"}  # fmt: skip
        return cls(cast(Verdict, verdict), form.get("comment", "").strip(), given, seen=seen)


def mind(system: System, board: Board) -> int:
    """Ask departments, remind them, withdraw what nobody needs; how much there was to do."""
    if not board.by_flow:
        return 0
    with system.store.transaction() as tx:
        if feeds.take_lease(system.store, tx, LEASE, system.owner, SECONDS) is None:
            return 0
    asked = Follower(system, board).run() + Asker(system, board).run()
    return asked + Poller(system, board).run() + Minder(system, board).run()


@dataclass(frozen=True, slots=True)
class Desk:
    """The reviews in somebody's hands. What people do raises ConnectorError where they may not."""

    system: System
    board: Board
    login: str
    hides: frozenset[str] = frozenset()
    """Kinds of what they do not see."""

    def listing(self, flow: str = "") -> list[Shown]:
        """The reviews under way."""
        with self.system.store.reading() as tx:
            rows = [row for row in reviews.listing(tx, flow=flow) if row.flow in self.board.by_flow]
            return self._shown(tx, rows)

    def show(self, flow: str, number: str) -> Shown:
        """The newest review of a record. Raises NotFound."""
        known = finding.delivering(self.system, flow)
        keys = finding.keys(self.system, known, [number])
        with self.system.store.reading() as tx:
            row = reviews.newest(tx, flow, keys).get(keys[0])
            if row is None:
                raise finding.NotFound(say("review_none", number=number))
            return self._shown(tx, [row])[0]

    def answer(self, flow: str, number: str, department: str, reply: Reply) -> str:
        """Answer for a department; the review's state after it."""
        id, who = self._seen(flow, number, reply.seen), self._person()
        return _answer(self.system, self.board, id, department, who, reply)

    def say(
        self, flow: str, number: str, text: str, asks: Sequence[str], seen: int | None = None
    ) -> None:
        """Say something of a record."""
        who, id = self._person(), self._seen(flow, number, seen)
        Talking(self.system, self.board).say(id, who, text, asks)

    def speaks(self, flow: str, number: str) -> bool:
        """Whether they may say something of a record."""
        person, id = self.board.person(self.login), self.show(flow, number).id
        with self.system.store.reading() as tx:
            return _may_speak(self.system, self.board, tx, id, person)

    def delegate(self, flow: str, number: str, department: str, to: str) -> None:
        """Let somebody else answer for a department."""
        who, id = self._person(), self.show(flow, number).id
        Answering(self.system, self.board).delegate(id, department, who, to)

    def release(self, flow: str, number: str, reason: str) -> None:
        """Let a record go without its review, as an admin."""
        who, id = self._person(), self.show(flow, number).id
        Answering(self.system, self.board).release(id, who, reason)

    def accept(self, flow: str) -> None:
        """Accept a flow's review, and the mappings of its records, as they are now, as an admin."""
        known = finding.delivering(self.system, flow)
        Answering(self.system, self.board).accept(known, self._person())

    def _person(self) -> str:
        """Who they are. Raises NotAllowed where nobody knows."""
        found = self.board.person(self.login)
        if not found:
            raise NotAllowed(say("review_who", login=self.login))
        return found

    def _seen(self, flow: str, number: str, seen: int | None) -> int:
        """The id of the newest review, which is the one that they saw. Raises NotAllowed."""
        newest = self.show(flow, number)
        if seen not in (None, newest.id):
            raise NotAllowed(say("review_anew"))
        return newest.id

    def _shown(self, tx: Tx, rows: Sequence[Any]) -> list[Shown]:
        return [*_shown(self.system, self.board, tx, rows, self.hides)]


def _shown(
    system: System, board: Board, tx: Tx, rows: Sequence[Any], hides: frozenset[str]
) -> Iterator[Shown]:
    """Reviews as somebody sees them from whom these kinds are hidden."""
    answers, now = reviews.answers_of(tx, [row.id for row in rows]), system.store.now(tx)
    said = {
        flow: remarks.of(tx, flow, [row.key for row in rows if row.flow == flow])
        for flow in {row.flow for row in rows}
    }
    for row in rows:
        yield Shown(
            id=row.id,
            flow=row.flow,
            key=row.key,
            number=row.number,
            state=row.state,
            at=row.at,
            why=str(load(row.why)) if row.why else "",
            departments=tuple(
                _said(system, board, row, one, now, hides) for one in answers[row.id]
            ),
            remarks=tuple(_remark(one) for one in said[row.flow][row.key]),
        )


def _said(
    system: System, board: Board, row: Any, one: Any, now: float, hides: frozenset[str]
) -> Said:
    kind, object = board.by_flow.get(row.flow), system.flows[row.flow].object
    known = kind.departments.get(one.department) if kind else None
    return Said(
        department=one.department,
        state=one.state,
        who=one.who,
        comment=one.comment,
        evidence=visible(object, exact.loads(one.evidence), hides) if one.evidence else {},
        given=exact.loads(one.given) if one.given else {},
        asks=known.settings.asks if known else (),
        waited=(one.answered_at or now) - one.at,
    )


def _remark(one: Any) -> Remark:
    asks = tuple(remarks.asks(one))
    return Remark(one.id, one.at, one.who, one.kind, one.department, one.text, asks)


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
    said: Said | None
    """What the department is asked for which the link answers; None: it answers for none."""
    speaks: bool
    """Whoever has the link may say something."""


def opened(system: System, board: Board, token: str) -> Page:
    """What a link shows, to whom it was given; nothing is changed by looking. Raises BadLink."""
    with system.store.reading() as tx:
        link = _link(system, board, tx, token)
        row = reviews.load(tx, link.review)
        if row is None or row.flow not in board.by_flow:
            raise links.BadLink(say("link_bad"))
        [review] = _shown(system, board, tx, [row], board.hidden_from(link.person))
        speaks = _may_speak(system, board, tx, link.review, link.person)
    said = next((one for one in review.departments if one.department == link.department), None)
    if link.department and said is None:
        raise links.BadLink(say("link_bad"))
    return Page(link, review, said, speaks)


def _may_speak(system: System, board: Board, tx: Tx, id: int, person: str) -> bool:
    row = reviews.load(tx, id)
    known = row is not None and row.flow in board.by_flow
    return known and Talking(system, board).scene(tx, row).may_speak(person)


def answered(system: System, board: Board, token: str, reply: Reply) -> str:
    """Answer by a link; the review's state after it. Raises ConnectorError; that it was tried is
    noted."""
    link = _used(system, board, token)
    return _answer(system, board, link.review, link.department, link.person, reply)


def _answer(
    system: System, board: Board, review: int, department: str, person: str, reply: Reply
) -> str:
    if reply.verdict != "approved" and not reply.comment.strip():
        raise NotAllowed(say("page_why"))
    made = Answer(review, department, person, reply.verdict, reply.comment, reply.given, reply.asks)
    return Answering(system, board).answer(made)


def spoken(system: System, board: Board, token: str, text: str) -> None:
    """Say something by a link. Raises ConnectorError; that it was tried is noted."""
    link = _used(system, board, token)
    Talking(system, board).say(link.review, link.person, text)


def _used(system: System, board: Board, token: str) -> links.Link:
    """The link by which somebody does something. Raises ConnectorError, and notes that."""
    try:
        with system.store.reading() as tx:
            return _link(system, board, tx, token)
    except ConnectorError as error:
        with system.store.transaction() as tx:
            about = {"review": 0, "why": str(error)}
            journal.log_audit(tx, system.store.now(tx), "?", "review_attempt_refused", about)
        raise


def _link(system: System, board: Board, tx: Tx, token: str) -> links.Link:
    link = links.read(system, tx, token)
    if link.person not in board.people:
        raise links.BadLink(say("link_bad"))
    return link
