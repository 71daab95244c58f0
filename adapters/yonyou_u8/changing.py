"""Orders that are to change, by people: U8's relay has no call that changes one.

An audited order is changed in U8 by its own change (变更), a draft is edited there. We tell what is
wanted, wait, and look again; the order has changed when it shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adapters.yonyou_u8.bills import Bill
from adapters.yonyou_u8.codec import Shown, row_key, rows_of, value_at
from adapters.yonyou_u8.forms import ENTRY
from adapters.yonyou_u8.saving import Saving
from connector.contract import Fields, RowWrite, TableWrite
from connector.errors import Awaiting
from connector.kit.expected import same
from connector.messages import say

MOST = 10
"""Differences that are told."""


class Changing:
    """Changes orders of one connection."""

    def __init__(self, saving: Saving) -> None:
        self._saving = saving

    def by_people(self, bill: Bill) -> None:
        """Nothing is left to do once people have changed it. Raises Awaiting until then."""
        change = bill.write.tables.get(ENTRY, TableWrite())
        found = _found(bill.document, change)
        wanted = list(_wanted(bill.document, bill.write.fields, change, found))
        if wanted:
            what = "; ".join([*wanted[:MOST], *(["…"] if wanted[MOST:] else [])])
            raise Awaiting(say("u8_change_by_hand", number=bill.number, what=what))
        bill.line_keys = {ENTRY: found} if found else {}
        self._saving.compare(bill)


def _found(document: Shown, change: TableWrite) -> dict[str, str]:
    """The rows that people have added for ours, by our lines: alike in everything, our mark of the
    line included."""
    known = {row.key for row in change.rows} | set(change.drop)
    others = [row for row in rows_of(document) if row_key(row) not in known]
    found: dict[str, str] = {}
    for line in (row for row in change.rows if not row.key):
        alike = next((row for row in others if not any(_unlike(line.fields, row))), None)
        if alike is not None:
            others.remove(alike)
            found[line.line] = row_key(alike)
    return found


def _wanted(
    document: Shown, fields: Fields, change: TableWrite, found: Mapping[str, str]
) -> Iterator[str]:
    """What is not yet as it should be, in words."""
    rows = {row_key(row): row for row in rows_of(document)}
    yield from _unlike(fields, document)
    for row in change.rows:
        if row.key:
            yield from (f"{row.key}. {text}" for text in _unlike(row.fields, rows.get(row.key, {})))
        elif row.line not in found:
            yield f"+ {_told(row)}"
    yield from (f"− {key}." for key in change.drop if key in rows)


def _unlike(fields: Fields, shown: Shown) -> Iterator[str]:
    for name, value in fields.items():
        if not same(value, value_at(shown, name)):
            yield f"{name}: {'' if value is None else value}"


def _told(row: RowWrite) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.fields.items() if value is not None)
