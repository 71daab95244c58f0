"""Values there and here, and queries that nobody can break out of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.salesforce import soql
from adapters.salesforce.codec import Codec
from connector.errors import Rejected
from sandbox.salesforce.soql import parse

TYPES = {
    "Name": "string",
    "Code": "reference",
    "Sum": "currency",
    "Day": "date",
    "Moment": "datetime",
    "Yes": "boolean",
}
CODEC = Codec(
    [{"name": name, "type": kind} for name, kind in TYPES.items()], ZoneInfo("Asia/Shanghai")
)
EAST = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("name", "there", "here"),
    [
        ("Name", "0013", "0013"),
        ("Name", "", None),
        ("Name", None, None),
        ("Sum", Decimal("0.1"), Decimal("0.1")),
        ("Sum", Decimal("3.0"), 3),
        ("Sum", 3, 3),
        ("Day", "2026-03-01", "2026-03-01"),
        ("Moment", "2026-02-28T16:00:00.000+0000", "2026-02-28T16:00:00+00:00"),
        ("Moment", "nonsense", "nonsense"),
        ("Yes", False, False),
    ],
)
def test_a_value_is_read(name, there, here):
    made = CODEC.reader([name])({name: there})
    assert made == {name: here}
    assert type(made[name]) is type(here)


def test_a_field_of_another_record_is_read_along_its_path():
    row = {"Account": {"Owner": {"Name": "张三"}}, "Contract": None}
    paths = ["Account.Owner.Name", "Contract.ContractNumber", "Quote.Name"]
    assert CODEC.reader(paths)(row) == {paths[0]: "张三", paths[1]: None, paths[2]: None}


@pytest.mark.parametrize(
    ("name", "here", "there"),
    [
        ("Name", "0013", "0013"),
        ("Name", Decimal("1E+2"), "100"),
        ("Code", 7, "7"),
        ("Sum", Decimal("1.50"), Decimal("1.50")),
        ("Sum", "1.50", Decimal("1.50")),
        ("Sum", "many", "many"),
        ("Day", date(2026, 3, 1), "2026-03-01"),
        ("Day", datetime(2026, 2, 28, 16, tzinfo=UTC), "2026-03-01"),
        ("Moment", datetime(2026, 3, 1, 0, 30, tzinfo=EAST), "2026-02-28T16:30:00.000+00:00"),
        ("Moment", date(2026, 3, 1), "2026-02-28T16:00:00.000+00:00"),
        ("Yes", True, True),
        ("Name", None, None),
    ],
)
def test_a_value_is_written(name, here, there):
    assert CODEC.write({name: here}) == {name: there}


@given(st.text())
def test_no_text_breaks_out_of_its_quotes(text):
    made = soql.query("Account", ["Id"], [("Name", "=", text), ("Id", ">", "x")], "Id", 5)
    first, second = parse(made).where.parts
    assert (first.value, second.value) == (text, "x")


def test_instants_are_cut_to_the_second_in_utc():
    instant = datetime(2026, 3, 1, 8, 0, 5, 900_000, tzinfo=EAST)
    made = soql.query("Order", ["Id"], [("SystemModstamp", ">=", instant)], "Id", 5)
    assert "SystemModstamp >= 2026-03-01T00:00:05Z" in made


@pytest.mark.parametrize("name", ["Id, Name", "Id FROM User", "", "1", "Account.", "名称"])
def test_what_is_no_name_is_refused(name):
    for wrong in (
        lambda: soql.query("Order", [name], [], "Id", 5),
        lambda: soql.query(name, ["Id"], [], "Id", 5),
        lambda: soql.query("Order", ["Id"], [(name, "=", "x")], "Id", 5),
    ):
        with pytest.raises(Rejected, match="cannot be the name"):
            wrong()


@given(st.lists(st.text(max_size=300), max_size=300))
def test_values_come_in_portions_that_an_address_can_carry(values):
    portions = list(soql.fitting(values))
    assert [value for some in portions for value in some] == values
    for some in portions:
        made = soql.query("Account", ["Id"], [("Name", "IN", some)], "Id", 5)
        assert len(quote(made)) < 16_384 or len(some) == 1
