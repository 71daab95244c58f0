"""What forms and fields are, and what a field takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cached_property
from typing import Any


class Refused(ValueError):
    """What was asked for is not done; `kind` says why, so that a vendor words it his own way."""

    def __init__(self, kind: str, form: str = "", field: str = "", value: Any = "") -> None:
        """`kind`: `required`, `unknown`, `value`, `length`, `option`, `reference`, `unique`,
        `missing` (no such record), `state`, or one of the vendor's own."""
        super().__init__(f"{kind} {form} {field} {value}".strip())
        self.kind, self.form, self.field, self.value = kind, form, field, value


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form or of its rows."""

    name: str
    label: str = ""
    type: str = "text"
    """`text`, `number`, `bool`, `date` (kept as `YYYY-MM-DD`), `choice`, `reference` or `any`."""
    required: bool = False
    unique: bool = False
    length: int = 0
    """Characters of a text; 0: no limit."""
    places: int = 6
    """Digits after the point of a number; more are rounded half up."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Of a choice: its codes with what people call them."""
    target: str = ""
    """Of a reference: the form whose keys it takes."""
    writable: bool = True
    """May be set by calls; the others are the system's own."""

    def kept(self, value: Any) -> Any:
        """A value as it is kept; None: empty. Raises Refused."""
        if value is None or value == "":
            return None
        keep = {"number": self._number, "bool": self._bool, "date": self._date}.get(self.type)
        return keep(value) if keep else self._text(value)

    def _text(self, value: Any) -> Any:
        if self.type == "any":
            return value
        text = str(value)
        if self.length and len(text) > self.length:
            raise self.refused("length", value)
        if self.options and text not in self.options:
            raise self.refused("option", value)
        return text

    def _number(self, value: Any) -> Decimal:
        try:
            number = Decimal(str(value))
            rounded = number.quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP)
        except InvalidOperation:
            raise self.refused("value", value) from None
        return number if number == rounded else rounded

    def _bool(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.refused("value", value)
        return value

    def _date(self, value: Any) -> str:
        try:
            return date.fromisoformat(str(value)[:10]).isoformat()
        except ValueError:
            raise self.refused("value", value) from None

    def refused(self, kind: str, value: Any = "") -> Refused:
        """The refusal of a value of this field."""
        return Refused(kind, field=self.name, value=value)


Fields = tuple[Field, ...]


@dataclass(frozen=True)
class Form:
    """A kind of record."""

    name: str
    label: str
    own: Fields
    number: str = ""
    """The field with the number that people use; empty: it has none."""
    tables: Mapping[str, Fields] = field(default_factory=dict)
    """Fields of its rows, by table."""
    states: tuple[str, ...] = ("",)
    """In which its records can be; a new one is in the first."""

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Of the head, by name."""
        return {one.name: one for one in self.own}

    @cached_property
    def columns(self) -> dict[str, dict[str, Field]]:
        """Of the rows, by table and name."""
        return {table: {one.name: one for one in own} for table, own in self.tables.items()}
