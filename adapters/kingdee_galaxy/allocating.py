"""Base data for other organisations (分配): each gets a copy under the same number."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.kingdee_galaxy.bills import Bill, keys_of
from adapters.kingdee_galaxy.client import Client
from adapters.kingdee_galaxy.filters import Where
from adapters.kingdee_galaxy.forms import form_of
from connector.errors import AdapterError, Rejected
from connector.messages import say


class Allocation:
    """Allocates the records of one connection; resumable, for it looks who has them."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._orgs: dict[str, str] = {}

    def give(self, bills: Sequence[Bill]) -> None:
        """Give audited records to the organisations of their mapping (`options.allocate`), those
        that have them already left out. What fails becomes the bills' error."""
        numbers = list(bills[0].write.options.get("allocate") or ())
        if not numbers:
            return
        try:
            wanted = self._organisations(numbers)
            held = self._held(bills)
        except AdapterError as error:
            for bill in bills:
                bill.error = error
            return
        missing: dict[tuple[str, ...], list[Bill]] = {}
        for bill in bills:
            orgs = tuple(id for number, id in wanted.items() if (bill.number, number) not in held)
            if orgs:
                missing.setdefault(orgs, []).append(bill)
        for orgs, some in missing.items():
            self._allocate(some, orgs)

    def _allocate(self, bills: Sequence[Bill], orgs: Sequence[str]) -> None:
        keys = keys_of(bills)
        try:
            results = self._client.allocate(bills[0].write.form, keys, orgs)
        except AdapterError as error:
            results = dict.fromkeys(keys, error)
        for bill in bills:
            bill.error = results[bill.key]

    def _organisations(self, numbers: Sequence[str]) -> dict[str, str]:
        """Ids by number; asked once."""
        unknown = [number for number in numbers if number not in self._orgs]
        if unknown:
            where = Where({"FNumber"}).among("FNumber", unknown)
            rows = self._client.query("ORG_Organizations", "FOrgID,FNumber", str(where), "FOrgID")
            self._orgs |= {str(number): str(id) for id, number in rows}
        for number in numbers:
            if number not in self._orgs:
                raise Rejected(say("kingdee_no_organisation", number=number))
        return {number: self._orgs[number] for number in numbers}

    def _held(self, bills: Sequence[Bill]) -> set[tuple[str, str]]:
        """Which organisation has which of these already, both by number."""
        write = bills[0].write
        where = Where({write.number}).among(write.number, [bill.number for bill in bills])
        keys = f"{write.number},FUseOrgId.FNumber"
        rows = self._client.query(write.form, keys, str(where), form_of(write.form).key)
        return {(str(number), str(org)) for number, org in rows}
