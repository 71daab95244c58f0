"""What people are told of reviews, and the record of them that goes back to the CRM."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connector import exact
from connector.engine import saving
from connector.engine.gate import given_in
from connector.engine.system import Flow, System
from connector.messages import Message, load, say, word
from connector.objects import Approval
from connector.objects.derived import OrderReview
from connector.reviews import links
from connector.reviews.board import WAITING, Board, Review, visible
from connector.rights import SEE
from connector.rules.evaluate import occasion_of
from connector.rules.people import Recipient
from connector.rules.text import shown
from connector.settings import HUB
from connector.store import reviews, rules, snapshots
from connector.store.engine import Tx
from connector.store.statement import Row

STATES = {"new": "open", "released": "approved"}
"""What people are told of states that are the engine's own."""
LONGEST = 4_000
"""Characters of a record's text."""


class Announcer:
    """Tells people, in the transaction in which something happens to a review."""

    def __init__(self, system: System, board: Board) -> None:
        self._system = system
        self._board = board

    def ask(
        self, tx: Tx, review: Any, kind: Review, department: str, *, again: bool = False
    ) -> None:
        """A department is asked, or reminded. What not everybody may see stands in no message and
        in no approval: both lie where others read. Whoever may see it finds it behind the link."""
        row = next(r for r in reviews.answers_of(tx, [review.id])[review.id]
                   if r.department == department)  # fmt: skip
        evidence = exact.loads(row.evidence) if row.evidence else {}
        title = say("review_reminds" if again else "review_asks",
                    number=review.number or review.key, department=department)  # fmt: skip
        flow = self._system.flows[review.flow]
        seen = visible(flow.object, evidence, SEE)
        lines = [f"- {name}: {value}" for name, value in seen.items()]
        there = self._board.approvers(kind, department, row.delegate)
        if there and not again:
            words = title.render(self._board.book.language)
            self._approval(tx, review, kind, department, words, lines, list(there.values()))
        asked = self._board.asked(kind.departments[department], row.delegate)
        for person, one in self._people(asked, kind):
            if person in there and not again:
                continue
            link = self._link(tx, review, kind, person, one, department) if person in asked else []
            self._note(tx, flow, review.key, one, title, [*lines, *link])

    def pass_on(
        self,
        tx: Tx,
        review: Any,
        kind: Review,
        remark: Any,
        people: Mapping[str, str],
        *,
        again: bool = False,
    ) -> None:
        """A remark is told to these, each address once, or they are reminded of it; `people`: by
        their names, for which department they are to answer, if for any."""
        ids = ("review_says", "review_returns", "review_unanswered")
        title = say(ids[2 if again else remark.kind == "returned"], who=remark.who,
                    number=review.number or review.key, department=remark.department)  # fmt: skip
        told = set[Recipient]()
        for person, one in self._people(people, kind):
            if one not in told:
                told.add(one)
                by = people.get(person)
                link = [] if by is None else self._link(tx, review, kind, person, one, by)
                text = [shown(remark.text), *link]
                self._note(tx, self._system.flows[review.flow], review.key, one, title, text)

    def _link(
        self, tx: Tx, review: Any, kind: Review, person: str, one: Recipient, department: str
    ) -> list[str]:
        """The line that leads to the page of a review, if any can."""
        link = links.made(self._system, tx, self._board, review.id, department, person, kind)
        words = say("review_answer" if department else "review_reply")
        return [f"[{words.render(self._language(one))}]({link})"] if link else []

    def _approval(
        self,
        tx: Tx,
        review: Any,
        kind: Review,
        department: str,
        title: str,
        lines: Sequence[str],
        ids: Sequence[str],
    ) -> None:
        """Ask where people approve."""
        number = approval_key(review, department)
        made = Approval(
            number=number,
            channel=kind.settings.via,
            review=review.id,
            department=department,
            title=title,
            text="\n".join(lines),
            who=",".join(ids),
            asks=",".join(kind.departments[department].settings.asks),
        )
        saving.save(self._system, tx, "approval", {number: made})

    def take_back(self, tx: Tx, review: Any) -> None:
        """What nobody has to answer any more is taken back where people approve."""
        answers = reviews.answers_of(tx, [review.id])[review.id]
        over = [approval_key(review, one.department) for one in answers
                if review.state != "open" or one.state not in WAITING]  # fmt: skip
        known = snapshots.models(tx, HUB, "approval", Approval, over)
        still = {k: one.model_copy(update={"open": False}) for k, one in known.items() if one.open}
        saving.save(self._system, tx, "approval", still)

    def tell(self, tx: Tx, review: Any, names: Iterable[str], kind: Review, words: Message) -> None:
        """Something is announced to these."""
        self.announce(tx, self._system.flows[review.flow], kind, names, words, review.key)

    def announce(
        self,
        tx: Tx,
        flow: Flow,
        kind: Review,
        names: Iterable[str],
        words: Message,
        key: str = "",
    ) -> None:
        """The same, of no record in particular."""
        for _, one in self._people(self._board.book.people.named(names), kind):
            self._note(tx, flow, key, one, words)

    def _people(self, names: Iterable[str], kind: Review) -> list[tuple[str, Recipient]]:
        """Where these people can be reached; where none of them can, whoever stands in for them."""
        people, by = self._board.book.people, kind.settings.by
        found = [(name, one) for name in names for one in people.reached(name, by)]
        otherwise = people.named(people.otherwise)
        return found or [(name, one) for name in otherwise for one in people.reached(name, by)]

    def _language(self, one: Recipient) -> str:
        """The recipient's, whoever's command it is that tells them."""
        return one.language or self._board.book.language

    def _note(
        self,
        tx: Tx,
        flow: Flow,
        key: str,
        one: Recipient,
        words: Message,
        lines: Iterable[str] = (),
    ) -> None:
        title, now = words.render(self._language(one)), self._system.store.now(tx)
        name = f"review {self._board.by_flow[flow.name].name}"
        of = (flow.source, flow.object, key)
        rules.note(tx, [occasion_of(name, "begin", now, *of) | {
            "channel": one.channel,
            "address": one.address,
            "title": title,
            "text": "\n".join(lines) or title,
        }])  # fmt: skip

    def record(self, tx: Tx, review: Any, rows: Sequence[Row] | None = None) -> None:
        """The state of a review as a record of the hub, for whoever asks in the CRM."""
        fresh = reviews.load(tx, review.id)
        answers = reviews.answers_of(tx, [review.id])[review.id]
        assert fresh is not None
        self.take_back(tx, fresh)
        state, language = STATES.get(fresh.state, fresh.state), self._system.language
        if fresh.state == "open" and any(one.state == "returned" for one in answers):
            state = "returned"
        made = OrderReview(
            number=fresh.number,
            flow=fresh.flow,
            record=fresh.key,
            state=state,
            waits_for=", ".join(a.department for a in answers if a.state == "open")
            if fresh.state == "open"
            else "",
            said=_cut("; ".join(_said(row, language) for row in answers if row.who)),
            why=_cut(_rendered(load(fresh.why), language)),
            since=datetime.fromtimestamp(fresh.ended_at or fresh.at, UTC),
            custom=given_in(answers),
        )
        saving.save(self._system, tx, "order_review", {f"{fresh.flow}/{fresh.key}": made})


def approval_key(review: Any, department: str) -> str:
    """Under which a department's part of a review is kept as an approval. Ids of reviews come again
    in another store, or in one that was put back to an earlier day; systems that know an approval
    by this must not take it for one of those."""
    asked = hashlib.blake2b(f"{review.at!r} {review.hash}".encode(), digest_size=4).hexdigest()
    return f"A{review.id}-{department}-{asked}"


def _said(row: Any, language: str) -> str:
    said = f"{row.department}: {word('answer', row.state, language)} ({row.who})"
    return f"{said}: {row.comment}" if row.comment else said


def _rendered(words: Message | str, language: str) -> str:
    return words.render(language) if isinstance(words, Message) else words


def _cut(text: str) -> str:
    """As much as a record's text can hold."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
