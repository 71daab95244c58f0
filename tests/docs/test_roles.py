"""The pages by role: short enough to be read, and in the words that the product shows."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from connector import yamlfile
from tests.docs.pages import ROOT, page

ROLES = sorted((ROOT / "docs/zh/roles").glob("*.md"))
SHOWN = [
    *sorted((ROOT / "connector").rglob("messages.yaml")),
    *sorted((ROOT / "mappings/values").glob("*.yaml")),
    *sorted((ROOT / "mappings/rules").glob("*.yaml")),
]
"""Where words stand that people are shown: on pages, in messages, in the CRM."""


@cache
def words() -> str:
    """All of them in Chinese, values left out as `…`."""
    texts: list[str] = []
    for path in SHOWN:
        texts += chinese(yamlfile.plain_load(path.read_text("utf-8")))
    return "\n".join(re.sub(r"(\s*\{\{?.*?\}?\}\s*)+", "…", text) for text in texts)


def chinese(node: object) -> list[str]:
    if isinstance(node, dict):
        return [text for key, value in node.items() if key != "en" for text in chinese(value)]
    if isinstance(node, list):
        return [text for value in node for text in chinese(value)]
    return [node] if isinstance(node, str) else []


def test_there_is_one_for_each_role_and_they_are_linked() -> None:
    names = {path.stem for path in ROLES}
    assert names == {"sales", "clerk", "it", "finance", "planner", "boss"}
    for index in ("README.zh-CN.md", "docs/zh/console.md"):
        assert names == set(re.findall(r"roles/(\w+)\.md", page(index))), index


@pytest.mark.parametrize("path", ROLES, ids=lambda path: path.stem)
def test_it_is_one_page(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 50
    assert len(text) <= 2_000


@pytest.mark.parametrize("path", ROLES, ids=lambda path: path.stem)
def test_what_it_quotes_is_shown_somewhere(path: Path) -> None:
    quoted = set(re.findall(r"“([^”]+)”", path.read_text("utf-8")))
    assert quoted
    said = [re.sub(r"\s*(…|finance|production|director|erp)\s*", "…", one) for one in quoted]
    assert [one for one in said if one.strip("…") and one not in words()] == []
