"""The page of security names every item that we chose, and tests that exist."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from typing import NamedTuple

import pytest

from tests.docs.pages import ROOT, page

CHOSEN = {
    "V1": 8, "V2": 4, "V3": 8, "V4": 2, "V5": 4, "V6": 35, "V7": 18, "V8": 7, "V9": 4, "V10": 5,
    "V11": 14, "V12": 9, "V13": 13, "V14": 2, "V15": 13, "V16": 16,
}  # fmt: skip
"""Items of each chapter of ASVS 5.0.0: level 1, and level 2 of those in `DEEPER`."""
DEEPER = {"V6", "V7", "V8", "V11", "V12", "V13", "V15", "V16"}
VERDICTS = ("met", "page", "operator", "partly", "not met", "not here")


class Item(NamedTuple):
    """A line of the table."""

    id: str
    level: str
    asks: str
    verdict: str
    how: str
    tests: tuple[str, ...]

    @property
    def chapter(self) -> str:
        return self.id.partition(".")[0]


def items() -> list[Item]:
    found = re.findall(r"^\| (V[\d.]+) \| (\d) \| (.+) \| ([a-z ]+) \| (.*) \| (.*) \|$",
                       page("docs/asvs.md"), re.M)  # fmt: skip
    return [Item(*line[:5], tuple(re.findall(r"`([^`]+)`", line[5]))) for line in found]


ITEMS = items()
PROOFS = sorted({test for item in ITEMS for test in item.tests})


@cache
def defined_in(name: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / name).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_no_chosen_item_is_left_out_and_none_stands_twice() -> None:
    assert Counter(item.chapter for item in ITEMS) == CHOSEN
    assert len({item.id for item in ITEMS}) == len(ITEMS)
    assert {item.chapter for item in ITEMS if item.level == "2"} == DEEPER
    lines = [line for line in page("docs/asvs.md").splitlines() if re.match(r"\| V\d", line)]
    assert len(lines) == len(ITEMS), "each line is read"


@pytest.mark.parametrize("proof", PROOFS)
def test_every_test_that_is_named_exists(proof: str) -> None:
    name, _, test = proof.partition("::")
    assert test.startswith("test_")
    assert test in defined_in(name)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_every_item_has_a_test_or_a_reason(item: Item) -> None:
    assert item.verdict in VERDICTS
    if item.verdict == "met":
        assert item.tests
    elif item.verdict == "page":
        assert "](" in item.how
    else:
        assert item.how


@pytest.mark.parametrize("name", ["docs/security.md", "docs/zh/security.md"])
def test_the_page_for_people_counts_them_and_names_what_lacks(name: str) -> None:
    text = page(name)
    lines = re.findall(r"^\| (V\d+) [^|]+ \|(.*)\|$", text, re.M)
    counted = {chapter: [int(n or 0) for n in cells.replace(" ", "").split("|")]
               for chapter, cells in lines}  # fmt: skip
    for chapter, count in CHOSEN.items():
        told = Counter(item.verdict for item in ITEMS if item.chapter == chapter)
        assert counted[chapter] == [count, *(told[one] for one in VERDICTS)], chapter
    lacking, partly = text.split("\n\n")[-2:]
    for part, verdict in ((lacking, "not met"), (partly, "partly")):
        named = re.findall(r"V\d+\.\d+\.\d+", part)
        assert sorted(named) == sorted(item.id for item in ITEMS if item.verdict == verdict)
