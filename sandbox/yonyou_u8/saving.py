"""Saving: what is sent, what is demanded of it, and what U8 reckons itself."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.books import Books, Field, Record, Refused

from .faults import business, worded
from .forms import AUDITED, CLOSED, CUSTOMER, ENTRY, FORMS, OPEN, ORDER

API, PERSON = "api", "person:"
CENT = Decimal("0.01")
USUAL_RATE = Decimal(16)
"""The tax rate of whoever gives none."""
OURS = frozenset(("verifier", "closer", "state"))


class Saving:
    """Writes of one account set; `by` tells people from calls."""

    def __init__(self, books: Books, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._switches = switches

    def add(self, form: str, data: Mapping[str, Any], by: str = API) -> Record:
        """A new record. Raises Fault."""
        values, rows = self.values(form, data), self._rows(form, data)
        if not values.get("code") and form == ORDER:
            if self._switches["numbering"] == "manual" and by == API:
                raise business("单据号不能为空")
            values["code"] = self.next_code(form)
        if form == ORDER:
            self._reckon(values, rows)
        try:
            return self._books.create(
                form,
                values | ({"maker": by} if form == ORDER else {}),
                {ENTRY: [("", one) for one in rows]} if FORMS[form].tables else {},
                by=by,
            )
        except Refused as refused:
            raise worded(refused) from None

    def edit(self, form: str, data: Mapping[str, Any], by: str = API) -> Record:
        """Change a customer by its code; what is not sent stays. Raises Fault."""
        if form != CUSTOMER:
            raise business("没有该接口")
        old = self.named(form, str(data.get("code", "")))
        values = {n: v for n, v in self.values(form, data).items() if n != "code"}
        missing = [n for n in ("name", "abbrname", "sort_code") if not data.get(n)]
        if missing:
            raise business(f"{missing[0]}不能为空")
        try:
            return self._books.change(form, old.key, values, by=by)
        except Refused as refused:
            raise worded(refused) from None

    def changed(
        self, old: Record, fields: Mapping[str, Any], lines: list[dict[str, Any]] | None
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Head and rows of an order after a change by hand; of a row, what is not said stays."""
        there = {_number(row.values["rowno"]): row.values for row in old.each(ENTRY)}
        given = [{"rowno": number} for number in there] if lines is None else lines
        rows = [
            there.get(_number(one["rowno"]), {"bgift": 0}) | self.values(ORDER, one, ENTRY)
            for one in given
        ]
        head = dict(old.values) | self.values(ORDER, fields)
        self._reckon(head, rows)
        return head, rows

    def named(self, form: str, code: str) -> Record:
        try:
            return self._books.named(form, code)
        except Refused:
            raise business(f"{FORMS[form].label}[{code}]不存在") from None

    def next_code(self, form: str) -> str:
        return f"{form[:2].upper()}{len(self._books.live(form)) + 1:010}"

    # -- what is sent -----------------------------------------------------------------------

    def values(self, form: str, data: Mapping[str, Any], table: str = "") -> dict[str, Any]:
        """Fields as the books keep them; keys that U8 does not know are ignored."""
        known = FORMS[form].columns[table] if table else FORMS[form].fields
        return {
            name: self._kept(known[name], value)
            for name, value in data.items()
            if name in known and name not in OURS and not isinstance(value, list)
        }

    def _kept(self, field: Field, value: Any) -> Any:
        if not field.target or value is None or value == "":
            return value
        found = self._books.having(field.target, "code", str(value))
        if not found or _ended(found[0]):
            raise worded(field.refused("reference", value))
        return found[0].key

    def _rows(self, form: str, data: Mapping[str, Any]) -> list[dict[str, Any]]:
        rows = data.get(ENTRY) or []
        if not isinstance(rows, list) or (form == ORDER and not rows):
            raise business("单据体不能为空")
        return [self.values(form, row, ENTRY) for row in rows]

    def _reckon(self, head: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        """The price with tax decides, everything else follows from it."""
        usual = Decimal(str(head.get("taxrate") or USUAL_RATE))
        head["taxrate"] = usual
        numbers = [row.get("rowno") for row in rows]
        if len(set(numbers)) != len(numbers):
            raise business("行号重复")
        for row in rows:
            rate = Decimal(str(row.get("taxrate") if row.get("taxrate") is not None else usual))
            places = Decimal(1).scaleb(-int(self._switches["price_places"]))
            price = _number(row.get("taxunitprice")).quantize(places, ROUND_HALF_UP)
            total = (price * _number(row.get("quantity"))).quantize(CENT, ROUND_HALF_UP)
            money = (total / (1 + rate / 100)).quantize(CENT, ROUND_HALF_UP)
            row |= {"taxrate": rate, "taxunitprice": price, "sum": total, "money": money,
                    "tax": total - money, "natsum": total, "natmoney": money,
                    "nattax": total - money}  # fmt: skip

    # -- steps ------------------------------------------------------------------------------

    def verify(self, record: Record, by: str) -> None:
        """审核."""
        if record.form in self._switches["workflow"] and not by.startswith(PERSON):
            raise business(f"单据{record.number}启用了工作流，请走审批流程")
        self._move(record, OPEN, AUDITED, "verify", by, verifier=by)

    def unverify(self, record: Record, by: str) -> None:
        """弃审."""
        if any(row.values.get("shipped") for row in record.each(ENTRY)):
            raise business(f"单据{record.number}已有下游单据，不能弃审")
        self._move(record, AUDITED, OPEN, "unverify", by, verifier=None)

    def close(self, record: Record, by: str) -> None:
        """关闭: nothing more is shipped of it."""
        self._move(record, AUDITED, CLOSED, "close", by, closer=by)

    def _move(
        self, record: Record, source: str, target: str, operation: str, by: str, **values: Any
    ) -> None:
        if record.state != source:
            raise business(f"单据{record.number}当前状态为{record.state}，不能{operation}")
        known = {n: v for n, v in values.items() if n in FORMS[record.form].fields}
        self._books.recompute(record.with_values(**known))
        self._books.move(record.form, record.key, target, by=by, operation=operation)


def _number(value: Any) -> Decimal:
    try:
        return Decimal(str(value or 0))
    except ArithmeticError:
        raise business(f"数值格式不正确：{value}") from None


def _ended(record: Record) -> bool:
    return bool(record.values.get("end_date"))
