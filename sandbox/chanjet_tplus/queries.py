"""Lists of bills, queries of archives, stock on hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sandbox.books import Books, Record

from .faults import MISSING, NO_PARAM, business
from .forms import FORMS, INVENTORY, LISTED, PARTNER, STOCK, WAREHOUSE
from .showing import Showing, local

COLUMNS = ("id", "code", "externalcode", "ts")
"""All that a list of bills shows, whatever is selected."""
USUAL, MOST = 20, 500
"""Records of a page of an archive."""
SYSTEM = frozenset(("ID", "Ts", "Disabled"))

T = TypeVar("T")


class Queries:
    """Reads the records of one account set."""

    def __init__(self, books: Books, showing: Showing, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._showing = showing
        self._switches = switches

    # -- bills ------------------------------------------------------------------------------

    def bills(self, form: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """One page of a list: rows in the order of columns, the newest first."""
        asked = body.get("param") or body
        for name, kind in (("pageIndex", int), ("pageSize", int), ("paramDic", dict)):
            if not isinstance(asked.get(name), kind):
                raise business(f"参数{name}不能为空")
        code = asked["paramDic"].get("Code")
        found = [one for one in self._newest(form) if code in (None, "", one.number)]
        size = min(asked["pageSize"], int(self._switches["page_cap"]))
        page = max(asked["pageIndex"] - int(self._switches["first_page"]), 0)
        rows = [self._row(one) for one in _page(found, page, size)]
        pages = -(-len(found) // size)
        return {"Columns": list(COLUMNS), "Rows": rows, "TotalPageNum": pages}

    def _newest(self, form: str) -> list[Record]:
        found = list(self._books.seen(form))
        found.sort(key=lambda one: (one.stamp, int(one.key)), reverse=True)
        return found

    def _row(self, record: Record) -> list[Any]:
        mark = record.values.get("ExternalCode", "")
        return [int(record.key), record.number, mark, self._showing.version(record)]

    def bill(self, form: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """A whole bill, by id, number or foreign number."""
        asked = {name.lower(): value for name, value in (body.get("param") or {}).items()}
        ignored = self._switches["external_search"] == "ignored" and "externalcode" in asked
        found = self._newest(form) if ignored else self._asked(form, asked)
        now = self._books.clock.now()
        shown = next((one.seen(now) for one in found), None)
        if shown is None and self._switches["missing"] == "error":
            raise MISSING
        return None if shown is None else self._showing.document(shown)

    def _asked(self, form: str, asked: Mapping[str, Any]) -> list[Record]:
        if "voucherid" in asked:
            one = self._books.live(form).get(str(asked["voucherid"]))
            return [one] if one else []
        known = ((field, asked[name]) for name, field in _BY.items() if name in asked)
        field, value = next(known, ("Code", ""))
        return self._books.having(form, field, value)

    # -- archives ---------------------------------------------------------------------------

    def archive(self, form: str, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """All of an archive, or one page of it."""
        param = body.get(LISTED.get(form, "param"))
        if not isinstance(param, dict):
            raise NO_PARAM
        wanted = [name for name in str(param.get("SelectFields") or "").split(",") if name]
        for name in wanted:
            if name not in SYSTEM and name not in FORMS[form].fields:
                raise business(f"字段{name}不存在")
        found = [one for one in self._books.seen(form) if self._matches(form, one, param)]
        if form not in LISTED:
            size = min(int(param.get("PageSize") or USUAL), MOST)
            found = _page(found, int(param.get("PageIndex") or 1) - 1, size)
        return [self._showing.archive(one, wanted) for one in found]

    def _matches(self, form: str, record: Record, param: Mapping[str, Any]) -> bool:
        disabled, asked = bool(record.values.get("Disabled")), param.get("Disabled")
        usual = form in (PARTNER, INVENTORY) or form in LISTED or not disabled
        state = usual if asked in (None, "") else disabled == (str(asked) == "1")
        since = local(record.stamp) >= str(param.get("UpdateDateBegin") or "")
        equal = all(record.values.get(name) == param[name]
                    for name in ("Code", "Name") if param.get(name))  # fmt: skip
        return state and since and equal

    def stock(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """One page of stock, or all of it."""
        param = body.get("param")
        if not isinstance(param, dict):
            raise NO_PARAM
        places = {one["Code"] for one in param.get("Warehouse") or ()}
        found = [one for one in self._books.seen(STOCK) if self._lies(one, places, param)]
        rows = [self._showing.stock(one, len(found)) for one in found]
        if "PageSize" not in param:
            return rows
        size = min(int(param["PageSize"]), int(self._switches["page_cap"]))
        return _page(rows, int(param.get("PageIndex") or 1) - 1, size)

    def _lies(self, record: Record, places: set[str], param: Mapping[str, Any]) -> bool:
        place = self._books.get(WAREHOUSE, record.values["Warehouse"]).number
        there = bool(record.values.get("ExistingQuantity")) or bool(param.get("IsIncludeZero"))
        return there and (not places or place in places)


_BY = {"vouchercode": "Code", "externalcode": "ExternalCode"}


def _page(rows: Sequence[T], page: int, size: int) -> list[T]:
    return list(rows[page * size : (page + 1) * size])
