"""A write from beginning to end: look, save, take the steps that are left, say what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.kingdee_galaxy.bills import AUDITED, SENT_BACK, SUBMITTED, Bill
from adapters.kingdee_galaxy.change_form import ChangeForm
from adapters.kingdee_galaxy.changing import Changing
from adapters.kingdee_galaxy.client import Client
from adapters.kingdee_galaxy.forms import Ending
from adapters.kingdee_galaxy.ladder import Ladder
from adapters.kingdee_galaxy.saving import Saving
from connector.contract import Write, Written
from connector.errors import (
    AdapterError,
    Awaiting,
    Conflict,
    Gone,
    Locked,
    Rejected,
)
from connector.messages import say


class Writing:
    """Writes of one connection."""

    def __init__(self, client: Client, ladder: Ladder, saving: Saving, changing: Changing) -> None:
        self._client = client
        self._ladder = ladder
        self._saving = saving
        self._changing = changing
        self._ways = {"change_bill": self._by_change_bill, "unaudit": self._by_unauditing}

    def write(self, write: Write) -> Written | AdapterError:
        """One record. What failed before it was saved is raised as it is."""
        bill = Bill(write, write.key)
        if not write.key:
            self._saving.create(bill)
        else:
            self._look(bill)
            if write.verb != "put":
                self._end(bill)
                return bill.written()
            self._change(bill)
        self._ladder.climb([bill])
        return bill.outcome()

    def write_alike(self, writes: Sequence[Write]) -> Iterator[Written | AdapterError]:
        """New records of one kind, saved and taken along together; or one of any kind."""
        if len(writes) == 1:
            try:
                yield self.write(writes[0])
            except AdapterError as error:
                yield error
            return
        bills = [Bill(write) for write in writes]
        self._saving.create_many(bills)
        self._ladder.climb(bills)
        yield from (bill.outcome() for bill in bills)

    def _look(self, bill: Bill) -> None:
        self._ladder.look([bill])
        if not bill.state:
            raise Gone(say("kingdee_gone", form=bill.write.form, key=bill.key))

    # -- changing ---------------------------------------------------------------------------

    def _change(self, bill: Bill) -> None:
        """Bring our changes in, as its state allows it."""
        write = bill.write
        changes = bool(write.fields or write.tables)
        if bill.voided and (changes or not bill.arrived):
            raise Conflict(say("kingdee_voided", number=bill.number))
        if not changes:
            self._resume(bill)
        elif bill.editable:
            self._saving.update(bill)
        else:
            if bill.state == SUBMITTED:
                self._finish(bill)
            self._change_audited(bill)

    def _finish(self, bill: Bill) -> None:
        """Take a bill that is under audit to its end, so that it can be changed from there.

        It may be us who submitted it, and were stopped before the audit: nobody else would ever
        move it then. What people or a workflow are to decide stays theirs.
        """
        if not self._ways.keys().isdisjoint(bill.write.on_change):
            self._ladder.climb([bill])
        if bill.error:
            raise bill.error
        if bill.state != AUDITED:
            raise Locked(say("kingdee_in_approval", number=bill.number))

    def _resume(self, bill: Bill) -> None:
        """Nothing of ours changes, only steps are left. What people rejected stays rejected.

        Where we do not know which step it took, it may be us who took it back to change it:
        then only an approver's words say that it was rejected.
        """
        write = bill.write
        if bill.state == SENT_BACK and write.step != "saved" and not bill.arrived:
            opinion = self._ladder.opinion(bill)
            if opinion or write.step:
                raise self._ladder.sent_back(bill, opinion)
        if write.expect and bill.editable:
            self._saving.check(bill)

    def _change_audited(self, bill: Bill) -> None:
        """By the ways that the flow allows, in its order; the first refusal is told."""
        refused: Conflict | None = None
        for way in bill.write.on_change:
            if way in self._ways:
                try:
                    self._ways[way](bill)
                    return
                except Conflict as error:
                    refused = refused or error
        if not _only_drops(bill.write) or not bill.form.close_rows:
            raise refused or Conflict(say("bill_audited", number=bill.number))
        for table, change in bill.write.tables.items():
            self._close_rows(bill, table, change.drop)

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

    def _by_unauditing(self, bill: Bill) -> None:
        self._ladder.reopen(bill)
        try:
            self._saving.update(bill)
        except AdapterError as error:
            raise self._ladder.put_back(bill, error) from None

    def _close_rows(self, bill: Bill, table: str, drop: Sequence[str]) -> None:
        """Rows of an audited bill that are no longer wanted: closed, never left to be shipped."""
        rows = self._saving.open_rows(bill, table, drop) if drop else []
        if rows:
            self._client.execute(bill.write.form, bill.form.close_rows, bill.key, rows)

    # -- ending -----------------------------------------------------------------------------

    def _end(self, bill: Bill) -> None:
        """Void or close it; what was ended already stays so.

        What cannot be closed because it is not audited is voided. An audited bill is voided
        after it was un-audited, where that is allowed; where change bills are, it is closed.
        """
        verb = bill.write.verb
        ending = bill.form.cancel if verb == "cancel" else bill.form.close
        if ending is None:
            raise Rejected(say("kingdee_no_operation", verb=verb, form=bill.write.form))
        if ending.field in bill.ended or bill.voided:
            return
        if ending.audited is not None and bill.state == SUBMITTED:
            raise Locked(say("kingdee_in_approval", number=bill.number))
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
            raise self._ladder.put_back(bill, error) if was_audited else error from None

    def _audited_ends(self, bill: Bill, ending: Ending) -> tuple[Ending | None, bool]:
        """How an audited bill ends, None: it has; and whether it was un-audited for that."""
        listed = "change_bill" in bill.write.on_change
        change = ChangeForm.of(bill.write) if listed else None
        if change is not None:
            self._changing.clear(bill, change)
        if ending.audited is not False:
            return ending, False
        try:
            self._ladder.reopen(bill)
        except Conflict:
            close = bill.form.close
            if change is None or close is None:
                raise
            if close.field in bill.ended:
                self._changing.check_end(bill, change)
                return None, False
            return close, False
        return ending, True


def _only_drops(write: Write) -> bool:
    """Nothing changes but that rows go."""
    return not write.fields and not any(change.rows for change in write.tables.values())
