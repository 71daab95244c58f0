"""What lists tell: which bills there are and how they stand, archives, stock on hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

from adapters.chanjet_tplus.client import Client, Row
from adapters.chanjet_tplus.codec import text_of, version_of
from adapters.chanjet_tplus.forms import CODE, ID, STOCK, form_of
from adapters.chanjet_tplus.settings import ChanjetTPlusSettings
from connector.errors import Rejected
from connector.kit.passes import agreed, passes
from connector.messages import say

PAGE = 500
"""Rows of a page of a list of bills, or of stock; the largest one is not documented."""


class Lists:
    """Reads the lists of one connection."""

    def __init__(self, client: Client, settings: ChanjetTPlusSettings) -> None:
        self._client = client
        self._size = settings.page or PAGE
        self._versioned = settings.row_versions

    def versions(self, name: str) -> dict[str, int]:
        """The row version of every bill there is, by id."""
        found: dict[str, int] = {}
        for rows in passes(lambda: self._bill_pages(name), _mark, name):
            for row in rows:
                version = version_of(row) if self._versioned else 0
                if version is None:
                    raise Rejected(say("tplus_no_version", form=name))
                found[text_of(row.get("id"))] = version
        return found

    def archive(self, name: str, param: Row, wanted: Iterable[str]) -> Iterator[Row]:
        """Records of an archive, with these fields at least: those in use, then the others."""
        form = form_of(name)
        if form.selects:
            names = dict.fromkeys((ID, CODE, "Name", *wanted, "Ts"))
            asked = ",".join(one for one in names if one and one != "Disabled")
            param = {**param, "SelectFields": asked}
        for half in form.halves:
            yield from self._half(name, param, half)

    def _half(self, name: str, param: Row, half: str) -> Iterator[Row]:
        asked = {**param, "Disabled": half} if half else param
        said = {"Disabled": half == "1"} if half else {}
        for rows in passes(lambda: self._archive_pages(name, asked), _mark, name):
            yield from ({**row, **said} for row in rows)

    def stock(self, place: str) -> Iterable[Row]:
        """Every row of stock, those of nothing included: what vanishes would move the others."""
        param: Row = {"IsIncludeZero": True}
        if place:
            param["Warehouse"] = [{CODE: place}]
        rows = agreed(lambda: self._stock_pages(param), _mark, STOCK)
        return {_place_of(row): row for row in rows}.values()

    # -- pages ------------------------------------------------------------------------------

    def _bill_pages(self, name: str) -> Iterator[list[Row]]:
        """By the list's own word of how many there are. Where the first two are the same, numbers
        begin with 1."""
        first: list[Row] = []
        shifted = False
        for index in count():
            listed = self._client.page(name, index, self._size)
            yield listed.rows
            first = first or listed.rows
            shifted = shifted or (index == 1 and listed.rows == first)
            if not listed.rows or index + 1 >= listed.pages + shifted:
                return

    def _archive_pages(self, name: str, param: Row) -> Iterator[list[Row]]:
        size = min(self._size, form_of(name).size)
        if not size:
            yield self._client.archive(name, param)
            return
        for index in count(1):
            rows = self._client.archive(name, {**param, "PageIndex": index, "PageSize": size})
            yield rows
            if len(rows) < size:
                return

    def _stock_pages(self, param: Row) -> Iterator[list[Row]]:
        seen = 0
        for index in count(1):
            paged = {**param, "PageIndex": index, "PageSize": self._size}
            rows = self._client.archive(STOCK, paged)
            yield rows
            seen += len(rows)
            if not rows or seen >= int(rows[0].get("TotalCount") or seen + 1):
                return


def _place_of(row: Row) -> tuple[str, ...]:
    names = ("WarehouseCode", "InventoryCode", "Batch", "SkuCode")
    return tuple([text_of(row.get(name)) for name in names])


def _mark(row: Row) -> str:
    """What a row of a list is known by, as it stands."""
    own = text_of(row.get("id", row.get(ID)))
    return "|".join((own, *_place_of(row), str(version_of(row))))
