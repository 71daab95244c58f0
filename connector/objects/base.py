"""What every business object has in common.

Amounts and quantities are exact Decimals; instants are aware UTC; dates are dates; codes
are text. `custom` carries a company's own fields without code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)

Text = Annotated[str, StringConstraints(max_length=4000)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
"""A number, key or code: text, never a number, so that leading zeros survive."""


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a field that tells of a person: it leaves history in time, and can be forgotten."""


PersonalText = Annotated[Text, Personal()]
PersonalCode = Annotated[Code, Personal()]
Number = Annotated[Decimal, Field(max_digits=28, decimal_places=12)]


class Costs:
    """Marks a field that tells what something costs us, or what we earn by it."""


Cost = Annotated[Number, Costs()]
KnownCost = Annotated[Number | None, Costs()]
Instant = AwareDatetime
Day = date
NUMBER = "$number"
"""Marks a number among `custom` fields in a stored record."""
Scalar = str | bool | int | Decimal | date | datetime | None


def _typed(value: Scalar) -> Any:
    """Numbers of a company's own say so in a stored record: nothing else declares their type."""
    return {NUMBER: format(value, "f")} if isinstance(value, Decimal) else value


Own = Annotated[Scalar, PlainSerializer(_typed, when_used="json")]


class Part(BaseModel):
    """A part of a business object, such as a line. Unknown fields are refused."""

    # Built when first used: no command needs all kinds of records.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    custom: dict[str, Own] = Field(default_factory=dict)
    """The company's own fields, by their name in the mapping: `custom.NAME`."""


class BusinessObject(Part):
    """A record in the shared vocabulary. Subclasses declare their fields with a docstring each."""

    number: Code = ""
    """What people call the record; unique only as far as people keep it so."""
    created_on: Day | None = None
    """When it was made in its system; `since` compares it where there is no date of its own."""

    def settle(self) -> None:
        """Fill in, once after validation, what follows from the record's own fields.

        Raises MappingFault where the fields contradict each other.
        """


def fill(part: Part, **computed: object) -> None:
    """Set computed fields of a record that was just made and that nobody else holds yet."""
    part.__dict__.update(computed)


def content(record: BusinessObject) -> str:
    """The record as JSON: exact, without defaults, always the same text for the same content."""
    return record.model_dump_json(exclude_defaults=True)


def plain(record: BusinessObject) -> dict[str, Any]:
    """The record as JSON-like values, for comparing and showing."""
    return record.model_dump(mode="json", exclude_defaults=True)
