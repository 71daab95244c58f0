"""How a record stands with a rule, and what follows when that changes. Pure.

A record is told of when the condition has held for as long as the rule waits, again as often as
the rule says, and once more when it is over. A rule that asks what a record `was` is about a
change, not about a state: whenever it holds it is told, and nothing is ever over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

Told = Literal["", "begin", "repeat", "over"]


Opens = Callable[[float], float]


def at_any_hour(now: float) -> float:
    """Of what is urgent."""
    return now


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one record."""

    since: float | None = None
    """Since when the condition has held; None: it does not."""
    told_at: float | None = None
    """When it was told last that it holds; None: not yet."""

    def due_at(self, wait: float, repeat: float | None, opens: Opens = at_any_hour) -> float | None:
        """When to look again though nothing changed; None: no need to. `opens`: from when on,
        after an instant, people are told; what is repeated counts from then and falls then, or
        it would pile up while nobody is."""
        if self.since is None:
            return None
        if self.told_at is None:
            return self.since + wait
        return None if repeat is None else opens(opens(self.told_at) + repeat)


def step(
    before: Standing,
    *,
    holds: bool,
    now: float,
    wait: float = 0.0,
    repeat: float | None = None,
    opens: Opens = at_any_hour,
) -> tuple[Standing, Told]:
    """How it stands now, and what is to be told."""
    if not holds:
        return Standing(), "over" if before.told_at is not None else ""
    since = now if before.since is None else before.since
    standing = replace(before, since=since)
    due = standing.due_at(wait, repeat, opens)
    if due is None or now < due:
        return standing, ""
    return replace(standing, told_at=now), "begin" if before.told_at is None else "repeat"


def changed(*, holds: bool) -> tuple[Standing, Told]:
    """The same for a rule about changes."""
    return Standing(), "begin" if holds else ""
