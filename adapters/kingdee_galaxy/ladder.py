"""Taking bills up their steps: saved, submitted, audited, and allocated where they are base data.

A workflow may hold a bill: then people must act, and what they reject comes with their words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from adapters.kingdee_galaxy.allocating import Allocation
from adapters.kingdee_galaxy.bills import AUDITED, SENT_BACK, Bill, keys_of
from adapters.kingdee_galaxy.client import Client
from adapters.kingdee_galaxy.codec import Layout, layouts
from adapters.kingdee_galaxy.filters import Where
from adapters.kingdee_galaxy.forms import STATUS, YES, Ending, Form, form_of
from adapters.kingdee_galaxy.model import accepted
from adapters.kingdee_galaxy.settings import KingdeeGalaxySettings
from connector.contract import Record, Shape, Write
from connector.errors import AdapterError, Rejected
from connector.kit import ladder
from connector.kit.ladder import Step
from connector.messages import say


class Ladder(ladder.Ladder[Bill]):
    """Takes bills up their steps."""

    def __init__(self, client: Client, settings: KingdeeGalaxySettings) -> None:
        self._client = client
        self._allocation = Allocation(client)
        self._workflow = re.compile(settings.workflow_text)
        self._opinion = settings.opinion_field

    # -- where they stand -------------------------------------------------------------------

    def look(self, bills: Sequence[Bill]) -> None:
        write = bills[0].write
        layout = _standing(write)
        where = Where(set(layout.known)).among(form_of(write.form).key, map(int, keys_of(bills)))
        rows = self._client.query(layout.form, layout.keys, str(where), layout.order)
        found = layout.gather(rows, {})
        for bill in bills:
            record = found.get(bill.key)
            bill.state = str(record.fields[STATUS]) if record else ""
            bill.number = record.number if record else bill.number
            bill.ended = frozenset(_ended(record)) if record else frozenset()

    def opinion(self, bill: Bill) -> str:
        """The approver's words, where the site keeps them in the head and somebody wrote some."""
        key = bill.form.key
        layout = layouts(Shape(bill.write.form, (key,), (self._opinion,)), stamped=False).main
        where = Where(set(layout.known)).has(key, "=", int(bill.key))
        try:
            rows = self._client.query(layout.form, layout.keys, str(where), layout.order)
        except Rejected:
            return ""  # this site has no such field
        found = layout.gather(rows, {}).get(bill.key)
        return str(found.fields[self._opinion] or "") if found else ""

    def sent_back(self, bill: Bill, opinion: str = "") -> Rejected:
        """People rejected it, with the approver's words where there are some."""
        words = opinion or self.opinion(bill) or say("kingdee_sent_back", number=bill.number)
        return Rejected(words)

    # -- climbing ---------------------------------------------------------------------------

    def climb(self, bills: Sequence[Bill]) -> None:
        super().climb(bills)
        audited = [bill for bill in bills if not bill.error and bill.state == AUDITED]
        if audited:
            self._allocation.give(audited)

    def take(self, step: Step, bills: Sequence[Bill]) -> dict[str, AdapterError | None]:
        write = bills[0].write
        return self._client.operate(step.verb, write.form, keys_of(bills), accepted(write))

    def meant(self, step: Step, bill: Bill, refusal: AdapterError) -> AdapterError | None:
        if step.target == AUDITED and bill.state == SENT_BACK:
            return self.sent_back(bill)
        left = super().meant(step, bill, refusal)
        if left and step.target == AUDITED and self._workflow.search(str(left)):
            bill.awaits = str(say("kingdee_workflow"))
            return None
        return left

    def take_back(self, bill: Bill) -> None:
        write = bill.write
        results = self._client.operate("UnAudit", write.form, [bill.key], accepted(write))
        error = results[bill.key]
        if error is not None:
            raise error
        bill.state = SENT_BACK


def _standing(write: Write) -> Layout:
    form = form_of(write.form)
    fields = (STATUS, *(ending.field for ending in _endings(form)))
    return layouts(Shape(write.form, (form.key,), fields, write.number), stamped=False).heads


def _endings(form: Form) -> list[Ending]:
    return [ending for ending in (form.cancel, form.close) if ending]


def _ended(record: Record) -> list[str]:
    return [name for name, value in record.fields.items() if name != STATUS and value == YES]
