"""To-dos that rules make: records of the hub, which flows carry to the system in which people work.

Each is made once for a record, while a rule holds for it, and is done when that is over. A rule
makes so many a day and no more; of the others people hear in one message.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.engine import saving
from connector.engine.system import System
from connector.faults import fault
from connector.messages import say
from connector.objects import Todo
from connector.rules.assigning import Assigned
from connector.rules.book import Book
from connector.rules.rule import Rule
from connector.rules.telling import LINES, announce
from connector.settings import HUB
from connector.store import facts, journal, rules, snapshots
from connector.store.engine import Tx

OBJECT = "todo"
COUNT = "todos"
RULES = "rules that make to-dos"
WALK = 500
BY = "connector"
"""In whose name rules act."""
NOTHING = "-"
"""In the place of what was done: nothing had to be."""


@dataclass(slots=True)
class _Day:
    """What a rule made on a day."""

    day: str
    made: int = 0
    told: bool = False
    """People have heard that there is more."""

    def dump(self) -> str:
        return json.dumps([self.day, self.made, self.told])


@dataclass(slots=True)
class _Work:
    """What becomes of the to-dos of one rule."""

    known: dict[str, Todo]
    """Those that there are, by their ids."""
    day: _Day
    changed: dict[str, Todo] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    left: list[Any] = field(default_factory=list)
    """Occasions of those that are more than a day may have."""
    nobodys: list[Any] = field(default_factory=list)
    """Occasions of those that could be given to nobody."""


class Todos:
    """Makes and ends the to-dos of one system."""

    def __init__(self, system: System, book: Book) -> None:
        self._system = system
        self._book = book
        self._rules = {n: one for n, one in book.named().items() if one.settings.todo}

    def follow(self, name: str, some: Sequence[Any]) -> None:
        """Do what these occasions of a rule ask for."""
        rule = self._rules.get(name)
        with self._system.store.transaction() as tx:
            outcomes = self._followed(tx, rule, some) if rule else {}
            for one in some:
                rules.tell(tx, [one.id], self._system.store.now(tx), outcomes.get(one.id, NOTHING))
            fault("todos_made")
        fault("todos_stored")

    def abandon(self) -> None:
        """End what rules have made that make none any more."""
        with self._system.store.reading() as tx:
            before = set(json.loads(facts.noted(tx, RULES) or "[]"))
        if before == set(self._rules):
            return
        with self._system.store.transaction() as tx:
            gone = before - set(self._rules)
            ended = {key: _done(todo) for key, todo in self._open(tx)
                     if todo.rule in gone} if gone else {}  # fmt: skip
            saving.save(self._system, tx, OBJECT, ended)
            for rule in sorted(gone):
                mine = [one.number for one in ended.values() if one.rule == rule]
                self._log(tx, "todos_done", rule, mine)
            facts.note(self._system.store, tx, RULES, json.dumps(sorted(self._rules)))

    def _open(self, tx: Tx) -> Iterator[tuple[str, Todo]]:
        for rows in snapshots.groups(tx, HUB, OBJECT, WALK):
            known = snapshots.models(tx, HUB, OBJECT, Todo, [row.key for row in rows])
            yield from ((key, one) for key, one in known.items() if not one.done)

    # -- one rule's -------------------------------------------------------------------------

    def _followed(self, tx: Tx, rule: Rule, some: Sequence[Any]) -> dict[int, str]:
        """By occasion, what was done."""
        store, ids = self._system.store, [Assigned.load(one.parameters).id for one in some]
        known = snapshots.models(tx, HUB, OBJECT, Todo, sorted(set(ids)))
        work = _Work(dict(known), self._today(tx, rule.name))
        outcomes = {one.id: self._one(tx, rule, one, work) for one in some}
        saving.save(self._system, tx, OBJECT, work.changed)
        self._log(tx, "todos_made", rule.name, work.made)
        self._log(tx, "todos_done", rule.name, work.ended)
        self._tell_left(tx, rule, work)
        facts.note(store, tx, _fact(rule.name), work.day.dump())
        return outcomes

    def _one(self, tx: Tx, rule: Rule, one: Any, work: _Work) -> str:
        wanted, todo = Assigned.load(one.parameters), rule.settings.todo
        assert todo is not None
        there = work.known.get(wanted.id)
        if one.kind == "over":
            if there is None or there.done:
                return NOTHING
            work.known[wanted.id] = work.changed[wanted.id] = _done(there)
            work.ended.append(there.number)
            return there.number
        if there is not None:
            return there.number
        if not wanted.who:
            work.nobodys.append(one)
            return NOTHING
        if work.day.made >= todo.most:
            work.left.append(one)
            return NOTHING
        work.day.made += 1
        made = self._made(tx, one, wanted)
        work.known[wanted.id] = work.changed[wanted.id] = made
        work.made.append(made.number)
        return made.number

    def _made(self, tx: Tx, one: Any, wanted: Assigned) -> Todo:
        store, day = self._system.store, self._book.today(one.at).day
        return Todo(
            number=f"T{day:%Y%m%d}-{facts.count_more(store, tx, COUNT):05}",
            created_on=day,
            channel=wanted.channel,
            who=wanted.who,
            title=one.title,
            text=one.text,
            due_on=wanted.due,
            order=wanted.order,
            customer=wanted.customer,
            rule=one.rule,
            object=one.object,
            key=one.key,
        )

    # -- telling and noting -----------------------------------------------------------------

    def _tell_left(self, tx: Tx, rule: Rule, work: _Work) -> None:
        """Say of what no to-do was made: at once the first time of a day, then in the report."""
        todo, first = rule.settings.todo, not work.day.told
        assert todo is not None
        params = {"rule": rule.name, "most": todo.most, "connection": self._book.todos_of(rule)}
        for id, some in (("todos_left", work.left), ("todos_nobodys", work.nobodys)):
            if some:
                lines = [f"- {one.title}" for one in some[:LINES]]
                more = [say("digest_more", count=len(some) - LINES)] if len(some) > LINES else []
                people = self._book.people.told(todo.to, (), lambda _: None)
                title = say(id, count=len(some), **params)
                announce(self._system, tx, self._book, rule.name, people, title,
                         [title, *lines, *more], digest=not first)  # fmt: skip
                work.day.told = True

    def _today(self, tx: Tx, rule: str) -> _Day:
        day = str(self._book.today(self._system.store.now(tx)).day)
        noted = facts.noted(tx, _fact(rule))
        known = _Day(*json.loads(noted)) if noted else _Day("")
        return known if known.day == day else _Day(day)

    def _log(self, tx: Tx, what: str, rule: str, numbers: Sequence[str]) -> None:
        if numbers:
            about = {"rule": rule, "numbers": list(numbers)}
            journal.log_audit(tx, self._system.store.now(tx), BY, what, about)


def _done(todo: Todo) -> Todo:
    return todo.model_copy(update={"done": True})


def _fact(rule: str) -> str:
    """Under which it is noted how many a rule made today."""
    return f"todos of {rule}"
