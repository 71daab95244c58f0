"""The server replays a JSON as if a user typed it: key by key, each one recomputing others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .account_set import AccountSet
from .envelope import whole
from .errors import MsgCode, Problem, Refused
from .forms import Entity, Field
from .records import Bill, Row
from .registry import rules_of
from .values import BadValue, is_empty, number_in, read_value

SQL_ERROR = "“,”附近有语法错误。 Incorrect syntax near ','."


@dataclass(slots=True)
class Typing:
    """One replay: what may be written, and what went wrong on the way."""

    books: AccountSet
    bill: Bill
    only: frozenset[str]
    """NeedUpDateFields of an update; empty: every key that was sent."""
    delete_missing: bool
    verify: bool
    org: int | None = None
    problems: list[Problem] = field(default_factory=list)
    _known: dict[tuple[str, str], int] = field(default_factory=dict)
    """Base data that was found usable: rows name the same units and organisations."""

    def model(self, model: Mapping[str, Any]) -> None:
        form = self.bill.form
        self.org = self._organisation(model)
        for key, raw in model.items():
            if key in form.entries:
                if self._may(key, raw):
                    self._entry(form.entries[key], raw)
            elif key in form.subheads:
                self._subhead(form.subheads[key], raw or {})
            elif key != form.pk:
                self._head(form.head, key, raw)

    def _subhead(self, part: Entity, sent: Any) -> None:
        if not isinstance(sent, dict):
            raise Refused(MsgCode.EXCEPTION, f"子单据头{part.key}的值不是字典格式")
        for key, raw in sent.items():
            self._head(part.fields, key, raw)

    def _organisation(self, model: Mapping[str, Any]) -> int | None:
        key = self.bill.form.org
        number = number_in(model.get(key))
        if not number:
            return self.bill.values.get(key)
        org = self.books.find("ORG_Organizations", number)
        return int(org.id) if org else None

    def _may(self, key: str, raw: Any) -> bool:
        if not self.only:
            return True
        if key in self.only and is_empty(raw):
            raise Refused(MsgCode.DATABASE, SQL_ERROR)
        return key in self.only

    def _head(self, fields: Mapping[str, Field], key: str, raw: Any) -> None:
        made = fields.get(key)
        if made is None:
            self._unknown(key)
        elif self._may(key, raw) and self._put(self.bill.values, made, raw):
            self._recompute(None, key)

    def _unknown(self, key: str) -> None:
        if self.books.switches["unknown_keys"] == "refuse":
            raise Refused(MsgCode.FIELD_NOT_FOUND, f"元数据中标识为{key}的字段不存在")

    def _entry(self, entity: Entity, rows: Any) -> None:
        if not isinstance(rows, list) or not all(isinstance(sent, dict) for sent in rows):
            raise Refused(MsgCode.EXCEPTION, f"分录{entity.key}的值不是数组格式")
        before = self.bill.rows.get(entity.key, [])
        known = {row.id: row for row in before}
        self.bill.rows[entity.key] = typed = []
        pairs = [(self._row(entity, known, sent), sent) for sent in rows]
        sent_rows = {row.id: row for row, _ in pairs}
        typed += [row for row in before if row.id in sent_rows or self._keeps(row)]
        typed += [row for row, _ in pairs if row.id not in known]
        for row, sent in pairs:
            self.fill_row(entity, row, sent)

    def _row(self, entity: Entity, known: Mapping[int, Row], sent: Mapping[str, Any]) -> Row:
        row_id = whole(sent.get("FEntryID") or sent.get("FENTRYID"))
        if not row_id:
            return self.books.new_row(self.bill.form, entity.key)
        if row_id not in known:
            raise Refused(MsgCode.DATA_NOT_FOUND, f"分录内码{row_id}不存在")
        return known[row_id]

    def _keeps(self, row: Row) -> bool:
        """An update deletes the rows that were not sent, unless IsDeleteEntry is false."""
        if not self.delete_missing:
            return True
        if rules_of(self.bill.form).has_downstream(self.books, row):
            raise Refused(MsgCode.VALIDATION, "分录存在下游单据，不允许删除")
        return False

    def fill_row(self, entity: Entity, row: Row, sent: Mapping[str, Any]) -> None:
        """Type one row, key by key."""
        for key, raw in sent.items():
            made = entity.fields.get(key)
            if made is None:
                if key.upper() != "FENTRYID":
                    self._unknown(key)
            elif self._may(key, raw) and self._put(row.values, made, raw):
                self._recompute(row, key)

    def _recompute(self, row: Row | None, key: str) -> None:
        rules = rules_of(self.bill.form)
        if key in rules.recomputing:
            rules.typed(self.books, self.bill, row, key)

    def _put(self, values: dict[str, Any], made: Field, raw: Any) -> bool:
        if made.server_only:
            return False
        if made.kind == "base":
            value = self._base_data(made, raw)
        else:
            try:
                value = read_value(made, raw)
            except BadValue:
                self.problems.append(Problem(f"字段[{made.label}]的值[{raw}]无效", made.key))
                return False
            if made.size:
                self._check_length(made, value)
        # Typing the value that stands there already raises no event in the client.
        changed = bool(values.get(made.key) != value)
        values[made.key] = value
        return changed

    def _check_length(self, made: Field, text: str) -> None:
        length = len(text.encode()) if made.kind == "bytes" else len(text)
        if length > made.size:
            unit = "个字节" if made.kind == "bytes" else "个字符"
            message = f"字段[{made.label}]的长度超出限制，最多允许{made.size}{unit}"
            self.problems.append(Problem(message, made.key))

    def _base_data(self, made: Field, raw: Any) -> int | None:
        """The record's id. What is unknown, unaudited, forbidden or not allocated to the bill's
        organisation simply stays empty, as real servers do: the words are then misleading."""
        if raw is None or raw == "":
            return None
        number = number_in(raw)
        if number is None:
            raise Refused(
                MsgCode.EXCEPTION, Problem(f"字段{made.key}的值[{raw}]不是字典格式", made.key)
            )
        known = self._known.get((made.base, number))
        if known is not None:
            return known
        found = self.books.find(made.base, number, self.org) if number else None
        if found is not None and is_usable(found):
            return self._known.setdefault((made.base, number), int(found.id))
        if number and self.verify and not made.required:
            self.problems.append(Problem(f"基础资料字段[{made.label}]不能为空", made.key))
        return None


def is_usable(base_data: Bill) -> bool:
    return base_data.status == "C" and base_data.values.get("FForbidStatus") != "B"
