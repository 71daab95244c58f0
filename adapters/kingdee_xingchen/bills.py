"""A record on its way into Xingchen: where it stands, and the step that is left to it.

    Z saved ──audit──▶ C audited, and closed perhaps

Where a bill stands is read from the platform, never assumed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from adapters.kingdee_xingchen.codec import text_of
from adapters.kingdee_xingchen.forms import Form, form_of
from connector.kit.ladder import Climber, Step, names_of

OPEN, AUDITED = "Z", "C"
CLOSED = frozenset(("S", "H"))
"""Of `bill_close_state`: by the system, by hand."""
LADDER = (Step("audited", "audit", frozenset((OPEN,)), AUDITED),)
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
    def closed(self) -> bool:
        return text_of(self.document.get("bill_close_state")) in CLOSED

    def note(self, document: Mapping[str, Any]) -> None:
        """What the platform shows of it now."""
        self.document = document
        self.number = text_of(document.get(self.form.number)) or self.number
        self.state = text_of(document.get("bill_status")) or OPEN


@dataclass
class Base(Bill):
    """A record of base data: it has no steps."""

    steps: ClassVar[Sequence[Step]] = ()
