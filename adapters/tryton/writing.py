"""What Tryton does of a write itself: saving, amendments, cancelling, taking out of use."""

from __future__ import annotations

from adapters.tryton.amending import Amending
from adapters.tryton.bills import BaseData, Bill
from adapters.tryton.client import Client
from adapters.tryton.describing import Models
from adapters.tryton.forms import form_of
from adapters.tryton.ladder import Ladder
from adapters.tryton.names import name_of
from adapters.tryton.saving import Saving
from connector.contract import Write
from connector.errors import AdapterError, Conflict, Rejected
from connector.kit.bills import Bills
from connector.messages import say

AMEND = "change_bill"


class Writing(Bills[Bill]):
    """Writes of one connection."""

    ladder: Ladder

    def __init__(
        self, client: Client, models: Models, ladder: Ladder, saving: Saving, amending: Amending
    ) -> None:
        super().__init__(ladder, {AMEND: self._by_amendment})
        self._client = client
        self._models = models
        self._saving = saving
        self._amending = amending

    def bill(self, write: Write) -> Bill:
        form = form_of(name_of(write.form).plain)
        if not form.writes:
            raise Rejected(say("tryton_read_only", form=write.form))
        kind = Bill if form.is_bill else BaseData
        return kind(write, write.key, free=self._is_free(write))

    def _is_free(self, write: Write) -> bool:
        """Nothing changes but what people may change at any time."""
        fields = self._models.having(name_of(write.form).plain, write.fields)
        names = [path.partition(".")[0] for path in write.fields]
        return bool(names) and not write.tables and all(fields[name].free for name in names)

    def create(self, bill: Bill) -> None:
        self._saving.create(bill)

    def update(self, bill: Bill) -> None:
        self._saving.update(bill)

    def resume(self, bill: Bill) -> None:
        if bill.write.expect and bill.editable:
            bill.error = bill.difference()

    def _by_amendment(self, bill: Bill) -> None:
        if bill.form.amending is None or not bill.carried_out:
            raise Conflict(say("tryton_not_yet", number=bill.number))
        self._amending.change(bill, bill.form.amending)
        if not bill.error:
            self._saving.see(bill)

    # -- ending -----------------------------------------------------------------------------

    def end(self, bill: Bill) -> None:
        """Cancel it or take it out of use; what has ended stays so."""
        verb, form = bill.write.verb, bill.form
        if verb == "close" and form.close:
            self._client.write(bill.model, bill.key, dict(form.close), bill.stamps)
        elif verb == "cancel" and form.cancel:
            self._cancel(bill)
        else:
            raise Rejected(say("bill_no_operation", verb=verb, form=bill.write.form))

    def _cancel(self, bill: Bill) -> None:
        """One that is being carried out is not cancelled: its rows are amended to nothing."""
        if bill.voided:
            return
        if bill.carried_out:
            self._empty(bill)
        else:
            self._void(bill)
        self.ladder.look([bill])

    def _empty(self, bill: Bill) -> None:
        if AMEND not in bill.write.on_change or bill.form.amending is None:
            raise Conflict(say("tryton_carried_out", number=bill.number))
        self._amending.empty(bill, bill.form.amending)

    def _void(self, bill: Bill) -> None:
        reopened = bill.at_top
        if reopened:
            self.ladder.reopen(bill)
        try:
            self.ladder.press(bill, bill.form.cancel)
        except AdapterError as error:
            raise self.ladder.put_back(bill, error) if reopened else error from None
