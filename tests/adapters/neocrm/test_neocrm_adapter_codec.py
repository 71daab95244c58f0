"""Values there and here, and queries as text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.neocrm.codec import Codec
from adapters.neocrm.filters import among, select, text
from connector.errors import Rejected
from sandbox.neocrm.statement import parsed

MIDNIGHT = 1772294400000
OPTIONS = [{"value": 1, "label": "甲"}, {"value": 2, "label": "乙"}]
CODEC = Codec(
    [
        {"apiKey": "code", "type": "text"},
        {"apiKey": "total", "type": "Currency"},
        {"apiKey": "day", "type": "date"},
        {"apiKey": "moment__c", "type": "dateTime"},
        {"apiKey": "yes", "type": "boolean"},
        {"apiKey": "stage", "type": "picklist", "selectitem": OPTIONS},
        {"apiKey": "accountId", "type": "relation", "selectitem": []},
        {"propertyname": "older", "type": "integer"},
    ],
    ZoneInfo("Asia/Shanghai"),
)


@pytest.mark.parametrize(
    ("name", "there", "here"),
    [
        ("code", "0013", "0013"),
        ("code", "", None),
        ("code", None, None),
        ("total", "315.10", Decimal("315.10")),
        ("total", Decimal("315.10"), Decimal("315.10")),
        ("total", "much", "much"),
        ("older", 7, Decimal(7)),
        ("day", MIDNIGHT, "2026-03-01"),
        ("day", str(MIDNIGHT), "2026-03-01"),
        ("day", 0, None),
        ("day", -1, "1970-01-01"),
        ("day", "9" * 5000, "9" * 5000),
        ("day", "soon", "soon"),
        ("day", 10**18, 10**18),
        ("moment__c", MIDNIGHT, "2026-02-28T16:00:00+00:00"),
        ("createdAt", MIDNIGHT, "2026-02-28T16:00:00+00:00"),
        ("stage", 2, "2"),
        ("stage", ["乙"], "乙"),
        ("accountId", 3628254003531751, "3628254003531751"),
        ("id", 3628254003531751, "3628254003531751"),
        ("yes", False, False),
    ],
)
def test_a_value_is_read(name, there, here):
    assert CODEC.reader([name])({name: there}) == {name: here}


@pytest.mark.parametrize(
    ("name", "here", "there"),
    [
        ("code", Decimal("1E+2"), "100"),
        ("total", Decimal("315.10"), Decimal("315.10")),
        ("day", date(2026, 3, 1), MIDNIGHT),
        ("moment__c", datetime(2026, 2, 28, 16, tzinfo=UTC), MIDNIGHT),
        ("stage", "2", 2),
        ("accountId", "3628254003531751", 3628254003531751),
        ("ownerId", "7", 7),
        ("yes", True, True),
        ("code", None, None),
    ],
)
def test_a_value_is_written(name, here, there):
    assert CODEC.write({name: here}) == {name: there}


def test_ids_codes_and_numbers_stand_in_a_query_without_quotes():
    numeric = [
        name for name in ("id", "accountId", "stage", "total", "code") if CODEC.is_numeric(name)
    ]
    assert numeric == ["id", "accountId", "stage", "total"]


def test_a_query_is_put_together_as_the_documents_show_it():
    conditions = [
        "updatedAt >= 1790000000000",
        "updatedAt < 1790000600000",
        "id > 3628254003531750",
    ]
    fields = ["id", "opportunityName", "money", "updatedAt", "id"]
    assert select("opportunity", fields, conditions, "0,100") == (
        "select id,opportunityName,money,updatedAt from opportunity "
        "where updatedAt >= 1790000000000 and updatedAt < 1790000600000 "
        "and id > 3628254003531750 order by id limit 0,100"
    )
    assert among("id", ["1", "2"], numeric=True, quotes="refuse") == "id in (1,2)"
    assert among("po", ["1", "二"], numeric=False, quotes="refuse") == "po in ('1','二')"


@pytest.mark.parametrize("value", ["O'Brien", "a\\", 'a"b', "a\nb", "' or '1'='1"])
def test_a_text_that_could_end_early_is_refused(value):
    with pytest.raises(Rejected, match="quote"):
        text(value, "refuse")


@pytest.mark.parametrize("quotes", ["double", "backslash"])
@given(value=st.text(st.characters(exclude_characters='"\n\r\t\0', codec="utf-8"), min_size=1))
def test_a_text_is_understood_as_it_was_meant(quotes, value):
    try:
        literal = text(value, quotes)
    except Rejected:
        assert quotes == "double" and "\\" in value
        return
    statement = parsed(f"select id from account where name = {literal}", quotes)
    assert statement.conditions[0].values == (value,)
