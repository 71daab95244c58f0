"""Which code is which: by the code, then by the name, and never by a guess."""

from __future__ import annotations

from connector.matching.codes import alike


def test_an_equal_code_counts_before_an_equal_name() -> None:
    assert alike({"CNY": "美元"}, {"USD": "美元", "cny": "人民币"}) == {"CNY": "cny"}


def test_names_are_alike_without_width_case_blanks_and_brackets() -> None:
    offered = {"01": "（寄售）", "02": "Ｓａｍｐｌｅ order"}
    asked = {"consignment": "寄 售", "sample": "sample ORDER", "gift": "赠送"}
    assert alike(asked, offered) == {"consignment": "01", "sample": "02"}


def test_what_two_are_like_is_left_to_people() -> None:
    assert alike({"box": "箱"}, {"01": "箱", "02": "(箱)"}) == {}


def test_what_has_no_name_is_like_nothing() -> None:
    assert alike({"a": ""}, {"b": "", "c": ""}) == {}
