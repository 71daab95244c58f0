"""Texts are shortened without being broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.kit.fitting import MORE, fitting, in_bytes, in_json


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert fitting("订单 **SO-1** 已发货", 100) == "订单 **SO-1** 已发货"


def test_whole_lines_are_kept_and_the_next_one_as_far_as_it_fits() -> None:
    assert fitting("### 晚了\n订单一二三四五六七八九十", 28) == "### 晚了\n订单一二…"


def test_emphasis_that_would_stay_open_and_links_that_would_be_cut_go() -> None:
    text = "客户 **甲公司有限责任公司** 见 [详情](https://example.com/very/long/address)"
    assert fitting(text, 40) == "客户 甲公司有限责任公司 …"
    assert fitting("[详情页面](https://example.com/x) 一二三四五六七八", 24) == "详情页面 一二…"


@pytest.mark.parametrize("one", ["👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "é", "❤️"])
def test_what_people_see_as_one_is_never_cut(one: str) -> None:
    text = one * 20
    for most in range(3, in_bytes(text)):
        kept = fitting(text, most)
        assert kept.removesuffix(MORE) == one * (len(kept.removesuffix(MORE)) // len(one))


def test_where_not_even_a_sign_fits_nothing_is_left() -> None:
    assert fitting("一二三四", 2) == ""


def test_in_json_a_text_counts_as_it_is_spelt_there() -> None:
    assert in_json('中"\n') == len('中\\"\\n'.encode())


@given(st.text(max_size=80), st.integers(0, 120))
def test_whatever_it_is_it_fits_and_is_the_beginning_of_it(text: str, most: int) -> None:
    kept = fitting(text, most)
    assert in_bytes(kept) <= most
    if in_bytes(text) <= most:
        assert kept == text
    kept.encode().decode()
