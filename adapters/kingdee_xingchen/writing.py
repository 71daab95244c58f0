"""What Xingchen does of a write itself: saving, and closing."""

from __future__ import annotations

from adapters.kingdee_xingchen.bills import Base, Bill
from adapters.kingdee_xingchen.codec import rows_of, value_at
from adapters.kingdee_xingchen.forms import form_of
from adapters.kingdee_xingchen.ladder import Ladder
from adapters.kingdee_xingchen.saving import Saving
from connector.contract import Write
from connector.errors import Awaiting, Conflict, Rejected
from connector.kit.bills import Bills
from connector.messages import say

CLOSE, SHIPPED = "close_donothing", "inv_qty"


class Writing(Bills[Bill]):
    """Writes of one connection."""

    ladder: Ladder

    def __init__(self, ladder: Ladder, saving: Saving) -> None:
        super().__init__(ladder, {})
        self._saving = saving

    def bill(self, write: Write) -> Bill:
        kind = Bill if form_of(write.form).entity else Base
        return kind(write, write.key)

    def create(self, bill: Bill) -> None:
        self._saving.create(bill)

    def update(self, bill: Bill) -> None:
        self._saving.update(bill)

    def resume(self, bill: Bill) -> None:
        if bill.write.expect and bill.editable:
            self._saving.compare(bill)

    def end(self, bill: Bill) -> None:
        """Close it; what has ended stays so.

        There is no voiding, and a deleted bill would give its number, our mark, free again: so one
        that nobody has audited is left for people to delete. What was partly shipped is not void.
        """
        verb = bill.write.verb
        if not bill.form.entity:
            raise Rejected(say("bill_no_operation", verb=verb, form=bill.write.form))
        if verb == "cancel" and any(value_at(row, SHIPPED) for row in rows_of(bill.document)):
            raise Conflict(say("xingchen_shipped", number=bill.number))
        if bill.closed:
            return
        if not bill.at_top:
            raise Awaiting(say("xingchen_delete_by_hand", number=bill.number))
        self.ladder.do(bill, CLOSE)
        if not bill.closed:
            raise Rejected(say("xingchen_not_done", number=bill.number, verb=CLOSE))
