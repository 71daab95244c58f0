"""What is told: templates that can do no harm, with values that can do none either."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.rules.text import Text, TextFault, shown


def said(source: str, **values: Any) -> str:
    return Text(source, "zh")(lambda name: values.get(name.replace(".", "_")))


def test_a_text_names_fields_and_those_of_joined_records() -> None:
    text = Text("{{ number }} {{ order.number }} {{ days.promised_on }}", "zh")
    assert text.names == ("number", "order.number", "days.promised_on")
    assert said("{{ number }}/{{ order.number }}", number="A", order_number="B") == "A/B"


def test_codes_are_told_in_the_words_of_the_text_s_language() -> None:
    assert Text("{{ stage | word('stage') }}", "zh")(lambda _: "shipped") == "已发货"
    assert Text("{{ stage | word('stage') }}", "en")(lambda _: "shipped") == "shipped"


def test_numbers_and_days_stand_as_people_write_them() -> None:
    assert said("{{ n }}", n=Decimal("1200.5000")) == "1200.5"
    assert said("{{ n }}", n=Decimal("1E+3")) == "1000"
    assert said("{{ d }}", d=date(2026, 3, 1)) == "2026-03-01"
    assert said("{{ d }}", d=datetime(2026, 3, 1, 8, 30, tzinfo=UTC)) == "2026-03-01 08:30"


def test_what_is_missing_is_empty_and_can_be_asked_for() -> None:
    assert said("[{{ waybill }}]") == "[]"
    assert said("已发货{% if waybill %}，单号 {{ waybill }}{% endif %}") == "已发货"


@pytest.mark.parametrize(
    "value",
    ["[点我](https://evil.example)", "<at id=all></at>", "<@all>", "`x`", "一\n# 二", "\u202eabc"],
)
def test_a_value_opens_no_link_calls_nobody_and_stays_on_its_line(value: str) -> None:
    text = said("客户 {{ name }}。", name=value)
    assert not set(text) & set("<>[]`@\n\u202e")


@given(st.text(max_size=60))
def test_whatever_a_value_is_it_cannot_become_markup(value: str) -> None:
    assert not set(shown(value)) & set("<>[]`@\n\r\x00")


@pytest.mark.parametrize(
    "source",
    [
        "{{ number.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{% for x in range(10**9) %}x{% endfor %}",
        "{% include 'x' %}",
        "{% macro a() %}{% endmacro %}",
        "{{ lines[0].id }}",
        "{{ unfinished",
        "x" * 3000,
    ],
)
def test_what_could_run_hang_or_look_around_is_refused_or_says_nothing(source: str) -> None:
    try:
        text = Text(source, "zh")
    except TextFault:
        return
    assert not {"number", "lines"} & set(text.names)
    with pytest.raises(TextFault):
        text(lambda _: None)
