"""What conditions and texts can name of a record.

FIELD                 a field of the record, `custom.X` included
THRESHOLD             a value that the rule sets
was.FIELD             the field as it was when the rule looked last
days.FIELD            days since a date; negative: until then
workdays.FIELD        the same in working days
order. customer. material. salesperson.FIELD      of the record that it belongs to
standing. kitting. margin.FIELD    of an order: how its customer stands, what all its lines are
                      short of, what it would earn as it is ordered
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any

from connector.mapping.kinds import kinds
from connector.mapping.writing import getter
from connector.objects import OBJECTS, sights
from connector.rules.joining import JOINS, joined_to
from connector.workdays import Calendar

WAS = "was."
AGES = ("days.", "workdays.")
Values = Mapping[str, Any]
"""A record as it is stored."""


@dataclass(frozen=True, slots=True)
class Today:
    """The day, where the firm is."""

    day: date
    zone: tzinfo
    calendar: Calendar = field(default_factory=Calendar)

    def since(self, value: Any, *, working: bool) -> int | None:
        """Days since a date or an instant; None: there is none."""
        if isinstance(value, datetime):
            value = value.astimezone(self.zone).date()
        if not isinstance(value, date):
            return None
        return self.calendar.between(value, self.day) if working else (self.day - value).days


@dataclass(frozen=True, slots=True)
class Seen:
    """A record, and all that can be named with it."""

    object: str
    values: Values
    today: Today
    thresholds: Mapping[str, Any] = field(default_factory=dict)
    was: Values = field(default_factory=dict)
    """Fields as they were; empty: the rule sees it for the first time."""
    joined: Callable[[str], Values] = lambda _: {}
    """The record that one belongs to, by the name of the join; empty: there is none."""

    def get(self, name: str) -> Any:
        """What a name stands for; None: it is empty."""
        if name in self.thresholds:
            return self.thresholds[name]
        prefix, _, rest = name.partition(".")
        if name.startswith(AGES):
            return self.today.since(self.get(rest), working=prefix == "workdays")
        if name.startswith(WAS):
            return getter(self.was, OBJECTS[self.object])(rest)
        other = joined_to(self.object, prefix)
        if rest and other:
            return getter(self.joined(prefix), OBJECTS[other])(rest)
        return getter(self.values, OBJECTS[self.object])(name)


def kind_of(object: str, name: str) -> str:
    """What kind of value a name stands for, thresholds aside; empty: there is no such name."""
    prefix, _, rest = name.partition(".")
    if name.startswith(AGES):
        return "whole" if kind_of(object, rest) in ("date", "instant") else ""
    if name.startswith(WAS):
        return "" if rest.startswith((*AGES, WAS)) else _field(object, rest)
    other = joined_to(object, prefix)
    return _field(other, rest) if rest and other else _field(object, name)


def sight_of(object: str, name: str) -> str:
    """Of which kind of what not everybody may see a name is; empty: of none."""
    for prefix in (*AGES, WAS):
        name = name.removeprefix(prefix)
    prefix, _, rest = name.partition(".")
    other = joined_to(object, prefix)
    return sights.kind_of(other, rest) if rest and other else sights.kind_of(object, name)


def _field(object: str, name: str) -> str:
    if name.startswith("custom."):
        return "any"
    found = kinds(OBJECTS[object]).get(name)
    return found if isinstance(found, str) else ""


def names_of(object: str) -> list[str]:
    """The fields of a record, and what it can be joined to, for messages."""
    own = [name for name, kind in kinds(OBJECTS[object]).items() if isinstance(kind, str)]
    return [*own, *(f"{one}.…" for one in JOINS.get(object, ()))]
