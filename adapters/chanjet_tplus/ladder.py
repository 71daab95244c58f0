"""Taking bills up their step: saved, audited.

Where an approval flow decides, an audit by a call may be answered like any other and only begin
the flow. So a bill is read again after each audit, and what it says then counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters.chanjet_tplus.bills import OPEN, Bill
from adapters.chanjet_tplus.client import Client
from adapters.chanjet_tplus.reading import Reading
from connector.errors import AdapterError, Changed
from connector.kit import ladder
from connector.kit.ladder import Step
from connector.messages import say


class Ladder(ladder.Ladder[Bill]):
    """Takes bills up their step."""

    def __init__(self, client: Client, reading: Reading) -> None:
        self._client = client
        self._reading = reading

    def look(self, bills: Sequence[Bill]) -> None:
        for bill in bills:
            write = bill.write
            document = self._reading.document(write.form, bill.key, write.show)
            if document is None:
                bill.state = ""
            else:
                bill.note(document)

    def take(self, step: Step, bills: Sequence[Bill]) -> dict[str, AdapterError | None]:
        return {bill.key: self._taken(step, bill) for bill in bills}

    def _taken(self, step: Step, bill: Bill) -> AdapterError | None:
        try:
            self._client.step(bill.write.form, step.verb, bill.key)
            self.look([bill])
        except AdapterError as error:
            return error
        self._leave_to_people(bill)
        moved = bill.state not in step.sources
        return None if moved else Changed(say("bill_moved", number=bill.number))

    def climb(self, bills: Sequence[Bill]) -> None:
        for bill in bills:
            self._leave_to_people(bill)
        super().climb(bills)

    def _leave_to_people(self, bill: Bill) -> None:
        if bill.by_people and not bill.arrived:
            bill.awaits = str(say("tplus_workflow"))

    def meant(self, step: Step, bill: Bill, refusal: AdapterError) -> AdapterError | None:
        self._leave_to_people(bill)
        return None if bill.awaits else super().meant(step, bill, refusal)

    def take_back(self, bill: Bill) -> None:
        self._client.step(bill.write.form, "UnAudit", bill.key)
        self.look([bill])
        if bill.state != OPEN:
            raise Changed(say("bill_moved", number=bill.number))
