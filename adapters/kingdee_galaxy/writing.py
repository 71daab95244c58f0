"""A write from beginning to end: look, save, take the steps that are left, say what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapters.kingdee_galaxy.bills import AUDITED, EDITABLE, SENT_BACK, SUBMITTED, Bill
from adapters.kingdee_galaxy.client import Client
from adapters.kingdee_galaxy.ladder import Ladder
from adapters.kingdee_galaxy.saving import Saving
from connector.contract import Write, Written
from connector.errors import AdapterError, Conflict, Gone, Locked, OutcomeUnknown, Rejected
from connector.messages import say


class Writing:
    """Writes of one connection."""

    def __init__(self, client: Client, ladder: Ladder, saving: Saving) -> None:
        self._client = client
        self._ladder = ladder
        self._saving = saving

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
        elif bill.state in EDITABLE:
            self._saving.update(bill)
        else:
            if bill.state == SUBMITTED:
                self._finish(bill)
            self._change_audited(bill)

    def _finish(self, bill: Bill) -> None:
        """Take a bill that is under audit to its end, so that it can be un-audited.

        It may be us who submitted it, and were stopped before the audit: nobody else would ever
        move it then. What people or a workflow are to decide stays theirs.
        """
        if "unaudit" in bill.write.on_change:
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
        if write.expect and bill.state in EDITABLE:
            self._saving.check(bill)

    def _change_audited(self, bill: Bill) -> None:
        try:
            self._unaudit(bill)
        except Conflict:
            if not _only_drops(bill.write) or not bill.form.close_rows:
                raise
            self._close_rows(bill)
            return
        try:
            self._saving.update(bill)
        except AdapterError as error:
            raise self._put_back(bill, error) from None

    def _unaudit(self, bill: Bill) -> None:
        """Where the flow allows it, and nothing hangs on the bill."""
        if "unaudit" not in bill.write.on_change:
            raise Conflict(say("kingdee_audited", number=bill.number))
        try:
            self._ladder.unaudit(bill)
        except Rejected as error:
            raise Conflict(error.words, code=error.code, answer=error.answer) from None

    def _put_back(self, bill: Bill, error: AdapterError) -> AdapterError:
        """What we un-audited it for failed: leave the bill as audited as it was, and say so where
        that fails. What may have been done is left for the look-up."""
        if isinstance(error, OutcomeUnknown):
            return error
        write = replace(bill.write, until="audited", fields={}, tables={}, expect={})
        before = Bill(write, bill.key, bill.number, SENT_BACK)
        self._ladder.climb([before])
        if not before.arrived:
            why = before.error or before.awaits
            error.words = say("kingdee_left_open", number=bill.number, why=error.words, then=why)
        return error

    def _close_rows(self, bill: Bill) -> None:
        """Rows of an audited bill that are no longer wanted: closed, never left to be shipped."""
        for table in bill.write.tables:
            rows = self._saving.open_rows(bill, table)
            if rows:
                self._client.execute(bill.write.form, bill.form.close_rows, bill.key, rows)

    # -- ending -----------------------------------------------------------------------------

    def _end(self, bill: Bill) -> None:
        """Void or close it; what was ended already stays so.

        What cannot be closed because it is not audited is voided. An audited bill is voided
        only after it was un-audited, where that is allowed.
        """
        verb = bill.write.verb
        ending = bill.form.cancel if verb == "cancel" else bill.form.close
        if ending is None:
            raise Rejected(say("kingdee_no_operation", verb=verb, form=bill.write.form))
        if ending.field in bill.ended or bill.voided:
            return
        if ending.audited is not None and bill.state == SUBMITTED:
            raise Locked(say("kingdee_in_approval", number=bill.number))
        was_audited = ending.audited is False and bill.state == AUDITED
        if was_audited:
            self._unaudit(bill)
        elif ending.audited and bill.state != AUDITED:
            ending = bill.form.cancel or ending
        try:
            self._client.execute(bill.write.form, ending.operation, bill.key)
        except AdapterError as error:
            raise self._put_back(bill, error) if was_audited else error from None


def _only_drops(write: Write) -> bool:
    """Nothing changes but that rows go."""
    return not write.fields and not any(change.rows for change in write.tables.values())
