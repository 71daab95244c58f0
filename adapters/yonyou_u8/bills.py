"""A record on its way into U8: where it stands, and the step that is left to it.

    开立 ──verify──▶ 审核, 关闭

Where a bill stands is read from U8 or proven by its answer, never assumed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from adapters.yonyou_u8.codec import text_of
from adapters.yonyou_u8.forms import Form, form_of
from connector.kit.ladder import Climber, Step, names_of

OPEN, AUDITED, CHANGING = "开立", "审核", "变更"
CLOSED = "关闭"
STATES = {
    "Opening": OPEN,
    "Approved": AUDITED,
    "Changing": CHANGING,
    CLOSED: AUDITED,
    **{state: state for state in (OPEN, AUDITED, CHANGING)},
}
"""By what U8 calls them; lists are searched by the English words."""
LADDER = (Step("audited", "verify", frozenset((OPEN,)), AUDITED),)
STEPS = names_of(LADDER)


@dataclass
class Bill(Climber):
    """A record on its way, and what is known of it so far."""

    steps: ClassVar[Sequence[Step]] = LADDER

    document: Mapping[str, Any] = field(default_factory=dict)
    """The whole record as U8 showed it last."""

    @cached_property
    def form(self) -> Form:
        return form_of(self.write.form)

    @property
    def closed(self) -> bool:
        return bool(text_of(self.document.get("closer"))) or self.document.get("state") == CLOSED

    def note(self, document: Mapping[str, Any]) -> None:
        """What U8 shows of it now."""
        self.document = document
        self.number = text_of(document.get(self.form.code)) or self.number
        self.state = state_of(document)


@dataclass
class Base(Bill):
    """A record of base data: it has no steps."""

    steps: ClassVar[Sequence[Step]] = ()


def state_of(document: Mapping[str, Any]) -> str:
    """A bill's state; where its word is not known, whether somebody has audited it."""
    known = STATES.get(text_of(document.get("state")))
    return known or (AUDITED if text_of(document.get("verifier")) else OPEN)
