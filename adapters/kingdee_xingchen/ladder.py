"""Taking bills up their step: saved, audited.

What an operation's answer says of a record, beyond that it was accepted, nobody could tell: the
bill is looked at after each, and counts as audited when it says so itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.kingdee_xingchen.bills import OPEN, Bill
from adapters.kingdee_xingchen.client import Client
from adapters.kingdee_xingchen.reading import Reading
from connector.errors import AdapterError, OutcomeUnknown, Rejected
from connector.kit import ladder
from connector.kit.ladder import Step
from connector.messages import say

WARNINGS = "warnings"
"""In `accept`: prompts of the platform are answered yes."""


class Ladder(ladder.Ladder[Bill]):
    """Takes bills up their step."""

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

    def take(self, step: Step, bills: Sequence[Bill]) -> Mapping[str, AdapterError | None]:
        return {bill.key: self._taken(step, bill) for bill in bills}

    def _taken(self, step: Step, bill: Bill) -> AdapterError | None:
        try:
            self.do(bill, step.verb)
        except AdapterError as error:
            return error
        return None if bill.state == step.target else _not_done(bill, step.verb)

    def do(self, bill: Bill, verb: str) -> None:
        """An operation, and what became of it. Raises what the platform says."""
        ignore = WARNINGS in bill.write.accept
        self._client.operate(bill.write.form, verb, bill.key, ignore_warnings=ignore)
        try:
            self.look([bill])
        except AdapterError as error:
            raise OutcomeUnknown(error.words, code=error.code, answer=error.answer) from None

    def take_back(self, bill: Bill) -> None:
        self.do(bill, "unaudit")
        if bill.state != OPEN:
            raise _not_done(bill, "unaudit")


def _not_done(bill: Bill, verb: str) -> Rejected:
    return Rejected(say("xingchen_not_done", number=bill.number, verb=verb))
