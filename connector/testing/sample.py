"""What the suite is told about the form it exercises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from connector.contract import RowWrite, Shape, Write

DIFFICULT_TEXTS = (
    "深圳市南山区",
    "全角ＡＢＣ１２３　空格",
    'O\'Brien & "Söhne" <b>',
    "😀 𠮷野家",
    "0012.50",
    "1e5",
    "null",
    "50%_off; -- \\ / #",
)
"""Texts that are lost where somebody guesses a type, a quote or an encoding."""

DIFFICULT_DECIMALS = (
    Decimal("0.1"),
    Decimal("2.675"),
    Decimal("1234567.8901"),
    Decimal("100"),
)
"""Numbers that binary floating point cannot hold, and one that must not become `1E+2`."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One form as the suite exercises it. A field is named as in `shape`."""

    shape: Shape
    """What is read of it; at best with a number and a table."""
    text: str = ""
    """A field of free text among `shape.fields`, which people and, if it takes writes, our side
    may change; empty: it has none."""
    reference: str = ""
    """The field that holds our mark; empty: it has none."""
    new: Callable[[str], Write] | None = None
    """A complete new record. Its number and its mark are made of the given tag, equal for equal
    tags; `show` is set; with a table it has two rows, for the lines `a` and `b`. None: our side
    creates none."""
    row: Callable[[str], RowWrite] | None = None
    """A complete new row of the first table, for the given line."""
    refused: Callable[[str], Write] | None = None
    """A new record that the remote refuses for what is in it."""
    refusal: str = ""
    """A part of the remote's own words when it refuses that."""
    unique_number: bool = False
    """The remote takes no two records with one number."""
    numbered: str = ""
    """The step with which the remote numbers a record; empty: it has a number from the first."""
    ended: str = ""
    """The step from which on a record can be cancelled; empty: from the first."""
    cancels_by_closing: bool = False
    """A cancelled record is closed there, as one that is done."""
    amount: str = ""
    """A decimal field; `table/field` if it is a row's."""
    amounts: tuple[Decimal, ...] = DIFFICULT_DECIMALS
    """What that field can hold exactly."""
    coded: str = ""
    """A field of which the system tells the codes, `table/field` if it is a row's."""
    texts: tuple[str, ...] = DIFFICULT_TEXTS
    """What the text field can hold exactly. Take out what the remote cannot hold, and say so in
    the adapter's README."""

    @property
    def table(self) -> str:
        """The table whose rows are exercised; empty: none."""
        return next(iter(self.shape.tables), "")
