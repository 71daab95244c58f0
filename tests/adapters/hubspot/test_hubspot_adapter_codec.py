"""Values: all of them text on HubSpot's side."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.hubspot.codec import Codec, spelt

CODEC = Codec(
    [
        {"name": "hs_object_id", "type": "number"},
        *({"name": kind, "type": kind}
          for kind in ("string", "number", "bool", "date", "datetime")),
        {"name": "choices", "type": "enumeration", "fieldType": "checkbox",
         "options": [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}]},
        {"name": "yes_or_no", "type": "enumeration", "fieldType": "booleancheckbox",
         "options": [{"value": "true", "label": "Yes"}, {"value": "false", "label": "No"}]},
        {"name": "owner", "type": "enumeration", "externalOptions": True, "options": []},
        {"name": "mark", "type": "string", "hasUniqueValue": True},
    ],
    ZoneInfo("Asia/Shanghai"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("number", "1234567.8901", Decimal("1234567.8901")),
        ("number", "1e3", Decimal(1000)),
        ("number", "many", "many"),
        ("hs_object_id", "12345678901234567890", "12345678901234567890"),
        ("bool", "true", True),
        ("bool", "false", False),
        ("bool", "perhaps", "perhaps"),
        ("yes_or_no", "false", False),
        ("date", "2026-03-01", "2026-03-01"),
        ("date", "1772323200000", "2026-03-01"),
        ("datetime", "2026-02-28T16:00:00.123Z", "2026-02-28T16:00:00.123Z"),
        ("datetime", "1772294400123", "2026-02-28T16:00:00.123Z"),
        ("datetime", "9" * 20, "9" * 20),
        ("choices", "a;b", "a;b"),
        ("string", "0012.50", "0012.50"),
        ("string", "", None),
        ("number", None, None),
        ("associations.companies", "512", "512"),
    ],
)
def test_text_is_read_as_what_its_property_is(name: str, value: Any, expected: Any) -> None:
    assert CODEC.reader([name])({name: value}) == {name: expected}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("number", Decimal("1E+2"), "100"),
        ("number", 7, "7"),
        ("bool", False, "false"),
        ("date", date(2026, 3, 1), "2026-03-01"),
        ("date", datetime(2026, 2, 28, 16, tzinfo=UTC), "2026-03-01"),
        ("datetime", date(2026, 3, 1), "2026-02-28T16:00:00.000Z"),
        ("datetime", datetime(2026, 3, 1, 9, 0, 0, 1500, timezone(timedelta(hours=8))),
         "2026-03-01T01:00:00.001Z"),
        ("string", Decimal("0.10"), "0.10"),
        ("string", None, ""),
    ],
)  # fmt: skip
def test_a_value_goes_out_as_text(name: str, value: Any, expected: str) -> None:
    assert CODEC.write({name: value}) == {name: expected}


def test_later_stamps_are_greater_as_text_even_where_hubspot_leaves_out_the_fraction() -> None:
    told = ["2026-11-21T00:00:00Z", "2026-11-21T00:00:00.001Z", "2026-11-21T00:00:01Z"]
    spelled = [spelt(datetime.fromisoformat(one)) for one in told]
    assert sorted(spelled) == spelled
    assert sorted(told) != told


def test_what_a_property_is_its_description_tells() -> None:
    assert CODEC.options("choices") == {"a": "甲", "b": "乙"}
    assert CODEC.options("owner") is None
    assert CODEC.options("string") is None
    assert CODEC.unique("mark")
    assert not CODEC.unique("string")
    assert "colour" not in CODEC
