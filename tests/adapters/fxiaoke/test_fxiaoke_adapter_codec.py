"""Values there and here, and descriptions of unknown shape."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from fxiaoke_world import ACCOUNT
from hypothesis import given
from hypothesis import strategies as st

from adapters.fxiaoke.codec import Codec
from connector.errors import Transient

MIDNIGHT = 1772294400000
TYPES = {
    "code": "text",
    "rate": "percentile",
    "day": "date",
    "moment": "date_time",
    "sum__c": "formula",
    "people": "employee",
    "yes": "true_or_false",
}
CODEC = Codec(
    [
        {"api_name": name, "type": kind, **({"return_type": "currency"} if "sum" in name else {})}
        for name, kind in TYPES.items()
    ],
    ZoneInfo("Asia/Shanghai"),
)


@pytest.mark.parametrize(
    ("name", "there", "here"),
    [
        ("code", "0013", "0013"),
        ("code", "", None),
        ("code", None, None),
        ("rate", "13.10", Decimal("13.10")),
        ("rate", "约13", "约13"),
        ("sum__c", "0.1", Decimal("0.1")),
        ("day", MIDNIGHT, "2026-03-01"),
        ("day", 0, None),
        ("moment", MIDNIGHT, "2026-02-28T16:00:00+00:00"),
        ("moment", MIDNIGHT + 123, "2026-02-28T16:00:00.123000+00:00"),
        ("day", -1_000_000_000_000, "1938-04-25"),
        ("day", 253402271999999999, 253402271999999999),
        ("people", ["1000"], "1000"),
        ("people", [], None),
        ("people", ["1000", "1001"], ["1000", "1001"]),
        ("yes", False, False),
        ("unknown", 5, 5),
    ],
)
def test_a_value_is_read(name, there, here):
    assert CODEC.read({name: there}, [name]) == {name: here}


@pytest.mark.parametrize(
    ("name", "here", "there"),
    [
        ("code", "0013", "0013"),
        ("rate", Decimal("1E+1"), "10"),
        ("rate", 13, "13"),
        ("day", date(2026, 3, 1), MIDNIGHT),
        ("moment", datetime(2026, 2, 28, 16, tzinfo=UTC), MIDNIGHT),
        ("people", "1000", ["1000"]),
        ("yes", True, True),
        ("code", None, None),
    ],
)
def test_a_value_is_written(name, here, there):
    assert CODEC.write({name: here}) == {name: there}


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)), st.integers(0, 999))
def test_an_instant_goes_there_and_back_to_the_millisecond(second, thousandths):
    instant = second.replace(microsecond=thousandths * 1000, tzinfo=UTC)
    there = CODEC.write({"moment": instant})["moment"]
    back = CODEC.read({"moment": there}, ["moment"])["moment"]
    assert back is None or datetime.fromisoformat(back) == instant


def test_what_is_absent_is_read_as_empty():
    assert CODEC.read({}, ["code"]) == {"code": None}


def test_a_description_of_unknown_shape_is_no_description(crm, monkeypatch):
    monkeypatch.setattr(crm._client, "_post", lambda *_, **__: {"data": []})
    with pytest.raises(Transient, match="no known shape"):
        crm.describe(ACCOUNT)


@pytest.mark.parametrize("answer", [{}, {"accessToken": "t", "ea": "e", "expiresIn": None}])
def test_a_token_answer_of_unknown_shape_is_no_token(crm, monkeypatch, answer):
    monkeypatch.setattr(crm._client, "_send", lambda *_, **__: answer)
    with pytest.raises(Transient, match="no known shape"):
        crm.check()
