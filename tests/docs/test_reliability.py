"""The page of promises names tests that exist and mechanisms that the product has."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, page
from tests.prove.__main__ import suites
from tests.prove.catalogue import Row, rows
from tests.prove.switches import ALL, SMALL

TEXT = page("docs/reliability.md")
ROWS = rows()
MECHANISMS = {f"M{number}" for number in range(1, 21)}
SUITES = {name for suite in suites() for name in (suite.name, suite.name.split()[0])}
PROOFS = [(row.failure, proof) for row in ROWS for proof in row.proofs]


@cache
def defined_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_the_catalogue_is_read() -> None:
    assert len(ROWS) > 50
    assert all(row.exists or "not yet" in TEXT for row in ROWS)


@pytest.mark.parametrize(("failure", "proof"), PROOFS, ids=[proof for _, proof in PROOFS])
def test_every_proof_of_the_catalogue_exists(failure: str, proof: str) -> None:
    name, _, test = proof.partition("::")
    if not test:
        assert name in SUITES
        return
    assert test in defined_in(ROOT / "tests" / name), f"{failure}: {proof}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.failure[:40])
def test_every_row_names_what_does_it_and_what_proves_it_or_says_not_yet(row: Row) -> None:
    line = next(line for line in TEXT.splitlines() if line.startswith(f"| {row.failure} |"))
    if row.exists:
        assert row.mechanisms
        assert set(row.mechanisms) <= MECHANISMS
    else:
        assert "not yet" in line


def test_every_mechanism_is_told_with_the_modules_that_hold_it() -> None:
    told = re.findall(r"^\| (M\d+) \|(.*)$", TEXT, re.MULTILINE)
    assert {name for name, _ in told} == MECHANISMS
    for name, line in told:
        places = re.findall(r"\]\(\.\./([^)]+)\)", line)
        assert places, name
        assert all((ROOT / place).is_file() for place in places), name


def test_what_is_taken_away_can_be_and_everything_that_can_be_is_named() -> None:
    named = {row.without for row in ROWS if row.without}
    assert named <= set(ALL)
    assert set(SMALL) <= named


def test_a_row_with_something_to_take_away_has_a_test_or_the_simulation_to_notice() -> None:
    planted = set(ALL) - set(SMALL)
    for row in ROWS:
        assert not row.without or row.test or row.without in planted, row.failure


def test_every_class_is_promised_something_and_every_promise_is_told() -> None:
    assert re.findall(r"^\| (P\d) \|", TEXT, re.MULTILINE) == [f"P{n}" for n in range(1, 10)]
    assert "| class A | class B | class C |" in TEXT
