"""What approvals name: people, fields, and components of a template."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from connector.errors import AccessDenied
from connector.kit.approvals import Component, Components, by_name, names, require, whole

ONE, OTHER = Component("w1", "input"), Component("w2", "input")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (None, []),
        ("", []),
        (" , ", []),
        ("wanted_date", ["wanted_date"]),
        ("manager01, user002 ,", ["manager01", "user002"]),
    ],
)
def test_names_are_parted_by_commas(text: str | None, found: list[str]) -> None:
    assert names(text) == found


@pytest.mark.parametrize("lacking", ["title", "text"])
def test_a_template_must_have_components_for_title_and_text(lacking: str) -> None:
    components = {"title": "标题", "text": "内容"}
    components[lacking] = ""
    with pytest.raises(ValidationError, match=f"which component of the template is {lacking}"):
        TypeAdapter(Components).validate_python(components)


def test_a_name_that_two_components_have_names_neither() -> None:
    template = by_name([("标题", ONE), ("内容", ONE), ("内容", OTHER)])
    assert template == {"标题": ONE}
    with pytest.raises(AccessDenied, match="no component called 内容"):
        require(["标题", "内容"], template)


@pytest.mark.parametrize(
    ("value", "number"), [(7, 7), ("7", 7), ("", 0), (None, 0), ("seven", 0), ([], 0)]
)
def test_a_number_is_understood_however_it_is_written(value: Any, number: int) -> None:
    assert whole(value) == number
