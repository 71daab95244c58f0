"""Taking bills up their steps: saved, submitted, audited, or whatever a system has of them.

What is done is not done again. A step that is refused is looked at again: somebody may have
taken or undone it meanwhile, or deleted the bill, or people must act. A bill that was taken
back for a change goes up again where the change is refused. Several bills climb together.

An adapter says what its steps are called, how one looks and how a step is taken; nothing here
knows a system.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Generic, TypeVar

from connector.contract import Record, Write, Written
from connector.errors import (
    AdapterError,
    Changed,
    Conflict,
    Gone,
    HalfDone,
    OutcomeUnknown,
    Rejected,
)
from connector.kit.expected import LineKeys
from connector.messages import say

SAVED = "saved"
"""The step that every bill has reached; the others are taken."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: the call that takes it, from which of the remote's states, to which one."""

    name: str
    """As `Write.until` has it."""
    verb: str
    sources: frozenset[str]
    target: str


def names_of(steps: Sequence[Step]) -> tuple[str, ...]:
    """The steps of a form, as its capabilities list them."""
    return (SAVED, *(step.name for step in steps))


def reached(steps: Sequence[Step], state: str) -> str:
    """The step that a state stands for."""
    return next((step.name for step in steps if step.target == state), SAVED)


@dataclass
class Climber:
    """A bill on its way, and what is known of it so far."""

    steps: ClassVar[Sequence[Step]]
    """In the order in which they are taken; base data may have none."""

    write: Write
    key: str = ""
    number: str = ""
    state: str = ""
    """The remote's own word; empty: it is not there, or nobody has looked."""
    line_keys: LineKeys = field(default_factory=dict)
    shown: Record | None = None
    awaits: str = ""
    was: str = ""
    """The step from which it was taken back."""
    error: AdapterError | None = None

    @property
    def step(self) -> str:
        return reached(self.steps, self.state)

    @property
    def editable(self) -> bool:
        """None of the steps has been taken."""
        return not self.steps or self.state in self.steps[0].sources

    @property
    def at_top(self) -> bool:
        """All of them have."""
        return not self.steps or self.state == self.steps[-1].target

    @property
    def under_way(self) -> bool:
        """Some of them have, and from there no way leads back: it is finished before it changes."""
        return not self.editable and not self.at_top

    @property
    def voided(self) -> bool:
        """It has ended as if it had never been: nothing more becomes of it."""
        return False

    @property
    def closed(self) -> bool:
        """It stands, and nothing in it changes any more."""
        return False

    @property
    def arrived(self) -> bool:
        """It is as far as our side takes it."""
        names, until = names_of(self.steps), self.write.until
        return until not in names or names.index(self.step) >= names.index(until)

    def wants(self, step: Step) -> bool:
        """The step is still to be taken, and can be."""
        names, until = names_of(self.steps), self.write.until
        asked = until in names and names.index(until) >= names.index(step.name)
        return asked and not self.error and not self.awaits and self.state in step.sources

    def written(self) -> Written:
        """What can be said of it now."""
        return Written(self.key, self.number, self.line_keys, self.step, self.awaits, self.shown)

    def outcome(self) -> Written | AdapterError:
        """The end of a write. What failed once the record existed is half done.

        Never done before it has arrived: what people moved under our hands is looked at anew.
        """
        error = self.error
        if error is None and not self.arrived and not self.awaits:
            error = Changed(say("bill_moved", number=self.number))
        if error is None:
            return self.written()
        return HalfDone(self.written(), error) if self.key else error


B = TypeVar("B", bound=Climber)


class Ladder(ABC, Generic[B]):
    """Takes bills up their steps, and back. Three methods are the remote's own."""

    @abstractmethod
    def look(self, bills: Sequence[B]) -> None:
        """Read where bills stand; one that is not there gets an empty state."""

    @abstractmethod
    def take(self, step: Step, bills: Sequence[B]) -> Mapping[str, AdapterError | None]:
        """Take one step; what became of each bill, by its key. Where the answer tells another state
        than the step's own, it is noted in the bill."""

    @abstractmethod
    def take_back(self, bill: B) -> None:
        """Make a bill editable again, and note its state. Raises what the remote says."""

    def meant(self, step: Step, bill: B, refusal: AdapterError) -> AdapterError | None:
        """What a refused step means where the bill stands now; None: it is no failure.

        An adapter adds what only it can tell: that people rejected it, or whom it `awaits`.
        """
        return refusal if bill.state in step.sources else None

    # -- climbing ---------------------------------------------------------------------------

    def climb(self, bills: Sequence[B]) -> None:
        """As far as their writes ask; all of one form, with the same prompts accepted."""
        for step in bills[0].steps:
            climbing = [bill for bill in bills if bill.wants(step)]
            if climbing:
                self._take(step, climbing)

    def _take(self, step: Step, bills: Sequence[B]) -> None:
        try:
            results = self.take(step, bills)
        except AdapterError as error:
            results = dict.fromkeys((bill.key for bill in bills), error)
        for bill in bills:
            bill.error = results[bill.key]
            if bill.error is None and bill.state in step.sources:
                bill.state = step.target
        refused = [bill for bill in bills if isinstance(bill.error, Rejected | Changed)]
        if refused:
            self._reconsider(step, refused)

    def _reconsider(self, step: Step, bills: Sequence[B]) -> None:
        """A refused step: taken or undone by somebody else, waiting for people, or refused."""
        try:
            self.look(bills)
        except AdapterError:
            return  # the refusal stands
        for bill in bills:
            if not bill.state:
                bill.error = Gone(say("target_gone", key=bill.key))
            elif bill.error is not None:
                bill.error = self.meant(step, bill, bill.error)

    # -- and back ---------------------------------------------------------------------------

    def reopen(self, bill: B) -> None:
        """Take a bill back, where the flow allows it and nothing hangs on it. Raises Conflict."""
        if "unaudit" not in bill.write.on_change:
            raise Conflict(say("bill_audited", number=bill.number))
        bill.was = bill.step
        try:
            self.take_back(bill)
        except Rejected as error:
            raise Conflict(error.words, code=error.code, answer=error.answer) from None

    def put_back(self, bill: B, error: AdapterError) -> AdapterError:
        """What a bill was taken back for failed: leave it as far up as it was, and say so where
        that fails. What may have been done is left for the look-up."""
        if isinstance(error, OutcomeUnknown):
            return error
        write = replace(bill.write, until=bill.was, fields={}, tables={}, expect={})
        before = replace(bill, write=write)
        self.climb([before])
        if not before.arrived:
            why = before.error or before.awaits
            error.words = say("bill_left_open", number=bill.number, why=error.words, then=why)
        return error
