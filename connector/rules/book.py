"""The rules in force, and whom they tell: what is made of them once for a whole system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, tzinfo

from connector.closed import A_DAY, closed_until
from connector.engine.reports import NEEDED
from connector.rules.joining import reckoned
from connector.rules.people import People
from connector.rules.record import Today
from connector.rules.rule import Rule
from connector.settings import MessageSettings
from connector.workdays import Calendar

Watch = tuple[str, str]
"""A connection and a kind of record in it."""


@dataclass(frozen=True, slots=True)
class Book:
    """All of it."""

    rules: Mapping[Watch, Sequence[Rule]] = field(default_factory=dict)
    """By what they watch."""
    people: People = field(default_factory=People)
    messages: MessageSettings = field(default_factory=MessageSettings)
    calendar: Calendar = field(default_factory=Calendar)
    zone: tzinfo = UTC
    """Where the firm is."""
    language: str = "zh"
    orders_from: str = ""
    """The system that orders come from, where it is one: to-dos are made in it."""

    def todos_of(self, rule: Rule) -> str:
        """The connection in which a rule makes to-dos; empty: nobody can tell, or it makes none."""
        todo = rule.settings.todo
        return (todo.by or self.orders_from) if todo else ""

    def today(self, now: float) -> Today:
        """The day that an instant, in seconds since the epoch, lies in."""
        return Today(datetime.fromtimestamp(now, self.zone).date(), self.zone, self.calendar)

    def opens(self, now: float) -> float:
        """From when on, now or later, people are told what is not urgent."""
        while (until := self._closed_until(now)) is not None:
            now = until
        return now

    def _closed_until(self, now: float) -> float | None:
        today = self.today(now)
        if self.messages.workdays and not self.calendar.works(today.day):
            return datetime.combine(today.day + A_DAY, time(), self.zone).timestamp()
        at = datetime.fromtimestamp(now, UTC)
        until = closed_until(self.messages.quiet, at, self.zone)
        return until.timestamp() if until else None

    @property
    def reckoned(self) -> frozenset[str]:
        """What must be reckoned for what rules name, and for reports."""
        some = (reckoned(rule.object, rule.names) for rule in self.named().values())
        reported = NEEDED if self.messages.reports else frozenset()
        return reported.union(*some)

    def named(self) -> dict[str, Rule]:
        """Every rule by its name."""
        return {rule.name: rule for some in self.rules.values() for rule in some}
