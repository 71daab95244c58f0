"""A record on its way into Tryton: where it stands, and the steps that are left to it.

    draft ──quote──▶ quotation ──confirm──▶ confirmed, processing, done

Where it stands is read from the server or proven by its answer, never assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from adapters.tryton.codec import Row
from adapters.tryton.forms import Form, form_of
from adapters.tryton.names import name_of
from connector.contract import Record
from connector.errors import AdapterError
from connector.kit.expected import RowKeys, difference
from connector.kit.ladder import Climber, Step, names_of

DRAFT, QUOTATION, CONFIRMED, CANCELLED = "draft", "quotation", "confirmed", "cancelled"
CARRIED_OUT = frozenset(("processing", "done"))
"""What Tryton makes of what is confirmed; to us the same state, which nothing undoes."""
LADDER = (
    Step("submitted", "quote", frozenset((DRAFT,)), QUOTATION),
    Step("audited", "confirm", frozenset((QUOTATION,)), CONFIRMED),
)
STEPS = names_of(LADDER)
ROW_KEY = "id"


@dataclass
class Bill(Climber):
    """A record on its way, and what is known of it so far."""

    steps: ClassVar[Sequence[Step]] = LADDER

    stamps: Row = field(default_factory=dict)
    """Of the record and its rows: a change must find them as they are."""
    rows: RowKeys = field(default_factory=dict)
    record: Record | None = None
    """What is expected of it, as the server shows it."""
    carried_out: bool = False
    """Tryton ships and invoices it already."""
    free: bool = False
    """Nothing of it changes but what people may change at any time."""

    @cached_property
    def model(self) -> str:
        return name_of(self.write.form).plain

    @cached_property
    def form(self) -> Form:
        return form_of(self.model)

    @property
    def editable(self) -> bool:
        """What changes can be written as it stands."""
        return self.free or super().editable

    @property
    def under_way(self) -> bool:
        """Never: a quotation goes back to a draft as well as what is confirmed."""
        return False

    @property
    def voided(self) -> bool:
        """People, or we, have cancelled it: nothing more becomes of it."""
        return self.state == CANCELLED

    def difference(self) -> AdapterError | None:
        """The first amount that is not as expected."""
        assert self.record is not None
        return difference(self.write, self.record, self.line_keys, row_key=ROW_KEY)


@dataclass
class BaseData(Bill):
    """A record that takes no steps."""

    steps: ClassVar[Sequence[Step]] = ()
