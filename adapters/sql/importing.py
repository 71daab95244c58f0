"""Interface tables: what the ERP's own program says of a record, and what we may do about it.

untouched ─ready (ours)▶ busy ─▶ done
                         busy ─▶ failed
"""

from __future__ import annotations

from typing import Any

from adapters.sql.codec import text_of
from adapters.sql.settings import Importer
from connector.errors import Conflict, Locked, Rejected
from connector.messages import say

STEPS = ("saved", "audited")
"""It stands there; the ERP has taken it."""


class Standing:
    """Where one record stands with the importer."""

    def __init__(self, importer: Importer, form: str, values: dict[str, Any]) -> None:
        """`values` are the record's, by column."""
        self._importer = importer
        self._form = form
        self._state = text_of(values.get(importer.state))
        self._words = text_of(values.get(importer.error)) if importer.error else ""

    @property
    def step(self) -> str:
        return STEPS[self._state in self._importer.done]

    @property
    def awaits(self) -> str:
        """Whom it waits for; empty: it was not handed over, or nobody has anything to do."""
        waits = self._state in (self._importer.ready, *self._importer.busy)
        return str(say("sql_importer", form=self._form, state=self._state)) if waits else ""

    @property
    def untouched(self) -> bool:
        """It was not handed over yet."""
        return not (self.awaits or self.refusal or self.step == STEPS[-1])

    def check(self) -> None:
        """It may be changed now. Raises Locked or Conflict."""
        if self._state in self._importer.busy:
            raise Locked(say("sql_importing", form=self._form, state=self._state))
        if self.step == STEPS[-1] and not self._importer.again:
            raise Conflict(say("sql_imported", form=self._form))

    @property
    def refusal(self) -> Rejected | None:
        """The importer's own words where it does not take the record."""
        if self._state not in self._importer.failed:
            return None
        return Rejected(self._words or say("sql_not_imported", form=self._form), code=self._state)
