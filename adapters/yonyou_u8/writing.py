"""What U8 does of a write itself: saving, waiting for people's changes, closing."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.yonyou_u8.bills import CHANGING, OPEN, Base, Bill
from adapters.yonyou_u8.changing import Changing
from adapters.yonyou_u8.client import Client
from adapters.yonyou_u8.forms import form_of
from adapters.yonyou_u8.ladder import Ladder
from adapters.yonyou_u8.reading import Reading
from adapters.yonyou_u8.saving import Saving
from connector.contract import Write
from connector.errors import AdapterError, Awaiting, Conflict, Locked, Rejected
from connector.kit.bills import Bills
from connector.messages import say

BY_PEOPLE = "change_bill"


class Writing(Bills[Bill]):
    """Writes of one connection."""

    ladder: Ladder

    def __init__(self, client: Client, reading: Reading, ladder: Ladder, saving: Saving) -> None:
        self._changing = Changing(saving)
        super().__init__(ladder, {BY_PEOPLE: self._changing.by_people})
        self._client = client
        self._reading = reading
        self._saving = saving

    def bill(self, write: Write) -> Bill:
        kind = Bill if form_of(write.form).is_bill else Base
        return kind(write, write.key)

    def create(self, bill: Bill) -> None:
        self._saving.create_all([bill])
        if bill.error and not bill.key:
            raise bill.error

    def create_all(self, bills: Sequence[Bill]) -> None:
        self._saving.create_all(bills)

    def update(self, bill: Bill) -> None:
        """Save it; what no call changes is left to people, where the flow allows that."""
        if "edit" in bill.form.verbs:
            self._saving.update(bill)
        elif BY_PEOPLE in bill.write.on_change:
            self._changing.by_people(bill)
        else:
            raise Conflict(say("u8_no_edit", form=bill.write.form))

    def resume(self, bill: Bill) -> None:
        """What people are changing is not audited by anybody else."""
        if bill.state == CHANGING and not bill.arrived:
            raise Locked(say("bill_under_way", number=bill.number))
        if bill.write.expect and bill.editable:
            self._saving.compare(bill)

    def end(self, bill: Bill) -> None:
        """Close it; what has ended stays so.

        What is not audited cannot be closed: people delete it. What was partly shipped is not
        void.
        """
        verb = bill.write.verb
        if "close" not in bill.form.verbs:
            raise Rejected(say("bill_no_operation", verb=verb, form=bill.write.form))
        if verb == "cancel" and bill.at_top and self._reading.left(bill.write.form, bill.key):
            raise Conflict(say("u8_shipped", number=bill.number))
        if bill.closed:
            return
        if bill.state == OPEN:
            raise Awaiting(say("u8_delete_by_hand", number=bill.number))
        if bill.state == CHANGING:
            raise Locked(say("bill_under_way", number=bill.number))
        (outcome,) = self._client.do([self.ladder.call(bill, "close")])
        if isinstance(outcome, AdapterError):
            raise outcome
