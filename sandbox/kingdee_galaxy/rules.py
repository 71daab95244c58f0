"""What a form does besides keeping fields: the hooks of saving and of the life cycle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .account_set import AccountSet
from .errors import Problem
from .records import Bill, Row


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, and which prompts they answer with yes beforehand."""

    by: str = "api"
    ignore_prompts: bool = False
    answered: frozenset[str] = frozenset()

    @property
    def is_person(self) -> bool:
        return self.by != "api"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question that the client would ask; `flag` is its name in InterationFlags."""

    flag: str
    text: str


class Rules:
    """A form without behaviour of its own; the others override what they need."""

    recomputing: frozenset[str] = frozenset()
    """The fields after which `typed` is called."""

    def typed(self, books: AccountSet, bill: Bill, row: Row | None, key: str) -> None:
        """A field was typed: recompute what hangs on it."""

    def fill(self, books: AccountSet, bill: Bill) -> None:
        """Fill what choosing a material or a customer would fill in the client."""

    def finish(self, books: AccountSet, bill: Bill) -> None:
        """All was typed: totals."""

    def problems(self, books: AccountSet, bill: Bill) -> Iterator[Problem]:
        """Why the bill cannot be saved."""
        return iter(())

    def prompts(self, books: AccountSet, bill: Bill) -> Iterator[Prompt]:
        """Questions at saving, asked again at the audit if nobody answered them."""
        return iter(())

    def audit_prompts(self, books: AccountSet, bill: Bill) -> Iterator[Prompt]:
        """Questions at the audit only."""
        return iter(())

    def audit(self, books: AccountSet, bill: Bill) -> None:
        """The bill itself changes by its audit (not yet committed)."""

    def audited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        """Other records change by this bill's audit."""

    def check_unaudit(self, books: AccountSet, bill: Bill) -> None:
        """Raise `Refused` where something hangs on the bill."""

    def unaudited(self, books: AccountSet, bill: Bill, act: Act) -> None:
        """Take the audit's effects on other records back."""

    def has_downstream(self, books: AccountSet, row: Row) -> bool:
        """Whether other bills were made from this row."""
        return False
