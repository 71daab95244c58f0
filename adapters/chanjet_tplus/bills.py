"""A bill on its way into T+: where it stands, and the step that is left to it.

    open ──audit──▶ audited ──close──▶ closed
      └──audit, where a flow decides──▶ approval ──people──▶ audited

Where a bill stands is read from T+ after each step, never assumed: it is told by words alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from adapters.chanjet_tplus.codec import Records, text_of, value_at
from adapters.chanjet_tplus.forms import CODE, ID, STATE, Form, form_of
from connector.kit.ladder import Climber, Step, names_of

OPEN, APPROVAL, AUDITED, CLOSED, VOID = "open", "approval", "audited", "closed", "void"
WORDS: Mapping[str, str] = {
    **dict.fromkeys(("未审", "未审核", "草稿", "待审核"), OPEN),
    **dict.fromkeys(("审批中", "审核中"), APPROVAL),
    **dict.fromkeys(("已审", "已审核", "生效", "执行中"), AUDITED),
    **dict.fromkeys(("中止", "终止", "关闭", "已关闭", "已中止", "执行完毕"), CLOSED),
    **dict.fromkeys(("作废", "已作废", "废止"), VOID),
}
"""What a bill's state is called, and what it means."""
LADDER = (Step("audited", "Audit", frozenset((OPEN,)), AUDITED),)
STEPS = names_of(LADDER)


@dataclass
class Bill(Climber):
    """A record on its way, and what is known of it so far."""

    steps: ClassVar[Sequence[Step]] = LADDER

    words: Mapping[str, str] = field(default_factory=lambda: WORDS)
    document: Mapping[str, Any] = field(default_factory=dict)
    """The whole record as T+ showed it last."""

    @cached_property
    def form(self) -> Form:
        return form_of(self.write.form)

    @property
    def by_people(self) -> bool:
        """An approval flow has it."""
        return self.state == APPROVAL

    @property
    def at_top(self) -> bool:
        return not self.steps or self.state in (AUDITED, CLOSED)

    @property
    def step(self) -> str:
        return STEPS[-1] if self.steps and self.at_top else super().step

    @property
    def closed(self) -> bool:
        return self.state == CLOSED

    @property
    def voided(self) -> bool:
        return self.state == VOID

    def note(self, document: Mapping[str, Any]) -> None:
        """What T+ shows of it now."""
        self.document = document
        if self.write.show is not None:
            self.shown = next(Records(self.form, self.write.show).of(document))
        self.number = text_of(document.get(CODE)) or self.number
        if self.form.is_bill:
            self.key = text_of(document.get(ID)) or self.key
            word = text_of(value_at(document, f"{STATE}.Name"))
            self.state = self.words.get(word, word or OPEN)
        else:
            self.key, self.state = self.number, OPEN


@dataclass
class BaseData(Bill):
    """A record that takes no steps."""

    steps: ClassVar[Sequence[Step]] = ()
