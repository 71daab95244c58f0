"""Systems in which people approve things: an instance is made, looked at, and withdrawn.

What is asked for stays with the instance as it was made: when that changes, the engine withdraws it
and makes another one.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from connector.contract import (
    Adapter,
    Capabilities,
    Fields,
    FormCapabilities,
    Page,
    Record,
    Shape,
    Write,
    Written,
)

FORM = "approval"
State = Literal["open", "approved", "refused", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Instance:
    """How one stands."""

    key: str
    state: State
    who: str = ""
    """Who decided, as the system knows people; empty: nobody has yet, or it does not tell."""
    comment: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    """Values that people filled in, by the names that were asked for."""


class Approvals(Adapter):
    """An adapter for such a system. Its mapping writes `id`, `title`, `text`, `who` (user ids,
    separated by commas) and `asks` (names of fields that are to be filled in, likewise)."""

    approves: ClassVar[bool] = True
    capabilities: Capabilities = Capabilities(
        other=FormCapabilities(
            reads="none", operations=frozenset({"create", "cancel"}), search=False
        )
    )

    @abstractmethod
    def ask(self, fields: Fields) -> str:
        """Make an instance; its key. Raises as `write` does."""

    @abstractmethod
    def withdraw(self, key: str) -> None:
        """Take an instance back; one that is over already stays as it is. Raises as `write`."""

    @abstractmethod
    def look(self, keys: Sequence[str]) -> Iterator[Instance]:
        """How these stand; those that are not there are left out."""

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        return iter(())

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        return iter(())

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        for one in self.look(keys):
            known = {"state": one.state, "who": one.who, "comment": one.comment}
            yield Record(one.key, known | {f"given.{n}": v for n, v in one.given.items()})

    def write(self, write: Write) -> Written:
        if write.verb == "put":
            return Written(key=write.key or self.ask(write.fields))
        self.withdraw(write.key)
        return Written(key=write.key)


def names(value: object) -> list[str]:
    """`Approval.who` or `Approval.asks` as a list."""
    return [one.strip() for one in str(value or "").split(",") if one.strip()]
