"""Saving bills and archives: what is sent, what is demanded of it, what T+ reckons itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sandbox.books import Books, Field, Record, Refused
from sandbox.books.books import Rows

from .faults import MISSING, business, worded
from .forms import AUDITED, DYNAMIC, FORMS, OPEN, ORDER, UNIT
from .showing import Showing

CENT = Decimal("0.01")
API = "api"
Values = dict[str, Any]


class Saving:
    """Saves records of one account set."""

    def __init__(self, books: Books, showing: Showing, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._showing = showing
        self._switches = switches

    # -- bills ------------------------------------------------------------------------------

    def create(self, form: str, dto: Mapping[str, Any], by: str = API) -> Record:
        """A new bill. Raises Fault."""
        try:
            values = self.values(form, dto)
            mark = values.get("ExternalCode")
            if by == API and not mark:
                raise business("外部单据号不能为空")
            if mark and self._taken(form, mark):
                raise business(f"外部单据号[{mark}]已存在，不能重复")
            if not values.get("Code"):
                erp = self._switches["numbering"] == "erp" or not mark
                values["Code"] = self.next_code(form) if erp else mark
            rows = self._rows(form, dto)
            if not any(rows.values()):
                raise business("单据明细不能为空")
            return self._books.create(form, {**values, "Maker": by}, rows, by=by)
        except Refused as refused:
            raise worded(refused) from None

    def _taken(self, form: str, mark: str) -> bool:
        unique = self._switches["external_codes"] == "unique"
        return unique and bool(self._books.having(form, "ExternalCode", mark))

    def update(self, form: str, dto: Mapping[str, Any], state: str = OPEN, by: str = API) -> Record:
        """Change a bill in this state. Raises Fault."""
        old = self._books.live(form).get(str(dto.get("ID")))
        if old is None:
            raise MISSING
        if old.state != state:
            raise business(f"单据{old.number}的状态不允许修改")
        if dto.get("Ts") not in (None, self._showing.version(old)):
            raise business("单据已被他人修改，请刷新后重试")
        try:
            values, rows = self.values(form, dto), self._rows(form, dto)
            whole = self._switches["update"] == "replaces"
            drop = self._left_out(old, rows) if whole else {}
            if whole:
                values = _cleared(old.values, values)
                rows = {table: [_over(old, table, *one) for one in own]
                        for table, own in rows.items()}  # fmt: skip
            return self._books.change(form, old.key, values, rows, drop, by=by)
        except Refused as refused:
            raise worded(refused) from None

    def _left_out(self, old: Record, rows: Rows) -> dict[str, list[str]]:
        """Rows that are not named are not wanted any more."""
        named = {table: {key for key, _ in own} for table, own in rows.items()}
        return {
            table: [row.key for row in own if row.key not in named.get(table, ())]
            for table, own in old.rows.items()
        }

    def change(self, form: str, dto: Mapping[str, Any], by: str = API) -> Record:
        """Change what is audited (变更). Raises Fault."""
        made = self.update(form, dto, AUDITED, by)
        if self._switches["change"] == "opens":
            return self._books.move(form, made.key, OPEN, by=by, operation="change")
        return made

    # -- archives ---------------------------------------------------------------------------

    def add(self, form: str, dto: Mapping[str, Any], by: str = API) -> Record:
        """A new record of an archive. Raises Fault."""
        try:
            return self._books.create(form, self.values(form, dto), by=by)
        except Refused as refused:
            raise worded(refused) from None

    def edit(self, form: str, dto: Mapping[str, Any], by: str = API) -> Record:
        """Change one, found by id. Raises Fault."""
        old = self._books.live(form).get(str(dto.get("ID")))
        if old is None:
            raise business("往来单位不存在")
        try:
            return self._books.change(form, old.key, self.values(form, dto), by=by)
        except Refused as refused:
            raise worded(refused) from None

    # -- what is sent -----------------------------------------------------------------------

    def values(self, form: str, data: Mapping[str, Any], table: str = "") -> Values:
        """Fields as the books keep them; unknown ones are ignored without a word."""
        known = FORMS[form].columns[table] if table else FORMS[form].fields
        found: Values = {}
        for name, value in _flat(data):
            field = known.get(name) or known.get(f"{name}Code")
            if field is not None:
                found[field.name] = self._kept(field, value)
        return found

    def _kept(self, field: Field, value: Any) -> Any:
        given = {str(n).lower(): v for n, v in value.items()} if isinstance(value, dict) else {}
        if not field.target:
            return given.get("code") if given else value
        wanted = given.get("name") if field.target == UNIT else given.get("code")
        if wanted in (None, ""):
            return None
        by = "Name" if field.target == UNIT else "Code"
        found = self._books.having(field.target, by, str(wanted))
        if not found or found[0].values.get("Disabled"):
            raise Refused("reference", field=field.name, value=wanted)
        return found[0].key

    def _rows(self, form: str, dto: Mapping[str, Any]) -> Rows:
        return {table: list(self._of_table(form, table, dto)) for table in FORMS[form].tables}

    def _of_table(
        self, form: str, table: str, dto: Mapping[str, Any]
    ) -> Iterator[tuple[str, Values]]:
        for row in dto.get(table) or ():
            values = self.values(form, row, table)
            if form == ORDER and self._switches["amounts"] == "reckoned":
                self._reckon(values)
            yield str(row.get("ID") or ""), values

    def _reckon(self, values: Values) -> None:
        """An amount follows from price and quantity, whatever else is sent."""
        price, quantity = values.get("OrigTaxPrice"), values.get("Quantity")
        if price is not None and quantity is not None:
            exact = Decimal(str(price)) * Decimal(str(quantity))
            values["OrigTaxAmount"] = exact.quantize(CENT, "ROUND_HALF_UP")

    def next_code(self, form: str) -> str:
        prefix = "".join(letter for letter in form if letter.isupper()) or form.upper()
        return f"{prefix}-2026-11-{len(self._books.live(form)) + 1:04}"


def _cleared(old: Mapping[str, Any], new: Mapping[str, Any]) -> Values:
    """What is not named is emptied."""
    return {**dict.fromkeys(set(old) - {"Maker", "ExecutedQuantity"}), **new}


def _over(old: Record, table: str, key: str, values: Mapping[str, Any]) -> tuple[str, Values]:
    before = next((row.values for row in old.each(table) if row.key == key), {})
    return key, _cleared(before, values)


def _flat(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Fields, custom ones out of their two lists."""
    keys, values = (data.get(f"{DYNAMIC}{kind}") or [] for kind in ("Keys", "Values"))
    yield from ((f"{DYNAMIC}.{name}", value) for name, value in zip(keys, values, strict=True))
    for name, value in data.items():
        if not isinstance(value, list):
            yield name, value
