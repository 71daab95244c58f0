"""Systems in which people approve things: an instance is made, looked at, and withdrawn.

What is asked for stays with the instance as it was made: when that changes, the engine withdraws it
and makes another one.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator

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
from connector.errors import AccessDenied, Rejected
from connector.messages import say

FORM = "approval"
State = Literal["open", "approved", "refused", "withdrawn"]
SHOWN = ("title", "text")
"""What a template must have components for."""
OURS = ("id", *SHOWN)
"""What we fill in; people fill in the rest."""


def _shows(components: dict[str, str]) -> dict[str, str]:
    if lacking := [name for name in SHOWN if not components.get(name)]:
        raise ValueError(say("approval_components", names=", ".join(lacking)))
    return components


Components = Annotated[dict[str, str], AfterValidator(_shows)]
"""Components of a template's form (控件), by what they hold, as settings declare them."""


@dataclass(frozen=True, slots=True)
class Component:
    """One of a template's form, as the system knows it."""

    id: str
    kind: str


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
    separated by commas) and `asks` (names of fields that are to be filled in, likewise); where it
    has a `reference`, our mark comes with them under that name."""

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
        """Take an instance back; one that is over already stays as it is. Raises as `write`. An
        adapter without `cancel` among its operations is not asked to."""

    @abstractmethod
    def look(self, keys: Sequence[str]) -> Iterator[Instance]:
        """How these stand; those that are not there are left out."""

    def read(self, shape: Shape, after: str | None) -> Iterator[Page]:
        return iter(())

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """Nothing, or by our mark alone: whoever could name an instance by its key could pass off
        what was approved once as the answer to something else."""
        return iter(())

    def fetch(self, shape: Shape, keys: Sequence[str]) -> Iterator[Record]:
        return (record(one) for one in self.look(keys))

    def write(self, write: Write) -> Written:
        if write.verb == "put":
            mark = dict([write.reference] if write.reference else [])
            return Written(key=write.key or self.ask({**write.fields, **mark}))
        self.withdraw(write.key)
        return Written(key=write.key)


def record(one: Instance) -> Record:
    """An instance as a record; what people filled in by `given.NAME`."""
    known = {"state": one.state, "who": one.who, "comment": one.comment}
    return Record(one.key, known | {f"given.{name}": value for name, value in one.given.items()})


def asked(fields: Fields, components: Mapping[str, str]) -> list[str]:
    """Who is asked. What nobody could answer is refused (Rejected) before anything is sent."""
    who, asks = names(fields.get("who")), names(fields.get("asks"))
    if not who:
        raise Rejected(say("approval_nobody"))
    if lacking := [name for name in asks if name not in components]:
        raise Rejected(say("approval_components", names=", ".join(lacking)))
    return who


def shown(fields: Fields) -> dict[str, str]:
    """What we fill in, by name. Where nothing is shown, the title stands for the text: people who
    make a template require both of whoever fills it in."""
    told = {name: str(fields.get(name) or "") for name in OURS}
    return told | {"text": told["text"] or told["title"]}


def by_name(found: Iterable[tuple[str, Component]]) -> dict[str, Component]:
    """A template's components by their names; a name of several names none of them."""
    known: dict[str, list[Component]] = {}
    for name, one in found:
        known.setdefault(name, []).append(one)
    return {name: some[0] for name, some in known.items() if len(some) == 1}


def require(labels: Iterable[str], template: Mapping[str, Component]) -> None:
    """Raises AccessDenied where a template lacks components: nothing works until it has them."""
    if lacking := [label for label in labels if label not in template]:
        raise AccessDenied(say("approval_template_lacks", names=", ".join(lacking)))


def whole(value: object) -> int:
    """A number, however a system writes it; 0: it is none."""
    try:
        return int(str(value))
    except ValueError:
        return 0


def names(value: object) -> list[str]:
    """`Approval.who` or `Approval.asks` as a list."""
    return [one.strip() for one in str(value or "").split(",") if one.strip()]
