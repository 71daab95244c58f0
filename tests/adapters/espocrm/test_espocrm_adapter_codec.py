"""Values there and here, and fields that are several attributes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.espocrm.codec import Codec, spelt
from adapters.espocrm.describing import fields_of

FIELDS = {
    "code": {"type": "varchar"},
    "total": {"type": "currency", "required": True},
    "rate": {"type": "float", "required": True, "default": 0},
    "day": {"type": "date"},
    "moment": {"type": "datetime"},
    "due": {"type": "datetimeOptional"},
    "yes": {"type": "bool"},
    "tags": {"type": "multiEnum", "options": ["", "a", "b"]},
    "account": {"type": "link", "required": True},
    "teams": {"type": "linkMultiple"},
    "home": {"type": "address"},
    "homeCity": {"type": "varchar", "required": True},
    "name": {"type": "personName", "required": True},
    "lastName": {"type": "varchar", "required": True},
    "weighted": {"type": "float", "readOnly": True},
}
CODEC = Codec(FIELDS)


@pytest.mark.parametrize(
    ("name", "there", "here"),
    [
        ("code", "0013", "0013"),
        ("code", "", None),
        ("code", None, None),
        ("total", Decimal("315.10"), Decimal("315.10")),
        ("total", "315.10", Decimal("315.10")),
        ("total", "much", "much"),
        ("rate", 13, 13),
        ("day", "2026-03-01", "2026-03-01"),
        ("moment", "2026-11-21 18:48:01", "2026-11-21T18:48:01+00:00"),
        ("moment", "soon", "soon"),
        ("due", "2026-11-21 18:48:01", "2026-11-21T18:48:01+00:00"),
        ("dueDate", "2026-11-21", "2026-11-21"),
        ("createdAt", "2026-11-21 18:48:01", "2026-11-21T18:48:01+00:00"),
        ("yes", False, False),
        ("accountId", "6b01e7617dbda25d3", "6b01e7617dbda25d3"),
    ],
)
def test_a_value_is_read(name, there, here):
    assert CODEC.reader([name])({name: there}) == {name: here}


@pytest.mark.parametrize(
    ("name", "here", "there"),
    [
        ("code", 7, "7"),
        ("code", Decimal("1E+2"), "100"),
        ("total", Decimal("315.10"), Decimal("315.10")),
        ("day", date(2026, 3, 1), "2026-03-01"),
        ("moment", datetime(2026, 3, 1, 8, 0, 0, 999, timezone(timedelta(hours=8))),
         "2026-03-01 00:00:00"),
        ("yes", True, True),
        ("tags", "a", ["a"]),
        ("teamsIds", "t1", ["t1"]),
        ("accountId", "a1", "a1"),
        ("code", None, None),
    ],
)  # fmt: skip
def test_a_value_is_written(name, here, there):
    assert CODEC.write({name: here}) == {name: there}


@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1)), st.integers(0, 999_999))
def test_an_instant_goes_there_and_back_to_the_second_and_never_forward(second, microsecond):
    instant = second.replace(microsecond=microsecond, tzinfo=UTC)
    there = CODEC.write({"moment": instant})["moment"]
    back = datetime.fromisoformat(CODEC.reader(["moment"])({"moment": there})["moment"])
    assert back == instant.replace(microsecond=0)
    assert spelt(back) == there


@pytest.mark.parametrize(
    "name", ["accountName", "teamsNames", "weighted", "name", "id", "modifiedAt"]
)
def test_what_espocrm_alone_sets_is_known_and_not_written(name):
    assert name in CODEC
    assert not CODEC.writable(name)


@pytest.mark.parametrize(
    "name", ["accountId", "totalCurrency", "homeStreet", "homeCity", "lastName"]
)
def test_what_a_field_is_made_of_is_written(name):
    assert CODEC.writable(name)


@pytest.mark.parametrize("name", ["account", "home", "colour", "totalConverted"])
def test_what_is_no_attribute_is_not_known(name):
    assert name not in CODEC
    assert not CODEC.writable(name)


def test_required_is_what_has_no_default_and_nobody_composes():
    required = {field.name for field in fields_of(FIELDS) if field.required}
    assert required == {"total", "accountId", "homeCity", "lastName"}


def test_options_are_told_without_the_empty_one():
    assert CODEC.options("tags") == ["a", "b"]
    assert CODEC.options("code") is None
