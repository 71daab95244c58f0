"""What a remote's forms are like: asked for once, and anew where something is missing, for people
add fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf
from threading import Lock
from typing import Generic, Protocol, TypeVar

from connector.clock import Clock


class Fields(Protocol):
    """A description: it contains the names of a form's fields."""

    def __contains__(self, name: str, /) -> bool: ...


def has(fields: Fields, name: str) -> bool:
    """The form has a field of this name."""
    return name in fields


D = TypeVar("D", bound=Fields)

AGAIN = 60.0
"""Seconds in which nobody asks anew twice: each of a thousand records that lack a field would."""


class Described(Generic[D]):
    """The descriptions of one connection's forms. Safe for several threads."""

    def __init__(self, ask: Callable[[str], D], clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._known: dict[str, D] = {}
        self._anew: dict[str, float] = {}
        """When a form was last asked for anew."""
        self._asking: dict[str, Lock] = {}
        """By form, held by the one thread that asks: the others wait for what it is told."""

    def of(self, form: str) -> D:
        """As it was told last. Raises what asking does."""
        known = self._known.get(form)
        if known is None:
            with self._asking.setdefault(form, Lock()):
                known = self._known.get(form)
                return self._told(form) if known is None else known
        return known

    def having(
        self, form: str, names: Iterable[str], fits: Callable[[D, str], bool] = has
    ) -> tuple[D, list[str]]:
        """A form's description, asked for anew where it lacks some of these fields, or they do not
        fit; and those with which that is so all the same."""
        known, wanted = self.of(form), list(names)
        now = self._clock.monotonic()
        lately = now < self._anew.get(form, -inf) + AGAIN
        if not lately and not all(fits(known, name) for name in wanted):
            self._anew[form] = now
            known = self._told(form)
        return known, [name for name in wanted if not fits(known, name)]

    def _told(self, form: str) -> D:
        told = self._known[form] = self._ask(form)
        return told
