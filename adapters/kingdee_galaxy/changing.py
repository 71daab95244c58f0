"""Changing audited orders by the ERP's own change document: made, filled, submitted, audited.

Every call to make one makes another, so whatever happened before is looked up first: an open
change bill of ours is gone on with, one of somebody else's is waited for. The order is changed
when the change bill takes effect; until then nothing of it counts as written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.kingdee_galaxy.bills import (
    AUDITED,
    CREATED,
    DRAFT,
    EDITABLE,
    LADDER,
    SENT_BACK,
    Bill,
)
from adapters.kingdee_galaxy.change_bill import Held, shape_of
from adapters.kingdee_galaxy.change_form import APPROVED, ChangeForm, Found
from adapters.kingdee_galaxy.change_rules import mapped, permitted, plain, without, without_totals
from adapters.kingdee_galaxy.client import Client
from adapters.kingdee_galaxy.codec import layouts, text_of
from adapters.kingdee_galaxy.filters import Where
from adapters.kingdee_galaxy.forms import STATUS, YES
from adapters.kingdee_galaxy.ladder import Ladder
from adapters.kingdee_galaxy.model import ROW_ID
from adapters.kingdee_galaxy.reading import Reading
from adapters.kingdee_galaxy.saving import Saving
from adapters.kingdee_galaxy.settings import KingdeeGalaxySettings
from connector.contract import Shape, Write
from connector.errors import Awaiting, Changed, Conflict, Gone
from connector.kit.expected import difference
from connector.kit.ladder import reached
from connector.messages import say

VOIDED = "FCancelStatus"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done to an audited order."""

    order: Held
    write: Write
    """What its change bill is to bring in."""
    closes: Sequence[str]
    """The keys of rows that are to be closed besides."""


class Changing:
    """Changes audited orders of one connection by change bills."""

    def __init__(
        self,
        client: Client,
        reading: Reading,
        ladder: Ladder,
        saving: Saving,
        settings: KingdeeGalaxySettings,
    ) -> None:
        self._client = client
        self._reading = reading
        self._ladder = ladder
        self._saving = saving
        self._user = settings.user

    # -- what is asked ----------------------------------------------------------------------

    def prepare(self, bill: Bill, change: ChangeForm) -> Wanted:
        """What is to be done to an audited order. Raises Conflict where what was shipped or
        invoiced forbids it."""
        order = self._order(bill, change)
        bill.line_keys, write = order.left_of(bill.write)
        closes = permitted(bill, order, write, change)
        return Wanted(order, without(write, closes, change), closes)

    def change(self, bill: Bill, wanted: Wanted, change: ChangeForm) -> None:
        """Change the order. Raises Awaiting while people must act, and what the server says."""
        if wanted.write.fields or wanted.write.tables:
            self._bring_in(bill, wanted.order, wanted.write, change)
        else:
            self._show(bill, wanted.order)

    def clear(self, bill: Bill, change: ChangeForm) -> None:
        """Take an open change bill of ours out of the way of an order that is to end. Raises
        Awaiting for one that people, or a workflow, work on."""
        found = self._newest(bill, change)
        if found is None or found.state == AUDITED:
            return
        if found.state not in EDITABLE or not self._ours(found):
            raise _awaiting("kingdee_change_theirs", bill, found)
        self._delete(found, change)

    def check_end(self, bill: Bill, change: ChangeForm) -> None:
        """Raises Conflict for an order that is closed because goods of it have left."""
        shipped = self._order(bill, change).total(change.shipped)
        if shipped:
            raise Conflict(say("kingdee_shipped_all", number=bill.number, shipped=plain(shipped)))

    # -- the change bill of an order ---------------------------------------------------------

    def _bring_in(self, bill: Bill, order: Held, write: Write, change: ChangeForm) -> None:
        found = self._newest(bill, change)
        if found is None:
            self._anew(bill, order, write, change)
            return
        held = self._held(write, found, change)
        if found.state == AUDITED:
            # Another one while it has still to take effect: the order could end as the older says.
            # Whoever has touched the order since, it is them whom the difference comes from.
            taken = order.differs(write) and not held.differs(write)
            untouched = order.record.stamp < found.audited_at
            if taken or (untouched and held.unseen(order)):
                raise _awaiting("kingdee_change_no_effect", bill, found, taken=taken)
            self._anew(bill, order, write, change)
        elif not self._ours(found):
            raise _awaiting("kingdee_change_theirs", bill, found)
        elif found.state in EDITABLE and held.beyond(order, write):
            # Of an earlier wish that nobody wants any more.
            self._delete(found, change)
            self._anew(bill, order, write, change)
        else:
            self._go_on(bill, found, held, write, change)

    def _anew(self, bill: Bill, order: Held, write: Write, change: ChangeForm) -> None:
        key = self._client.make_change_bill(bill.number, bill.key, list(order.rows))
        found = self._newest(bill, change)
        if found is None or found.key != key:
            raise Changed(say("bill_moved", number=bill.number))
        self._go_on(bill, found, self._held(write, found, change), write, change)

    def _go_on(
        self, bill: Bill, found: Found, held: Held, write: Write, change: ChangeForm
    ) -> None:
        """Fill one of ours, unless it holds what is wanted already, and take it up its steps."""
        made = Bill(mapped(write, held, change), found.key, found.number, found.state)
        lacks = held.differs(write)
        if found.state == SENT_BACK and not lacks:
            raise self._ladder.sent_back(made)
        if found.state in EDITABLE and lacks:
            self._saving.update(made)
            lacks = False
        self._ladder.climb([made])
        if isinstance(made.error, Gone):
            raise Changed(say("bill_moved", number=bill.number))
        if made.error is not None:
            raise made.error
        if made.state != AUDITED:
            found = replace(found, state=made.state)
            raise _awaiting("kingdee_change_open", bill, found, taken=not lacks)
        self._see(bill, replace(found, state=AUDITED), write, change, lacks=lacks)

    def _see(
        self, bill: Bill, found: Found, write: Write, change: ChangeForm, *, lacks: bool
    ) -> None:
        """What the order shows now that its change bill is audited."""
        order = self._order(bill, change)
        if order.differs(write):
            if lacks:  # it held what was wanted earlier
                raise Changed(say("bill_moved", number=bill.number))
            raise _awaiting("kingdee_change_no_effect", bill, found, taken=True)
        self._show(bill, order)

    def _show(self, bill: Bill, order: Held) -> None:
        """The order holds what is wanted."""
        bill.line_keys, _ = order.left_of(bill.write)
        bill.shown, write = order.record, bill.write
        if any(key in order.rows for table in write.tables.values() for key in table.drop):
            write = without_totals(write)  # a row that was closed still counts there
        bill.error = difference(write, order.record, bill.line_keys, row_key=ROW_ID)

    def _delete(self, found: Found, change: ChangeForm) -> None:
        error = self._client.operate("Delete", change.form, [found.key], "")[found.key]
        if error is not None:
            raise error

    # -- reading ----------------------------------------------------------------------------

    def _newest(self, bill: Bill, change: ChangeForm) -> Found | None:
        """The newest change bill of an order that nobody voided."""
        names = (change.source, STATUS, VOIDED, APPROVED, *change.people)
        layout = layouts(Shape(change.form, ("FID",), names, "FBillNo"), stamped=False).heads
        where = Where(set(layout.known)).has(change.source, "=", int(bill.key))
        rows = self._client.query(layout.form, layout.keys, str(where), layout.order)
        standing = [
            record
            for record in layout.gather(rows, {}).values()
            if text_of(record.fields[change.source]) == bill.key and record.fields[VOIDED] != YES
        ]
        newest = max(standing, key=lambda record: int(record.key), default=None)
        return Found.of(newest, change) if newest else None

    def _ours(self, found: Found) -> bool:
        """We made it, and nobody has typed into it since. An approver who sends it back does."""
        typed = found.state in (DRAFT, CREATED) and found.editor not in ("", self._user)
        return found.maker == self._user and not typed

    def _order(self, bill: Bill, change: ChangeForm) -> Held:
        shape = shape_of(bill.write, bill.write.form, change, change.guards())
        return self._fetched(shape, bill.key, change, ROW_ID)

    def _held(self, write: Write, found: Found, change: ChangeForm) -> Held:
        shape = shape_of(write, change.form, change, [change.row, change.type])
        return self._fetched(shape, found.key, change, change.row)

    def _fetched(self, shape: Shape, key: str, change: ChangeForm, row_key: str) -> Held:
        for record in self._reading.fetch(shape, [key]):
            return Held(record, change, row_key)
        raise Changed(say("target_gone", key=key))


def _awaiting(words: str, bill: Bill, found: Found, *, taken: bool = False) -> Awaiting:
    step = reached(LADDER, found.state)
    named = {"number": bill.number, "change": found.number, "step": step, "who": found.maker}
    return Awaiting(say(words, **named), taken=taken)
