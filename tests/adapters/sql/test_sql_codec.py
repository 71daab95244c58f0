"""A database's values and ours: exact, without padding, and never rounded without a word."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import types
from sqlalchemy.dialects import mssql, oracle, postgresql

from adapters.sql.codec import Codec, joined, kind_of, parted, reader, text_of
from connector.errors import Rejected

CHINA = ZoneInfo("Asia/Shanghai")
CODEC, TEXTUAL = Codec(CHINA, textual=False), Codec(CHINA, textual=True)
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        ("number", Decimal("12.5000"), Decimal("12.5000")),
        ("float", 0.1, Decimal("0.1")),
        ("float", 1234567.8901, Decimal("1234567.8901")),
        ("char", "A1        ", "A1"),
        ("text", "A1  ", "A1  "),
        ("date", date(2026, 11, 20), "2026-11-20"),
        ("datetime", datetime(2026, 11, 20, 8, 30), "2026-11-20T08:30:00"),
        ("instant", NOON, "2026-11-20T04:00:00+00:00"),
        ("", time(8, 30), "08:30:00"),
        ("binary", b"\x00\x07", "0007"),
        ("", UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        ("bool", True, True),
        ("text", None, None),
    ],
)
def test_values_are_read_exactly_and_plainly(kind: str, value: Any, read: Any) -> None:
    assert reader(kind)(value) == read
    assert type(reader(kind)(value)) is type(read)


def test_the_noise_of_added_fractions_is_left_out() -> None:
    assert reader("float", summed=True)(0.1 + 0.2) == Decimal("0.3")


@pytest.mark.parametrize(
    ("kind", "value", "written", "as_text"),
    [
        ("number", Decimal("1E+2"), Decimal(100), "100"),
        ("integer", Decimal("3.0"), 3, 3),
        ("integer", True, 1, 1),
        ("integer", "17", 17, 17),
        ("bool", True, True, True),
        ("date", date(2026, 11, 20), date(2026, 11, 20), "2026-11-20"),
        ("datetime", NOON, datetime(2026, 11, 20, 12, 0), "2026-11-20 12:00:00"),
        ("instant", NOON, NOON, "2026-11-20 04:00:00+00:00"),
        ("text", date(2026, 11, 20), "2026-11-20", "2026-11-20"),
        ("text", Decimal("0.10"), "0.10", "0.10"),
        ("text", 7, "7", "7"),
        ("text", None, None, None),
    ],
)
def test_values_are_written_as_the_column_takes_them(
    kind: str, value: Any, written: Any, as_text: Any
) -> None:
    assert CODEC.write("x", kind, None, value) == written
    assert TEXTUAL.write("x", kind, None, value) == as_text


@pytest.mark.parametrize(("kind", "scale"), [("number", 2), ("integer", None)])
def test_a_number_that_would_be_rounded_is_refused(kind: str, scale: int | None) -> None:
    with pytest.raises(Rejected) as caught:
        CODEC.write("price", kind, scale, Decimal("1.234"))
    assert caught.value.field == "price"
    assert CODEC.write("price", "number", 3, Decimal("1.234")) == Decimal("1.234")


@pytest.mark.parametrize(
    ("kind", "text", "held"),
    [
        ("integer", "17", 17),
        ("number", "17.00", Decimal("17.00")),
        ("binary", "00ff", b"\x00\xff"),
        ("date", "2026-11-20", date(2026, 11, 20)),
        ("datetime", "2026-11-20T08:30:00", datetime(2026, 11, 20, 8, 30)),
        ("text", "017", "017"),
    ],
)
def test_a_key_is_held_as_its_column_holds_it_and_told_as_before(
    kind: str, text: str, held: Any
) -> None:
    assert CODEC.key(kind, text) == held
    assert text_of(reader(kind)(held)) == text


@pytest.mark.parametrize(
    ("kind", "text"), [("integer", "x' or 1=1"), ("number", "x"), ("date", "")]
)
def test_a_key_that_a_column_cannot_hold_is_none(kind: str, text: str) -> None:
    with pytest.raises(ValueError):
        CODEC.key(kind, text)


@pytest.mark.parametrize("parts", [["a", "b"], ["a|b", "c"], ["a\\", "|b"], ["", "x"]])
def test_the_parts_of_a_key_come_apart_as_they_were(parts: list[str]) -> None:
    assert parted(joined(parts), len(parts)) == parts


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        (types.CHAR(3), "char"),
        (mssql.NVARCHAR(9), "text"),
        (types.Enum("a"), "text"),
        (mssql.BIT(), "bool"),
        (types.BigInteger(), "integer"),
        (types.Numeric(9, 2), "number"),
        (mssql.REAL(), "float"),
        (mssql.MONEY(), ""),
        (postgresql.MONEY(), "money"),
        (mssql.DATETIME2(), "datetime"),
        (mssql.DATETIMEOFFSET(), "instant"),
        (mssql.ROWVERSION(), "binary"),
        (oracle.DATE(), "datetime"),
        (postgresql.TIMESTAMP(timezone=True), "instant"),
        (types.Date(), "date"),
    ],
)
def test_the_kind_of_a_column_is_known_by_its_type(type_: Any, kind: str) -> None:
    assert kind_of(type_) == kind
