"""Taking bills up their steps: saved, submitted, audited.

Where an approval flow holds a bill, people audit it and nobody else: an audit by a call might
pass them over. So one that was submitted is looked at before anything more is done to it.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters.yonyou_yonbip.bills import OPEN, SENT_BACK, SUBMITTED, Bill
from adapters.yonyou_yonbip.client import Client
from adapters.yonyou_yonbip.codec import text_of
from adapters.yonyou_yonbip.forms import form_of
from adapters.yonyou_yonbip.reading import Reading
from connector.errors import AdapterError, Rejected
from connector.kit import ladder
from connector.kit.ladder import Step
from connector.messages import say


class Ladder(ladder.Ladder[Bill]):
    """Takes bills up their steps."""

    def __init__(self, client: Client, reading: Reading) -> None:
        self._client = client
        self._reading = reading

    def look(self, bills: Sequence[Bill]) -> None:
        for bill in bills:
            document = self._reading.document(bill.write.form, bill.key)
            if document is None:
                bill.state = ""
            else:
                bill.note(document)

    def take(self, step: Step, bills: Sequence[Bill]) -> dict[str, AdapterError | None]:
        form = form_of(bills[0].write.form)
        records = [{"id": int(bill.key)} for bill in bills]
        told = self._client.act(form.verbs[step.verb], records)
        results: dict[str, AdapterError | None] = {}
        for bill in bills:
            outcome = told[bill.key]
            results[bill.key] = outcome if isinstance(outcome, AdapterError) else None
            if not isinstance(outcome, AdapterError) and "status" in outcome:
                bill.note(outcome)
            self._leave_to_people(bill)
        return results

    def climb(self, bills: Sequence[Bill]) -> None:
        for bill in bills:
            self._leave_to_people(bill)
        super().climb(bills)

    def _leave_to_people(self, bill: Bill) -> None:
        if bill.state == SUBMITTED and bill.by_people and not bill.arrived:
            bill.awaits = str(say("yonyou_workflow"))

    def meant(self, step: Step, bill: Bill, refusal: AdapterError) -> AdapterError | None:
        if bill.state == SENT_BACK:
            return self.sent_back(bill)
        self._leave_to_people(bill)
        return None if bill.awaits else super().meant(step, bill, refusal)

    def sent_back(self, bill: Bill) -> Rejected:
        """People rejected it, with the approver's words where there are some."""
        words = text_of(bill.document.get("opposeMemo"))
        return Rejected(words or say("yonyou_sent_back", number=bill.number))

    def take_back(self, bill: Bill) -> None:
        outcome = self._client.act(bill.form.verbs["unaudit"], [{"id": int(bill.key)}])[bill.key]
        if isinstance(outcome, AdapterError):
            raise outcome
        bill.state, bill.document = OPEN, {}  # its stamp has moved
