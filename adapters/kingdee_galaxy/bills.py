"""A record on its way into Kingdee: where it stands, and the steps that are left to it.

    Z draft, A created, D sent back ──Submit──▶ B under audit ──Audit──▶ C audited

Where a bill stands is read from the server or proven by its answer, never assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from adapters.kingdee_galaxy.forms import Form, form_of
from adapters.kingdee_galaxy.model import Asked
from connector.kit.ladder import Climber, Step, names_of

DRAFT, CREATED, SUBMITTED, AUDITED, SENT_BACK = "ZABCD"
"""FDocumentStatus."""
LADDER = (
    Step("submitted", "Submit", frozenset((DRAFT, CREATED, SENT_BACK)), SUBMITTED),
    Step("audited", "Audit", frozenset((SUBMITTED,)), AUDITED),
)
STEPS = names_of(LADDER)
EDITABLE = LADDER[0].sources


@dataclass
class Bill(Climber):
    """A record on its way, and what is known of it so far."""

    steps = LADDER

    ended: frozenset[str] = frozenset()
    """Status fields that say that it is voided, closed or forbidden."""

    @cached_property
    def form(self) -> Form:
        return form_of(self.write.form)

    @cached_property
    def asked(self) -> Asked:
        """The numbers that saving it should give back."""
        return Asked.by(self.write)

    @property
    def voided(self) -> bool:
        """People, or we, have voided it: nothing more becomes of it."""
        return self.form.cancel is not None and self.form.cancel.field in self.ended


def keys_of(bills: Sequence[Bill]) -> list[str]:
    return [bill.key for bill in bills]
