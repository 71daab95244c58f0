"""A bill on its way into YonBIP: where it stands, and the steps that are left to it.

    0 open, -1 sent back ──submit──▶ 3 under approval ──audit──▶ 1 audited, 2 closed

Where a bill stands is read from the platform or proven by its answer, never assumed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from adapters.yonyou_yonbip.codec import is_set, text_of
from adapters.yonyou_yonbip.forms import Form, form_of
from connector.kit.ladder import Climber, Step, names_of

OPEN, SENT_BACK, SUBMITTED, AUDITED = "0", "-1", "3", "1"
CLOSED, OPPOSED = "2", "OPPOSE"
EDITABLE = frozenset((OPEN, SENT_BACK))
LADDER = (
    Step("submitted", "submit", EDITABLE, SUBMITTED),
    Step("audited", "audit", frozenset((SUBMITTED,)), AUDITED),
)
AUDITED_AT_ONCE = (Step("audited", "audit", EDITABLE | {SUBMITTED}, AUDITED),)
"""Without an approval flow some tenants audit what nobody has submitted."""
STEPS = names_of(LADDER)


@dataclass
class Bill(Climber):
    """A record on its way, and what is known of it so far."""

    steps: ClassVar[Sequence[Step]] = LADDER

    document: Mapping[str, Any] = field(default_factory=dict)
    """The whole record as the platform showed it last."""

    @cached_property
    def form(self) -> Form:
        return form_of(self.write.form)

    @property
    def editable(self) -> bool:
        """Nobody has submitted it, or it was sent back."""
        return self.state in EDITABLE

    @property
    def by_people(self) -> bool:
        """An approval flow decides about it."""
        return is_set(self.document, "isWfControlled")

    @property
    def closed(self) -> bool:
        return text_of(self.document.get("status")) == CLOSED

    @property
    def voided(self) -> bool:
        """It was opposed (已取消): nothing more becomes of it."""
        return OPPOSED in (self.document.get("nextStatus"), self.document.get("statusCode"))

    @property
    def changing(self) -> bool:
        """A change document of it is not finished."""
        return is_set(self.document, "lockIn")

    def note(self, document: Mapping[str, Any]) -> None:
        """What the platform shows of it now."""
        self.document = {**self.document, **document}
        self.key = text_of(document.get("id")) or self.key
        self.number = text_of(document.get("code")) or self.number
        self.state = state_of(self.document) if self.form.is_bill else OPEN


@dataclass
class AtOnce(Bill):
    """A bill of a form that is audited without being submitted."""

    steps: ClassVar[Sequence[Step]] = AUDITED_AT_ONCE


@dataclass
class BaseData(Bill):
    """A record that takes no steps."""

    steps: ClassVar[Sequence[Step]] = ()


def state_of(document: Mapping[str, Any]) -> str:
    """A bill's state; the platform prints numbers, or their digits."""
    status = text_of(document.get("status"))
    if status == OPEN and text_of(document.get("verifystate")) == SENT_BACK:
        return SENT_BACK
    return AUDITED if status == CLOSED else status
