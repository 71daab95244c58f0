"""Assigning: whose a to-do is, and what stands in it when it is made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date

from connector.rules.book import Book
from connector.rules.people import SALESPERSON
from connector.rules.record import Seen
from connector.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Assigned:
    """Of a to-do, besides its words."""

    id: str
    """Under which it is kept: the same for a record as long as the rule holds for it."""
    channel: str
    who: str = ""
    """Key there of whose it is; empty: that system knows nobody whom it could be."""
    due_on: str = ""
    order: str = ""
    customer: str = ""

    def dump(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> Assigned:
        """What `dump` gave."""
        return cls(**json.loads(text))

    @property
    def due(self) -> date | None:
        return date.fromisoformat(self.due_on) if self.due_on else None


Counterpart = Callable[[str, str], str]
"""The key, in a system, of what a record belongs to, by the name of the join and the system's."""


def assigned(book: Book, rule: Rule, seen: Seen, there: Counterpart, id: str) -> Assigned:
    """A to-do of this rule about a record."""
    todo, channel = rule.settings.todo, book.todos_of(rule)
    assert todo is not None
    due = "" if todo.days is None else str(book.calendar.after(seen.today.day, todo.days))
    known = {name: there(name, channel) for name in ("order", "customer")}
    return Assigned(id, channel, _owner(book, rule, seen, there, channel), due, **known)


def _owner(book: Book, rule: Rule, seen: Seen, there: Counterpart, channel: str) -> str:
    people, todo = book.people, rule.settings.todo
    assert todo is not None
    for name in todo.to:
        found = people.first([name], channel, seen.get)
        found = found or (there(SALESPERSON, channel) if name == SALESPERSON else "")
        if found:
            return found
    return people.first(people.otherwise, channel, seen.get)


def todo_id(rule: str, connection: str, key: str, since: float) -> str:
    """Under which the to-do is kept that a rule made of a record when it began to hold for it."""
    text = json.dumps([rule, connection, key, since])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
