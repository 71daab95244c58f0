"""Taking bills up their step: saved, audited.

Where a workflow holds a bill, people decide and nobody else: U8 refuses an audit by a call, and
what is in `workflow` is not even tried.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from adapters.yonyou_u8.bills import OPEN, Bill
from adapters.yonyou_u8.client import Call, Client
from adapters.yonyou_u8.reading import Reading
from adapters.yonyou_u8.settings import YonyouU8Settings
from connector.errors import AdapterError, Rejected
from connector.kit import ladder
from connector.kit.ladder import Step
from connector.messages import say


class Ladder(ladder.Ladder[Bill]):
    """Takes bills up their step."""

    def __init__(self, client: Client, reading: Reading, settings: YonyouU8Settings) -> None:
        self._client = client
        self._reading = reading
        self._settings = settings

    def look(self, bills: Sequence[Bill]) -> None:
        for bill in bills:
            document = self._reading.document(bill.write.form, bill.key)
            if document is None:
                bill.state = ""
            else:
                bill.note(document)

    def take(self, step: Step, bills: Sequence[Bill]) -> Mapping[str, AdapterError | None]:
        told = self._client.do([self.call(bill, step.verb) for bill in bills])
        return {
            bill.key: outcome if isinstance(outcome, AdapterError) else None
            for bill, outcome in zip(bills, told, strict=True)
        }

    def call(self, bill: Bill, verb: str) -> Call:
        """A step or an end of a bill, in the name of whom the settings tell."""
        given = {"user_id": self._settings.user_id, "person_code": self._settings.person_code}
        who = {name: value for name, value in given.items() if value}
        return Call(bill.write.form, verb, {"voucher_code": bill.key, **who})

    def climb(self, bills: Sequence[Bill]) -> None:
        for bill in bills:
            if bill.write.form in self._settings.workflow:
                self._leave_to_people(bill)
        super().climb(bills)

    def meant(self, step: Step, bill: Bill, refusal: AdapterError) -> AdapterError | None:
        if re.search(self._settings.flow_text, str(refusal)):
            self._leave_to_people(bill)
        return None if bill.awaits else super().meant(step, bill, refusal)

    def _leave_to_people(self, bill: Bill) -> None:
        if bill.state == OPEN and not bill.arrived:
            bill.awaits = str(say("u8_workflow"))

    def take_back(self, bill: Bill) -> None:
        """Nothing would be won: no call changes an order."""
        raise Rejected(say("u8_no_edit", form=bill.write.form))
