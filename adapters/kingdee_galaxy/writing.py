"""A write from beginning to end: look, save, take the steps that are left, say what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from adapters.kingdee_galaxy.bills import AUDITED, EDITABLE, SENT_BACK, SUBMITTED, Bill, Ladder
from adapters.kingdee_galaxy.client import Client
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
        if not write.fields and not write.tables:
            self._resume(bill)
        elif bill.state in EDITABLE:
            self._saving.update(bill)
        elif bill.state == SUBMITTED:
            raise Locked(say("kingdee_in_approval", number=bill.number))
        else:
            self._change_audited(bill)

    def _resume(self, bill: Bill) -> None:
        """Nothing of ours changes, only steps are left. What people rejected stays rejected."""
        write = bill.write
        if bill.state == SENT_BACK and write.step != "saved" and write.until != "saved":
            words = self._ladder.opinion(bill) or say("kingdee_sent_back", number=bill.number)
            raise Rejected(words)
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
        except OutcomeUnknown:
            raise
        except AdapterError:
            self._put_back(bill)
            raise

    def _unaudit(self, bill: Bill) -> None:
        """Where the flow allows it, and nothing hangs on the bill."""
        if "unaudit" not in bill.write.on_change:
            raise Conflict(say("kingdee_audited", number=bill.number))
        try:
            self._ladder.unaudit(bill)
        except Rejected as error:
            raise Conflict(error.words, code=error.code, answer=error.answer) from None

    def _put_back(self, bill: Bill) -> None:
        """Our change was refused: leave the bill as audited as it was, as far as that goes."""
        before = Bill(replace(bill.write, until="audited"), bill.key, state=SENT_BACK)
        with suppress(AdapterError):
            self._ladder.climb([before])

    def _close_rows(self, bill: Bill) -> None:
        """Rows of an audited bill that are no longer wanted: closed, never left to be shipped."""
        for change in bill.write.tables.values():
            self._client.execute(bill.write.form, bill.form.close_rows, bill.key, list(change.drop))

    # -- ending -----------------------------------------------------------------------------

    def _end(self, bill: Bill) -> None:
        """Void or close it; what was ended already stays so.

        What cannot be closed because it is not audited is voided. An audited bill is voided
        only after it was un-audited, where that is allowed.
        """
        ending = bill.form.cancel if bill.write.verb == "cancel" else bill.form.close
        if ending is None:
            words = say("kingdee_no_operation", verb=bill.write.verb, form=bill.write.form)
            raise Rejected(words)
        if bill.ended:
            return
        if ending.audited is not None and bill.state == SUBMITTED:
            raise Locked(say("kingdee_in_approval", number=bill.number))
        if ending.audited is False and bill.state == AUDITED:
            self._unaudit(bill)
        if ending.audited and bill.state != AUDITED:
            ending = bill.form.cancel or ending
        self._client.execute(bill.write.form, ending.operation, bill.key)


def _only_drops(write: Write) -> bool:
    """Nothing changes but that rows go."""
    return not write.fields and not any(change.rows for change in write.tables.values())
