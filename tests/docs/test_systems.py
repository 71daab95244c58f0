"""The page of all systems says what the adapters ship and can do."""

from __future__ import annotations

import pytest

from connector import registry
from connector.operations.systems import abilities
from tests.docs.systems import PAGE, page


def test_the_page_is_as_it_would_be_written_now() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m tests.docs.systems"


@pytest.mark.parametrize("name", [one for one in registry.adapters() if abilities(one)])
def test_each_adapter_says_what_works(name: str) -> None:
    readme = PAGE.parents[1] / "adapters" / name / "README.md"
    text = readme.read_text("utf-8")
    assert {word for word in ("Full", "Limited", "Unsupported") if word not in text} == set()
