"""Saving: what is sent, what is demanded of it, and what the system reckons by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.books import Books, Record, Refused

from .faults import business, missing, worded
from .forms import COMPUTED, FORMS, ORDER, ROWS

CENT = Decimal("0.01")
API = "api"
Values = dict[str, Any]


class Saving:
    """Saves records of one account set."""

    def __init__(self, books: Books, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._switches = switches
        books.computed = self._reckoned

    def save(self, form: str, data: Mapping[str, Any], by: str = API) -> Record:
        """A new record, or with an `id` a change of one. Raises Fault."""
        try:
            return self._update(form, data, by) if data.get("id") else self._insert(form, data, by)
        except Refused as refused:
            raise worded(refused) from None

    def _insert(self, form: str, data: Mapping[str, Any], by: str) -> Record:
        values, number = self.values(form, data), FORMS[form].number
        if not values.get(number) or (by == API and self._switches["numbering"] == "erp"):
            values[number] = self.next_number(form)
        rows = [("", self._row(form, row, place)) for place, row in enumerate(_rows(data), 1)]
        return self._books.create(form, values, {ROWS: rows} if rows else {}, by=by)

    def _update(self, form: str, data: Mapping[str, Any], by: str) -> Record:
        if not self._switches["edits"]:
            raise business("接口不支持修改")
        old = self._books.live(form).get(str(data["id"]))
        if old is None:
            raise missing(str(data["id"]))
        if old.state == "C":
            raise business(f"单据{old.number}已审核，不允许修改")
        values = self.values(form, data)
        if self._switches["omitted"] == "emptied":
            gone = old.values.keys() - values.keys() - COMPUTED - {FORMS[form].number}
            values |= dict.fromkeys(gone)
        changed = [
            (str(row.get("id") or ""), self._changed(form, old, row, place))
            for place, row in enumerate(_rows(data), 1)
        ]
        stays = {key for key, _ in changed}
        going = [row.key for row in old.each(ROWS) if row.key not in stays and ROWS in data]
        drop = going if self._switches["rows_left_out"] == "dropped" else []
        rows = {ROWS: changed} if changed else {}
        return self._books.change(form, old.key, values, rows, {ROWS: drop} if drop else {}, by=by)

    def _changed(self, form: str, old: Record, row: Mapping[str, Any], place: int) -> Values:
        values = self._row(form, row, place)
        known = next((one for one in old.each(ROWS) if one.key == str(row.get("id"))), None)
        if known and self._switches["omitted"] == "emptied":
            values |= dict.fromkeys(known.values.keys() - values.keys() - COMPUTED)
        return values

    def next_number(self, form: str) -> str:
        """The next free number of the system's own."""
        prefix = {ORDER: "XSDD"}.get(form, form.rpartition("/")[2].upper())
        place = len(self._books.live(form)) + 1
        while self._books.having(form, FORMS[form].number, f"{prefix}{place:05}"):
            place += 1
        return f"{prefix}{place:05}"

    # -- what is sent -----------------------------------------------------------------------

    def values(self, form: str, data: Mapping[str, Any], table: str = "") -> Values:
        """Fields as the books keep them; base data is named by id or number. Unknown keys are
        ignored without a word."""
        known = FORMS[form].columns[table] if table else FORMS[form].fields
        found: Values = {}
        for name, value in data.items():
            target = known.get(name.removesuffix("_number") + "_id")
            if name.endswith("_number") and target is not None and target.target:
                found[target.name] = self._numbered(target.target, value)
            elif name in known and name not in COMPUTED - {"price"}:
                found[name] = value
        return found

    def _numbered(self, target: str, number: Any) -> str:
        records = self._books.having(target, "number", str(number))
        if not records:
            raise missing(str(number), "number")
        return records[0].key

    def _row(self, form: str, row: Mapping[str, Any], place: int) -> Values:
        values = {**self.values(form, row, ROWS), "seq": place}
        if values.get("unit_id") not in self._books.live("bd/measure_unit"):
            raise business(f'第{place}行基础资料"unit"字段不能为空')
        return values

    # -- what is reckoned -------------------------------------------------------------------

    def _reckoned(self, record: Record) -> Record:
        """Amounts follow quantities and prices; what was sent counts where the switch says so."""
        if record.form != ORDER:
            return record
        made, total = record, Decimal(0)
        for row in record.each(ROWS):
            values = row.values
            rate = 1 + values.get("cess", Decimal(0)) / 100
            price = values.get("tax_price", values.get("price", Decimal(0)) * rate)
            amount = cents(values["qty"] * price)
            if self._switches["amounts"] == "kept":
                amount = values.get("all_amount", amount)
            total += amount
            net = cents(amount / rate)
            made = made.with_values(
                ROWS, row.key, tax_price=price, price=(price / rate).quantize(Decimal("0.000001")),
                all_amount=amount, amount=net, tax_amount=amount - net,
            )  # fmt: skip
        return made.with_values(total_amount=total - record.values.get("bill_dis_amount", 0))


def cents(amount: Decimal) -> Decimal:
    """An amount as bills have it."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def _rows(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    rows = data.get(ROWS) or []
    if not isinstance(rows, list):
        raise business(f"{ROWS}格式不正确")
    yield from rows
