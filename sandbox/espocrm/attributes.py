"""How a record shows: links as an id and a name, stamps of whole seconds in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.books import Books, Field, Record

from .forms import MONEY

STAMPS = ("createdAt", "modifiedAt")
OWN = frozenset({"id", *STAMPS, "modifiedById", "modifiedByName", "versionNumber"})
"""Attributes that the system alone sets."""


def moment(instant: datetime) -> str:
    """As EspoCRM prints it."""
    return instant.strftime("%Y-%m-%d %H:%M:%S")


class Attributes:
    """What the records of these books are called outside."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def names(self, form: str) -> list[str]:
        """Every attribute of an entity type."""
        found = ["id", *STAMPS, "modifiedById", "modifiedByName"]
        for field in self._books.forms[form].own:
            found += _named(field)
        return found

    def shown(self, record: Record) -> dict[str, Any]:
        """The whole record."""
        return {name: self.value(record, name) for name in self.names(record.form)}

    def value(self, record: Record, name: str) -> Any:
        """One attribute; None where there is no such."""
        if name == "id":
            return record.key
        if name in STAMPS:
            return moment(record.made if name == "createdAt" else record.stamp)
        if name.startswith("modifiedBy"):
            return record.values.get("modifiedBy")
        field, part = self._field(record.form, name)
        if field is None:
            return None
        return self._part(record.values, field, part)

    def _part(self, values: Mapping[str, Any], field: Field, part: str) -> Any:
        if part == "Currency":
            return values.get("amountCurrency", "CNY")
        value = values.get(field.name)
        if part == "Name":
            there = self._books.live(field.target).get(value) if value else None
            return there.values.get("name") if there else None
        if field.type == "bool":
            return bool(value)
        return _number(value) if isinstance(value, Decimal) else value

    def given(self, form: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """By field what a call may set; anything else is ignored without a word."""
        found: dict[str, Any] = {}
        for name, value in body.items():
            field, part = self._field(form, name)
            if field and field.writable and part in ("", "Id") and name not in OWN:
                found[field.name] = value
        return found

    def _field(self, form: str, name: str) -> tuple[Field | None, str]:
        fields = self._books.forms[form].fields
        if name in fields:
            return (None, "") if fields[name].target else (fields[name], "")
        for part in ("Id", "Name", "Currency"):
            field = fields.get(name.removesuffix(part))
            if field and name.endswith(part) and name in _named(field):
                return field, part
        return None, ""


def _named(field: Field) -> list[str]:
    if field.name == "modifiedBy":
        return []
    if field.target:
        return [f"{field.name}Id", f"{field.name}Name"]
    if field.name in MONEY:
        return [field.name, f"{field.name}Currency"]
    return [field.name]


def _number(value: Decimal) -> int | Decimal:
    """As PHP prints it: no zeros behind the point."""
    whole = value.to_integral_value()
    return int(whole) if whole == value else value.normalize()
