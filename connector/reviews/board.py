"""The reviews of a configuration, compiled."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector import exact
from connector.engine import correcting, upto
from connector.engine.system import Flow, System
from connector.errors import ConnectorError, Problem
from connector.mapping.expr import Expression, ExpressionFault
from connector.messages import Message, say
from connector.objects.sights import HIDDEN
from connector.rights import ROLES, Sees, hidden_from
from connector.rules import letting
from connector.rules.book import Book
from connector.rules.joining import Joiner, estimated, reckoned
from connector.rules.people import SALESPERSON
from connector.rules.record import Seen, kind_of, sight_of
from connector.rules.rule import Rule
from connector.rules.text import TextFault, shown
from connector.settings import (
    HUB,
    ConfigFile,
    DepartmentSettings,
    PersonSettings,
    ReviewSettings,
)
from connector.store import snapshots
from connector.store.engine import Tx

WAITING = ("open", "returned")
"""States of a department's answer in which it can still be given."""
OWN = (SALESPERSON, f"{SALESPERSON}.number", f"{SALESPERSON}.name")
"""What names whoever is behind a record: they do not approve it themselves."""


class NotAllowed(ConnectorError):
    """Somebody may not answer or say something, or not so; it was noted that they tried."""


@dataclass(frozen=True, slots=True)
class Department:
    """Who looks at what."""

    name: str
    settings: DepartmentSettings
    when: Expression | None = None
    reckoned: frozenset[str] = frozenset()
    """What must be reckoned for what it is asked about and shown."""
    rule: Rule | None = None
    """The rule that asks it, while it holds."""

    def concerns(self, seen: Seen, *, known: bool = True) -> bool:
        """Whether it looks at this record. What cannot be told concerns it, and so does an estimate
        that nobody can make, where the condition does not say itself what that means; `known`: all
        that is reckoned is."""
        when = self.when
        if when is None or (not known and reckoned(seen.object, when.names)):
            return True
        guessed = () if when.tolerant else estimated(seen.object, when.names)
        try:
            return when.holds(seen.get) or any(seen.get(name) is None for name in guessed)
        except ExpressionFault:
            return True

    def evidence(self, seen: Seen, language: str) -> str:
        """What it is shown, as people read it, of a rule first why it asks: JSON, empty where that
        is nothing."""
        found = {name: shown(seen.get(name)) for name in self.settings.shows}
        if self.rule is not None:
            found = {"why": _why(self.rule, seen, language), **found}
        return exact.dumps(found) if found else ""


@dataclass(frozen=True, slots=True)
class Review:
    """One kind of review."""

    name: str
    settings: ReviewSettings
    departments: Mapping[str, Department]

    @property
    def reckoned(self) -> frozenset[str]:
        """What must be reckoned before departments are asked."""
        return frozenset().union(*(one.reckoned for one in self.departments.values()))


@dataclass(frozen=True, slots=True)
class Board:
    """All reviews, by the flows that ask for them, and whom they concern."""

    by_flow: Mapping[str, Review] = field(default_factory=dict)
    people: Mapping[str, PersonSettings] = field(default_factory=dict)
    book: Book = field(default_factory=Book)
    sees: Sees = field(default_factory=dict)

    @property
    def reckoned(self) -> frozenset[str]:
        """What must be reckoned for all of them."""
        return frozenset().union(*(kind.reckoned for kind in self.by_flow.values()))

    def person(self, login: str) -> str:
        """By the name of a user of this machine, somebody's own; empty: nobody's."""
        return next((name for name, one in self.people.items() if login in one.logins), "")

    def answers_for(self, person: str, department: Department, delegate: str = "") -> bool:
        """Whether somebody may answer in a department's place."""
        known = self.people.get(person)
        named = {person, *(known.roles if known else ())}
        return known is not None and bool(named & {*department.settings.who, delegate})

    def speaks(self, kind: Review, answers: Iterable[Any], seen: Seen | None, person: str) -> bool:
        """Whether somebody may say something of a record: whoever runs things, whoever's it is,
        and whom its review asks."""
        known = self.people.get(person)
        delegates = {row.department: row.delegate for row in answers}
        return known is not None and (
            self.runs(person)
            or person in self.whose(seen)
            or any(self.answers_for(person, one, delegates.get(one.name, ""))
                   for one in kind.departments.values())
        )  # fmt: skip

    def runs(self, person: str) -> bool:
        """Whether somebody runs things here: an operator or an admin."""
        known = self.people.get(person)
        return known is not None and bool({*ROLES[1:]} & {*known.roles})

    def whose(self, seen: Seen | None) -> list[str]:
        """The people behind a record."""
        own = {str(seen.get(name) or "") for name in OWN} if seen else set()
        return [name for name, one in self.people.items() if own & {*one.is_} - {""}]

    def meant(
        self, kind: Review, answers: Iterable[Any], seen: Seen | None, names: Iterable[str]
    ) -> list[str]:
        """The people whom these names mean: departments, roles, people, or the record's own
        salesperson. Raises NotAllowed for a name that means nobody."""
        delegates = {row.department: row.delegate for row in answers}
        found: list[str] = []
        for name in names:
            if name == SALESPERSON:
                found += self.whose(seen)
            elif name in kind.departments:
                found += self.asked(kind.departments[name], delegates.get(name, ""))
            elif some := self.book.people.named([name]):
                found += some
            else:
                raise NotAllowed(say("review_nobody", name=name))
        return list(dict.fromkeys(found))

    def asked(self, department: Department, delegate: str = "") -> list[str]:
        """Those who are asked for a department."""
        return self.book.people.named([delegate] if delegate else department.settings.who)

    def hidden_from(self, person: str) -> frozenset[str]:
        """Kinds of what somebody does not see."""
        return hidden_from(self.people, self.sees, person)

    def approvers(self, kind: Review, department: str, delegate: str = "") -> dict[str, str]:
        """Those of a department whom the system knows in which people approve, with their ids
        there, by their own names."""
        via = kind.settings.via
        names = self.asked(kind.departments[department], delegate) if via else ()
        return {name: self.people[name].ids[via] for name in names
                if self.people[name].ids.get(via)}  # fmt: skip

    def known_as(self, via: str, id: str) -> str:
        """Who somebody is whom a system knows by this id; empty: nobody of ours."""
        return next((n for n, one in self.people.items() if id and one.ids.get(via) == id), "")

    def due(self, kind: Review, now: float) -> float:
        """When whoever is asked now is reminded."""
        return self.book.opens(now) + kind.settings.remind

    def is_admin(self, person: str) -> bool:
        known = self.people.get(person)
        return known is not None and "admin" in known.roles

    def seen(self, system: System, tx: Tx, flow: Flow, key: str) -> Seen | None:
        """A record as conditions and texts see it, as people corrected it; None: it is gone."""
        row = snapshots.load(tx, flow.source, flow.object, [key]).get(key)
        if row is None or row.deleted or not row.data:
            return None
        values = snapshots.data(correcting.corrected(tx, flow, {key: row})[key])
        joined = Joiner(system, tx).of(flow.source, flow.object, key, values)
        return Seen(flow.object, values, self.book.today(system.store.now(tx)), joined=joined)

    def seen_by(self, tx: Tx, flow: Flow, department: Department, key: str, seen: Seen) -> Seen:
        """The same as a department sees it."""
        rule = department.rule
        return letting.seen_by(tx, flow, rule, key, seen) if rule else seen

    def is_known(self, system: System, tx: Tx, review: Any) -> bool:
        """Whether all that is reckoned knows the record as it is reviewed."""
        flow, objects = system.flows[review.flow], self.by_flow[review.flow].reckoned
        if not objects:
            return True
        row = snapshots.load(tx, flow.source, flow.object, [review.key]).get(review.key)
        if row is None or not row.data:
            return True  # there is nothing to wait for: it is gone
        reaches = Joiner(system, tx).reaches(flow.source, objects, snapshots.data(row))
        return reaches and upto.known(tx, objects) >= float(review.at)


def visible(object: str, evidence: Mapping[str, str], hides: Collection[str]) -> dict[str, str]:
    """What a department was shown, without what is hidden."""
    return {name: HIDDEN if value and sight_of(object, name) in hides else value
            for name, value in evidence.items()}  # fmt: skip


def _why(rule: Rule, seen: Seen, language: str) -> str:
    try:
        return rule.asked[language](seen.get)
    except TextFault as fault:
        return str(fault)


def version(kind: Review | None) -> str:
    """Changes when a flow's review does; empty: it has none."""
    if kind is None:
        return ""
    text = f"{kind.name} {kind.settings.model_dump_json(include={'departments'})}"
    rules = [one.rule.version for one in kind.departments.values() if one.rule]
    text = " ".join([text, *sorted(rules)])
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


ALONE = ReviewSettings(departments={})
"""Of a flow that has no review but what rules ask for."""


def _of_rule(flow: Flow, rule: Rule) -> Department:
    """Whom a rule asks, while it holds."""
    asks = rule.settings.review
    assert asks is not None
    settings = DepartmentSettings(who=asks.who, asks=asks.asks, shows=asks.shows)
    names = reckoned(flow.object, rule.names)
    return Department(rule.name, settings, rule.when, names, rule)


class Compiler:
    """Compiles the reviews that flows ask for."""

    def __init__(
        self, file: ConfigFile, flows: Mapping[str, Flow], book: Book, approving: Collection[str]
    ) -> None:
        """`approving`: connections in which people approve."""
        self._file = file
        self._flows = flows
        self._book = book
        self._approving = sorted(approving)
        self.problems: list[Problem] = []

    def board(self) -> Board:
        """All of them; what is wrong stands in `problems`."""
        config = self._file.config
        by_flow = {}
        for name, flow in self._flows.items():
            settings = config.reviews.get(flow.settings.review)
            rules = self._asking(flow)
            if flow.settings.review and settings is None:
                words = say("unknown_review", name=flow.settings.review,
                            known=", ".join(config.reviews))  # fmt: skip
                self._problem(("flows", name, "review"), words)
            elif settings or rules:
                by_flow[name] = self._review(flow, settings or ALONE, rules)
        return Board(by_flow, config.people, self._book, config.sees)

    def _asking(self, flow: Flow) -> list[Rule]:
        """The rules that ask for reviews of what it delivers."""
        if not flow.delivers or flow.source == HUB:
            return []
        watching = self._book.rules.get((flow.source, flow.object), ())
        return [rule for rule in watching if rule.settings.review]

    def _review(self, flow: Flow, settings: ReviewSettings, rules: Sequence[Rule]) -> Review:
        name = flow.settings.review
        made = {rule.name: _of_rule(flow, rule) for rule in rules}
        for rule, asked in made.items():
            for words in self._unseen(flow, asked.settings):
                self._problem(("rules", rule, "review", "shows"), words)
        for department, of in settings.departments.items():
            where = ("reviews", name, "departments", department)
            if department in made:
                self._problem(where, say("department_twice", name=department))
            when = self._when(flow, of.when, where)
            names = [*(when.names if when else ()), *of.shows]
            made[department] = Department(department, of, when, reckoned(flow.object, names))
            for word, words in self._mistakes(flow, of):
                self._problem((*where, word), words)
        if settings.via and settings.via not in self._approving:
            words = say("review_via", name=settings.via, known=", ".join(self._approving))
            self._problem(("reviews", name, "via"), words)
        for role in settings.escalate_to:
            if not self._book.people.knows(role):
                words = say("rule_tells_nobody", rule=name, name=role)
                self._problem(("reviews", name, "escalate_to"), words)
        return Review(name or flow.name, settings, made)

    def _when(self, flow: Flow, text: str, where: tuple[str, ...]) -> Expression | None:
        if not text:
            return None
        try:
            made = Expression(text)
        except ExpressionFault as fault:
            words = say("bad_expression", name="when", detail=str(fault))
            self._problem((*where, "when"), words)
            return None
        for name in made.names:
            if not kind_of(flow.object, name):
                words = say("unknown_field", name=name, object=flow.object)
                self._problem((*where, "when"), words)
        return made

    def _mistakes(self, flow: Flow, of: DepartmentSettings) -> Iterator[tuple[str, Message]]:
        for role in of.who:
            if not self._book.people.knows(role):
                yield "who", say("rule_tells_nobody", rule=flow.settings.review, name=role)
        for name in of.shows:
            if not kind_of(flow.object, name):
                yield "shows", say("unknown_field", name=name, object=flow.object)
        for words in self._unseen(flow, of):
            yield "shows", words
        for name in of.asks:
            if "." in name.removeprefix("custom.") or not kind_of(flow.object, name):
                yield "asks", say("unknown_field", name=name, object=flow.object)

    def _unseen(self, flow: Flow, of: DepartmentSettings) -> Iterator[Message]:
        """What a department is shown, and nobody who is asked for it may see."""
        for name in of.shows:
            kind = sight_of(flow.object, name)
            if kind and not self._sees(kind, of.who):
                yield say("review_unseen", name=name, kind=kind)

    def _sees(self, kind: str, names: Iterable[str]) -> bool:
        """Whether any of these sees what is of a kind that not everybody may."""
        config = self._file.config
        return any(kind not in hidden_from(config.people, config.sees, person)
                   for person in self._book.people.named(names))  # fmt: skip

    def _problem(self, path: tuple[str, ...], words: Message) -> None:
        self.problems.append(Problem(self._file.place(*path), words))
