"""A record on its way into Kingdee: where it stands, and the steps that are left to it.

    Z draft, A created, D sent back ──Submit──▶ B under audit ──Audit──▶ C audited

Where a bill stands is read from the server or proven by its answer, never assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from adapters.kingdee_galaxy.forms import Form, form_of
from adapters.kingdee_galaxy.model import Asked
from connector.contract import Record, Write, Written
from connector.errors import AdapterError, Changed, HalfDone
from connector.expected import LineKeys
from connector.messages import say

DRAFT, CREATED, SUBMITTED, AUDITED, SENT_BACK = "ZABCD"
EDITABLE = frozenset((DRAFT, CREATED, SENT_BACK))
STEPS = ("saved", "submitted", "audited")
REACHED = {SUBMITTED: "submitted", AUDITED: "audited"}
"""The step that a status stands for; all others are `saved`."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: the call that takes it, from which states, to which one."""

    verb: str
    sources: frozenset[str]
    target: str

    @property
    def name(self) -> str:
        return REACHED[self.target]


LADDER = (
    Step("Submit", EDITABLE, SUBMITTED),
    Step("Audit", frozenset((SUBMITTED,)), AUDITED),
)


@dataclass
class Bill:
    """A record on its way, and what is known of it so far."""

    write: Write
    key: str = ""
    number: str = ""
    state: str = ""
    """FDocumentStatus."""
    ended: frozenset[str] = frozenset()
    """Status fields that say that it is voided, closed or forbidden."""
    line_keys: LineKeys = field(default_factory=dict)
    shown: Record | None = None
    awaits: str = ""
    error: AdapterError | None = None

    @cached_property
    def form(self) -> Form:
        return form_of(self.write.form)

    @cached_property
    def asked(self) -> Asked:
        """The numbers that saving it should give back."""
        return Asked.by(self.write)

    @property
    def step(self) -> str:
        return REACHED.get(self.state, "saved")

    @property
    def voided(self) -> bool:
        """People, or we, have voided it: nothing more becomes of it."""
        return self.form.cancel is not None and self.form.cancel.field in self.ended

    @property
    def arrived(self) -> bool:
        """It is as far as our side takes it."""
        until = self.write.until
        return until not in STEPS or STEPS.index(self.step) >= STEPS.index(until)

    def wants(self, step: Step) -> bool:
        """The step is still to be taken, and can be."""
        until = self.write.until
        asked = until in STEPS and STEPS.index(until) >= STEPS.index(step.name)
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
            error = Changed(say("kingdee_moved", number=self.number))
        if error is None:
            return self.written()
        return HalfDone(self.written(), error) if self.key else error


def keys_of(bills: Sequence[Bill]) -> list[str]:
    return [bill.key for bill in bills]
