"""How values go out and come in: codes as numbers, dates as milliseconds, empty ones left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sandbox.books import Books, Field, Record
from sandbox.clock import CHINA

from .errors import NO_FIELD, REFUSED, Refusal

SYSTEM = ("id", "createdAt", "updatedAt")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def millis(instant: datetime) -> int:
    return (instant - EPOCH) // MILLISECOND


def midnight(day: str) -> int:
    """A day as it goes out: its midnight in China."""
    return millis(datetime.combine(date.fromisoformat(day), time(), CHINA))


class Values:
    """The values of these books, outside and inside."""

    def __init__(self, books: Books, switches: Mapping[str, Any]) -> None:
        self._books = books
        self._switches = switches

    def names(self, form: str) -> list[str]:
        return [*SYSTEM, *self._books.forms[form].fields]

    def shown(self, record: Record, *, labels: bool = False) -> dict[str, Any]:
        """The whole record without its empty fields."""
        found = {name: self.value(record, name, labels=labels) for name in self.names(record.form)}
        return {name: value for name, value in found.items() if value is not None}

    def value(self, record: Record, name: str, *, labels: bool = False) -> Any:
        """One field as it goes out; `labels`: a choice by what people call it."""
        if name == "id":
            return self._id(record.key)
        if name in SYSTEM:
            return millis(record.made if name == "createdAt" else record.stamp)
        field = self._books.forms[record.form].fields[name]
        value = record.values.get(name)
        if value is None:
            return None
        if field.target:
            return self._id(value)
        if field.options:
            return [field.options[value]] if labels else int(value)
        if field.type == "date":
            return midnight(value)
        if isinstance(value, Decimal) and self._switches["amounts_as_text"]:
            return format(value, "f")
        return value

    def _id(self, key: str) -> Any:
        return key if self._switches["ids_as_text"] else int(key)

    # -- coming in --------------------------------------------------------------------------

    def given(self, form: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """What a call sets. Raises Refusal for a field that is not there or cannot be set."""
        fields, found = self._books.forms[form].fields, {}
        for name, value in data.items():
            if name == "id":
                continue
            field = fields.get(name)
            if field is None or not field.writable:
                raise Refusal(NO_FIELD, f"字段[{name}]不存在或不可编辑")
            found[name] = None if value in (None, "") else _kept(field, value)
        return found


def _kept(field: Field, value: Any) -> Any:
    if field.target or field.options:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Refusal(REFUSED, f"{field.name}：应为整数")
        return str(value)
    if field.type == "date":
        if not isinstance(value, int):
            raise Refusal(REFUSED, f"{field.name}：应为毫秒时间戳")
        return (EPOCH + value * MILLISECOND).astimezone(CHINA).date()
    return value
