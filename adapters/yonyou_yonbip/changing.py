"""Changing audited orders by the platform's own change document (销售订单变更).

It is made, submitted and audited. What it is to bring in stands as a mark in its reason. So
whatever happened before is found again: a change of ours with this mark is gone on with, one with
another is taken back and made anew, somebody else's is waited for. The order has changed when it
shows what was wanted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from adapters.yonyou_yonbip.answers import Repeated
from adapters.yonyou_yonbip.bills import AUDITED, EDITABLE, SENT_BACK, Bill, state_of
from adapters.yonyou_yonbip.change_rules import ROWS, TOTAL, digest, new_of, of_rows, shows, without
from adapters.yonyou_yonbip.client import Client, Row
from adapters.yonyou_yonbip.codec import ID, Shown, text_of, value_at
from adapters.yonyou_yonbip.forms import CHANGE, form_of
from adapters.yonyou_yonbip.ladder import Ladder
from adapters.yonyou_yonbip.reading import Reading
from adapters.yonyou_yonbip.saving import KEY_LENGTH, Saving, row_keys, rows_of
from connector import exact
from connector.contract import TableWrite, Write, is_empty
from connector.errors import AdapterError, Awaiting, Changed, Conflict, Gone
from connector.kit.expected import new_rows
from connector.kit.ladder import reached
from connector.messages import say

MARK = "CRM "
"""How the reason of a change of ours begins."""
MOST = 500
"""Changes of one order that are looked through."""


@dataclass(frozen=True, slots=True)
class Found:
    """The newest change of an order."""

    key: str
    state: str
    reason: str

    @property
    def ours(self) -> bool:
        return self.reason.startswith(MARK)


class Changing:
    """Changes audited orders of one connection."""

    def __init__(self, client: Client, reading: Reading, ladder: Ladder, saving: Saving) -> None:
        self._client = client
        self._reading = reading
        self._ladder = ladder
        self._saving = saving

    def change(self, bill: Bill) -> None:
        """Change an audited order. Raises Awaiting while people must act, and what is refused."""
        drop = bill.write.tables.get(ROWS, TableWrite()).drop
        left = without(bill, drop)
        before = row_keys(bill.document, ROWS)
        if (left.fields or left.tables) and self._is_brought_in(bill, left):
            before = before[: len(before) - len(new_of(left))]
        if drop:
            self._close_rows(bill, drop)
            bill.write = replace(bill.write, expect=of_rows(bill.write))
        document = self._order(bill)
        bill.note(document)
        shown = rows_of(bill.write, document)
        bill.line_keys = new_rows(bill.write, shown, {ROWS: before}, bill.number)
        self._saving.compare(bill, document)

    def clear(self, bill: Bill) -> None:
        """Take an open change of ours out of the way of an order that is to end. Raises Awaiting
        for one that people work on."""
        found = self._newest(bill)
        if found is None or found.state == AUDITED:
            return
        if not found.ours or found.state not in EDITABLE:
            raise _awaiting("yonyou_change_theirs", bill, found)
        self._forget(found)

    # -- the change of an order -------------------------------------------------------------

    def _is_brought_in(self, bill: Bill, write: Write) -> bool:
        """Bring it in. True: an earlier call had done so already."""
        mark = MARK + digest(write)
        newest = self._newest(bill)
        if newest is None or newest.state == AUDITED:
            if newest is not None and newest.reason == mark:
                if shows(bill.document, write):
                    return True
                raise _awaiting("yonyou_change_no_effect", bill, newest, taken=True)
            self._climb(bill, self._begin(bill, write, mark, newest), write)
        elif not newest.ours or (newest.reason != mark and newest.state not in EDITABLE):
            raise _awaiting("yonyou_change_theirs", bill, newest)
        elif newest.reason != mark:
            # Of an earlier wish that nobody wants any more.
            self._forget(newest)
            self._climb(bill, self._begin(bill, write, mark, newest), write)
        else:
            self._climb(bill, newest, write)
        return False

    def _begin(self, bill: Bill, write: Write, mark: str, before: Found | None) -> Found:
        """A new change, after the newest that there was: the same wish once more is another one."""
        data = self._payload(bill, write) | {"reasonMemo": mark}
        text = exact.dumps([CHANGE, bill.key, before.key if before else "", data])
        key = hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]
        path = f"{CHANGE}/{form_of(CHANGE).save}"
        try:
            shown = self._client.save(path, {"resubmitCheckKey": key, "_status": "Insert", **data})
        except Repeated:
            raise Changed(say("bill_moved", number=bill.number)) from None
        self._hold_against(bill, shown)
        newest = self._newest(bill)
        if newest is None or newest.reason != mark:
            raise Changed(say("bill_moved", number=bill.number))
        return newest

    def _payload(self, bill: Bill, write: Write) -> Row:
        data = self._saving.payload(replace(write, tables={}))
        data["originalOrderId"] = bill.key
        if is_empty(data.get(TOTAL)):
            data[TOTAL] = value_at(bill.document, TOTAL)
        for row in write.tables.get(ROWS, TableWrite()).rows:
            made = self._saving.row(form_of(CHANGE), row)
            if row.key:
                made["originalOrderDetailId"] = made.pop(ID)
            data.setdefault(ROWS, []).append(made)
        return data

    def _hold_against(self, bill: Bill, shown: Any) -> None:
        """A change that does not hold every row of its order might take the others away."""
        rows = shown.get(ROWS) if isinstance(shown, dict) else None
        held = {text_of(row.get("originalOrderDetailId")) for row in rows or ()}
        if rows is not None and not held.issuperset(row_keys(bill.document, ROWS)):
            self._forget(Found(text_of(shown.get(ID)), "", ""))
            raise Conflict(say("yonyou_change_lacks", number=bill.number))

    def _climb(self, bill: Bill, found: Found, write: Write) -> None:
        made = Bill(Write(CHANGE, found.key, {}, until="audited"), found.key, bill.number)
        self._ladder.look([made])
        if made.state == SENT_BACK:
            raise self._ladder.sent_back(made)
        self._ladder.climb([made])
        if isinstance(made.error, Gone):
            raise Changed(say("bill_moved", number=bill.number))
        if made.error is not None:
            raise made.error
        found = replace(found, state=made.state)
        if made.state != AUDITED:
            raise _awaiting("yonyou_change_open", bill, found, taken=True)
        if not shows(self._order(bill), write):
            raise _awaiting("yonyou_change_no_effect", bill, found, taken=True)

    def _forget(self, found: Found) -> None:
        path = form_of(CHANGE).verbs["forget"]
        outcome = self._client.act(path, [{"id": int(found.key)}])[found.key]
        if isinstance(outcome, AdapterError):
            raise outcome

    def _close_rows(self, bill: Bill, keys: Sequence[str]) -> None:
        """Rows that are not wanted any more are closed, never left to be shipped."""
        record = {"id": int(bill.key), ROWS: [{"id": int(key)} for key in keys]}
        outcome = self._client.act(bill.form.verbs["close_rows"], [record])[bill.key]
        if isinstance(outcome, AdapterError):
            raise outcome

    # -- looking ----------------------------------------------------------------------------

    def _newest(self, bill: Bill) -> Found | None:
        asked = {"isSum": True, "isVersions": True, "code": bill.number}
        listed = self._client.page(CHANGE, asked, 1, MOST)
        own = [row for row in listed.rows if text_of(row.get("originalOrderId")) == bill.key]
        newest = max(own, key=lambda row: int(row[ID]), default=None)
        if newest is None:
            return None
        return Found(text_of(newest[ID]), state_of(newest), text_of(newest.get("reasonMemo")))

    def _order(self, bill: Bill) -> Shown:
        document = self._reading.document(bill.write.form, bill.key)
        if document is None:
            raise Changed(say("target_gone", key=bill.key))
        return document


def _awaiting(words: str, bill: Bill, found: Found, *, taken: bool = False) -> Awaiting:
    step = reached(Bill.steps, found.state)
    return Awaiting(say(words, number=bill.number, step=step, reason=found.reason), taken=taken)
