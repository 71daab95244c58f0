"""What Kingdee does of a write itself: saving, change bills, closed rows, voiding and closing."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.kingdee_galaxy.bills import AUDITED, SENT_BACK, SUBMITTED, Bill
from adapters.kingdee_galaxy.change_form import ChangeForm
from adapters.kingdee_galaxy.changing import Changing
from adapters.kingdee_galaxy.client import Client
from adapters.kingdee_galaxy.forms import Ending
from adapters.kingdee_galaxy.ladder import Ladder
from adapters.kingdee_galaxy.saving import Saving
from connector.contract import Write
from connector.errors import AdapterError, Awaiting, Conflict, Locked, Rejected
from connector.kit.bills import Bills
from connector.messages import say


class Writing(Bills[Bill]):
    """Writes of one connection."""

    ladder: Ladder

    def __init__(self, client: Client, ladder: Ladder, saving: Saving, changing: Changing) -> None:
        super().__init__(ladder, {"change_bill": self._by_change_bill})
        self._client = client
        self._saving = saving
        self._changing = changing

    def bill(self, write: Write) -> Bill:
        return Bill(write, write.key)

    def create(self, bill: Bill) -> None:
        self._saving.create(bill)

    def create_all(self, bills: Sequence[Bill]) -> None:
        self._saving.create_many(bills)

    def update(self, bill: Bill) -> None:
        self._saving.update(bill)

    # -- changing ---------------------------------------------------------------------------

    def resume(self, bill: Bill) -> None:
        """What people rejected stays rejected.

        Where we do not know which step it took, it may be us who took it back to change it:
        then only an approver's words say that it was rejected.
        """
        write = bill.write
        if bill.state == SENT_BACK and write.step != "saved" and not bill.arrived:
            opinion = self.ladder.opinion(bill)
            if opinion or write.step:
                raise self.ladder.sent_back(bill, opinion)
        if write.expect and bill.editable:
            self._saving.check(bill)

    def _by_change_bill(self, bill: Bill) -> None:
        change = ChangeForm.of(bill.write)
        if change is None:
            raise Conflict(say("kingdee_no_change_bill", form=bill.write.form))
        wanted = self._changing.prepare(bill, change)
        try:
            self._changing.change(bill, wanted, change)
        except Awaiting:
            # However long people take over the rest, what is not wanted is not shipped.
            self._close_rows(bill, change.table, wanted.closes)
            raise
        self._close_rows(bill, change.table, wanted.closes)

    def close_rows(self, bill: Bill) -> bool:
        if not bill.form.close_rows:
            return False
        for table, change in bill.write.tables.items():
            self._close_rows(bill, table, change.drop)
        return True

    def _close_rows(self, bill: Bill, table: str, drop: Sequence[str]) -> None:
        """Rows of an audited bill that are no longer wanted: closed, never left to be shipped."""
        rows = self._saving.open_rows(bill, table, drop) if drop else []
        if rows:
            self._client.execute(bill.write.form, bill.form.close_rows, bill.key, rows)

    # -- ending -----------------------------------------------------------------------------

    def end(self, bill: Bill) -> None:
        """Void or close it; what was ended already stays so.

        What cannot be closed because it is not audited is voided. An audited bill is voided
        after it was un-audited, where that is allowed; where change bills are, it is closed.
        """
        verb = bill.write.verb
        ending = bill.form.cancel if verb == "cancel" else bill.form.close
        if ending is None:
            raise Rejected(say("bill_no_operation", verb=verb, form=bill.write.form))
        if ending.field in bill.ended or bill.voided:
            return
        if ending.audited is not None and bill.state == SUBMITTED:
            raise Locked(say("bill_under_way", number=bill.number))
        left: Ending | None = ending
        was_audited = False
        if bill.state == AUDITED:
            left, was_audited = self._audited_ends(bill, ending)
        elif ending.audited:
            left = bill.form.cancel or ending
        if left is None:
            return
        try:
            self._client.execute(bill.write.form, left.operation, bill.key)
        except AdapterError as error:
            raise self.ladder.put_back(bill, error) if was_audited else error from None

    def _audited_ends(self, bill: Bill, ending: Ending) -> tuple[Ending | None, bool]:
        """How an audited bill ends, None: it has; and whether it was un-audited for that."""
        listed = "change_bill" in bill.write.on_change
        change = ChangeForm.of(bill.write) if listed else None
        if change is not None:
            self._changing.clear(bill, change)
        if ending.audited is not False:
            return ending, False
        try:
            self.ladder.reopen(bill)
        except Conflict:
            close = bill.form.close
            if change is None or close is None:
                raise
            if close.field in bill.ended:
                self._changing.check_end(bill, change)
                return None, False
            return close, False
        return ending, True
