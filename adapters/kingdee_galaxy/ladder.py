"""Taking bills up their steps: saved, submitted, audited, allocated. A small state machine.

A step that is refused is looked at again: somebody may have taken or undone it meanwhile, or a
workflow holds the bill and people must act. Several bills climb together, one call a step.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from adapters.kingdee_galaxy.allocating import Allocation
from adapters.kingdee_galaxy.bills import AUDITED, LADDER, SENT_BACK, Bill, Step, keys_of
from adapters.kingdee_galaxy.client import Client
from adapters.kingdee_galaxy.codec import Layout, layouts
from adapters.kingdee_galaxy.filters import Where
from adapters.kingdee_galaxy.forms import STATUS, YES, Ending, Form, form_of
from adapters.kingdee_galaxy.model import accepted
from adapters.kingdee_galaxy.settings import KingdeeGalaxySettings
from connector.contract import Record, Shape, Write
from connector.errors import AdapterError, Changed, Gone, Rejected
from connector.messages import say


class Ladder:
    """Takes bills up their steps."""

    def __init__(self, client: Client, settings: KingdeeGalaxySettings) -> None:
        self._client = client
        self._allocation = Allocation(client)
        self._workflow = re.compile(settings.workflow_text)
        self._opinion = settings.opinion_field

    # -- where they stand -------------------------------------------------------------------

    def look(self, bills: Sequence[Bill]) -> None:
        """Read where bills stand; one that is not there keeps an empty state."""
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
        """As far as their writes ask; all of one form, with the same prompts accepted."""
        for step in LADDER:
            climbing = [bill for bill in bills if bill.wants(step)]
            if climbing:
                self._take(step, climbing)
        audited = [bill for bill in bills if not bill.error and bill.state == AUDITED]
        if audited:
            self._allocation.give(audited)

    def _take(self, step: Step, bills: Sequence[Bill]) -> None:
        write, keys = bills[0].write, keys_of(bills)
        try:
            results = self._client.operate(step.verb, write.form, keys, accepted(write))
        except AdapterError as error:
            results = dict.fromkeys(keys, error)
        for bill in bills:
            bill.error = results[bill.key]
            if bill.error is None:
                bill.state = step.target
        refused = [bill for bill in bills if isinstance(bill.error, Rejected | Changed)]
        if refused:
            self._reconsider(step, refused)

    def _reconsider(self, step: Step, bills: Sequence[Bill]) -> None:
        """A refused step: taken or undone by somebody else, waiting for people, or refused."""
        try:
            self.look(bills)
        except AdapterError:
            return  # the refusal stands
        for bill in bills:
            if not bill.state:
                bill.error = Gone(say("kingdee_gone", form=bill.write.form, key=bill.key))
            elif step.target == AUDITED and bill.state == SENT_BACK:
                bill.error = self.sent_back(bill)
            elif bill.state not in step.sources:
                bill.error = None
            elif step.target == AUDITED and self._workflow.search(str(bill.error)):
                bill.error, bill.awaits = None, str(say("kingdee_workflow"))

    def unaudit(self, bill: Bill) -> None:
        """Back from audited. Raises what the server says."""
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
