"""What T+ does of a write itself: saving, its own change of what is audited, closing."""

from __future__ import annotations

from adapters.chanjet_tplus.bills import WORDS, BaseData, Bill
from adapters.chanjet_tplus.client import Client
from adapters.chanjet_tplus.forms import ORDER, form_of
from adapters.chanjet_tplus.ladder import Ladder
from adapters.chanjet_tplus.saving import Saving
from adapters.chanjet_tplus.settings import ChanjetTPlusSettings
from connector.contract import Write
from connector.errors import Awaiting, Conflict, Locked, OutcomeUnknown, Rejected
from connector.kit.bills import Bills
from connector.messages import say


class Writing(Bills[Bill]):
    """Writes of one connection."""

    ladder: Ladder

    def __init__(
        self, client: Client, ladder: Ladder, saving: Saving, settings: ChanjetTPlusSettings
    ) -> None:
        super().__init__(ladder, {"change_bill": self._by_change})
        self._client = client
        self._saving = saving
        self._words = {**WORDS, **settings.states}

    def bill(self, write: Write) -> Bill:
        kind = Bill if form_of(write.form).is_bill else BaseData
        return kind(write, write.key, words=self._words)

    def create(self, bill: Bill) -> None:
        self._saving.create(bill)

    def update(self, bill: Bill) -> None:
        self._saving.update(bill)

    def resume(self, bill: Bill) -> None:
        if bill.write.expect and bill.editable:
            self._saving.compare(bill)

    def _by_change(self, bill: Bill) -> None:
        """By T+'s own change (变更) of an audited order; audited again where that opens it."""
        if bill.write.form != ORDER:
            raise Conflict(say("tplus_no_change", form=bill.write.form))
        try:
            self._saving.update(bill, "Change")
        except Rejected as error:
            raise Conflict(error.words, code=error.code, answer=error.answer) from None

    def end(self, bill: Bill) -> None:
        """Close it; what has ended stays so. What is not audited people delete: T+ has no void."""
        write = bill.write
        if write.verb not in bill.form.verbs:
            raise Rejected(say("bill_no_operation", verb=write.verb, form=write.form))
        if bill.voided or bill.closed:
            return
        if bill.editable:
            raise Awaiting(say("tplus_delete_draft", number=bill.number))
        if not bill.at_top:
            raise Locked(say("bill_under_way", number=bill.number))
        self._client.step(write.form, "Close", bill.key)
        self.ladder.look([bill])
        if not bill.closed:
            raise OutcomeUnknown(say("bill_moved", number=bill.number))
