"""What approvals name: people and fields, in one text each."""

from __future__ import annotations

import pytest

from connector.kit.approvals import names


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
