"""Whom rules tell, and by which channel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.settings import PersonSettings

SALESPERSON = "salesperson"
"""In the place of a role: the record's own."""
RESPONSIBLE = "responsible"
"""The role that the record names in its field `role`."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One who is told, at one address."""

    channel: str
    address: str
    language: str = ""
    outside: bool = False
    """Not one of the firm's."""


class People:
    """Everybody who is known."""

    def __init__(
        self,
        people: Mapping[str, PersonSettings] | None = None,
        channels: Iterable[str] = (),
        otherwise: Iterable[str] = (),
    ) -> None:
        """`channels`: connections that tell. `otherwise`: who is told where nobody else is."""
        self._people = dict(people or {})
        self._channels = frozenset(channels)
        self.otherwise = tuple(otherwise)

    @property
    def reachable(self) -> bool:
        """There is a connection that tells."""
        return bool(self._channels)

    def reaches(self, channel: str) -> bool:
        """It is a connection that tells."""
        return channel in self._channels

    def knows(self, name: str) -> bool:
        """A role that somebody has, or somebody's name."""
        return name in (SALESPERSON, RESPONSIBLE) or any(self._called(name))

    def told(
        self, names: Iterable[str], by: Iterable[str], get: Callable[[str], Any]
    ) -> Iterator[Recipient]:
        """Whom these names mean for a record, each once; whoever stands in for them where they
        mean nobody."""
        found = self._reached([one for name in names for one in self._meant(name, get)], by)
        yield from found or self._reached([p for n in self.otherwise for p in self._called(n)], by)

    def first(self, names: Iterable[str], connection: str, get: Callable[[str], Any]) -> str:
        """As whom a system knows the first of those whom these names mean for a record; empty: it
        knows none of them."""
        meant = (one for name in names for one in self._meant(name, get))
        return next((one.ids[connection] for one in meant if one.ids.get(connection)), "")

    def named(self, names: Iterable[str]) -> list[str]:
        """The people whom these roles and names mean, by their own names, each once."""
        found = (own for name in names for own, person in self._people.items()
                 if own == name or name in person.roles)  # fmt: skip
        return list(dict.fromkeys(found))

    def reached(self, name: str, by: Iterable[str]) -> list[Recipient]:
        """Somebody, by their own name, where they themselves can be reached."""
        return self._reached([self._people[name]], by)

    def _reached(self, people: Iterable[PersonSettings], by: Iterable[str]) -> list[Recipient]:
        found = [one for person in people for one in self._recipients(person, tuple(by))]
        return list(dict.fromkeys(found))

    def _recipients(self, person: PersonSettings, by: tuple[str, ...]) -> Iterator[Recipient]:
        ids = {name: id for name, id in person.ids.items() if name in self._channels}
        chosen = [name for name in by if name in ids] or list(ids)[:1]
        for name in chosen:
            yield Recipient(name, ids[name], person.language)

    def _meant(self, name: str, get: Callable[[str], Any]) -> Iterator[PersonSettings]:
        if name == RESPONSIBLE:
            yield from self._called(str(get("role") or ""))
        elif name != SALESPERSON:
            yield from self._called(name)
        if name != SALESPERSON:
            return
        known = {str(get(f"{SALESPERSON}.{field}") or "") for field in ("number", "name")}
        known |= {str(get(SALESPERSON) or ""), str(get(f"order.{SALESPERSON}") or "")}
        yield from (one for one in self._people.values() if known & set(one.is_))

    def _called(self, name: str) -> Iterator[PersonSettings]:
        yield from (
            person for own, person in self._people.items() if own == name or name in person.roles
        )
