"""A write of a bill from beginning to end, as its state allows it.

A new one is saved and taken up its steps. One that exists is looked at first: while it is
editable it is saved, at the top it changes by the ways that its flow lists, in their order. One
that is under way is taken to its end first, for it may be us who were stopped there; what people
decide stays theirs.

An adapter says how a bill is saved, changed and ended; nothing here knows a system.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Generic

from connector.contract import Write, Written
from connector.errors import AdapterError, Conflict, Gone, Locked
from connector.kit.ladder import B, Ladder
from connector.messages import say

Way = Callable[[B], None]
"""Changes a bill at the top. Raises Conflict where it cannot."""


class Bills(ABC, Generic[B]):
    """Writes bills of one connection. Five methods are the remote's own."""

    def __init__(self, ladder: Ladder[B], ways: Mapping[str, Way[B]]) -> None:
        """`ways` by their names in `on_change`; taking it back (`unaudit`) is one of any bill."""
        self.ladder = ladder
        self._ways = {**ways, "unaudit": self._by_taking_back}

    @abstractmethod
    def bill(self, write: Write) -> B:
        """What a write is about; nobody has looked yet."""

    @abstractmethod
    def create(self, bill: B) -> None:
        """Save a new one and note what is known of it. Raises what the remote says."""

    @abstractmethod
    def update(self, bill: B) -> None:
        """Save what changes of an editable one. Raises what the remote says."""

    @abstractmethod
    def resume(self, bill: B) -> None:
        """Nothing of ours changes, only steps are left. Raises what speaks against going on."""

    @abstractmethod
    def end(self, bill: B) -> None:
        """Cancel or close it; what has ended stays so. Raises what the remote says."""

    def create_all(self, bills: Sequence[B]) -> None:
        """Save several new ones; each has a key or an error afterwards."""
        for bill in bills:
            try:
                self.create(bill)
            except AdapterError as error:
                bill.error = error

    def close_rows(self, bill: B) -> bool:
        """Of a bill at the top rows are to go, and no way is open: close them, so that nothing is
        done for them any more. False: that cannot be done there."""
        return False

    # -- writing ----------------------------------------------------------------------------

    def write(self, write: Write) -> Written | AdapterError:
        """One record. What failed before it was saved is raised as it is."""
        bill = self.bill(write)
        if not write.key:
            self.create(bill)
        else:
            self._look(bill)
            if write.verb != "put":
                self.end(bill)
                return bill.written()
            self._change(bill)
        self.ladder.climb([bill])
        return bill.outcome()

    def write_alike(self, writes: Sequence[Write]) -> Iterator[Written | AdapterError]:
        """New records of one kind, taken up their steps together; or one of any kind."""
        if len(writes) == 1:
            try:
                yield self.write(writes[0])
            except AdapterError as error:
                yield error
            return
        bills = [self.bill(write) for write in writes]
        self.create_all(bills)
        self.ladder.climb(bills)
        yield from (bill.outcome() for bill in bills)

    def _look(self, bill: B) -> None:
        self.ladder.look([bill])
        if not bill.state:
            raise Gone(say("target_gone", key=bill.key))

    # -- changing ---------------------------------------------------------------------------

    def _change(self, bill: B) -> None:
        """Bring our changes in, as its state allows it."""
        changes = bool(bill.write.fields or bill.write.tables)
        if bill.voided:  # not done, however far it came
            raise Conflict(say("bill_voided", number=bill.number))
        if bill.closed and changes:
            raise Conflict(say("bill_closed", number=bill.number))
        if not changes:
            self.resume(bill)
        elif bill.editable:
            self.update(bill)
        else:
            if bill.under_way:
                self._finish(bill)
            self._change_at_top(bill)

    def _finish(self, bill: B) -> None:
        """Take a bill that is under way to its end, so that it can be changed from there."""
        if not self._ways.keys().isdisjoint(bill.write.on_change):
            self.ladder.climb([bill])
        if bill.error:
            raise bill.error
        if not bill.at_top:
            raise Locked(say("bill_under_way", number=bill.number))

    def _change_at_top(self, bill: B) -> None:
        """By the ways that the flow allows, in its order; the first refusal is told."""
        refused: Conflict | None = None
        for way in bill.write.on_change:
            if way in self._ways:
                try:
                    self._ways[way](bill)
                    return
                except Conflict as error:
                    refused = refused or error
        if not (_only_drops(bill.write) and self.close_rows(bill)):
            raise refused or Conflict(say("bill_audited", number=bill.number))

    def _by_taking_back(self, bill: B) -> None:
        self.ladder.reopen(bill)
        try:
            self.update(bill)
        except AdapterError as error:
            raise self.ladder.put_back(bill, error) from None


def _only_drops(write: Write) -> bool:
    """Nothing changes but that rows go."""
    return not write.fields and not any(change.rows for change in write.tables.values())
