"""Pairs are added to a table's file as people would add them: nothing else of it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.assemble import shipped
from connector.operations.value_file import ValueFile

TEXT = """\
# Which of ours is which of theirs.
CNY: "PRE001"   # 人民币
'*': other

# read: all of them
draft: [A, Z]
goods: ['0', '*']
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "values").mkdir()
    return tmp_path


def added(folder: Path, text: str, *pairs: tuple[str, str]) -> str:
    path = folder / "values" / "own.yaml"
    path.write_bytes(text.encode())
    ValueFile("own", [folder]).add(pairs)
    return path.read_bytes().decode()


def test_comments_order_and_quotes_stay(folder: Path) -> None:
    assert added(folder, TEXT, ("USD", "PRE007"), ("1", "007")) == (
        TEXT + "USD: PRE007\n'1': '007'\n"
    )


def test_another_code_for_one_of_ours_joins_those_that_stand_there(folder: Path) -> None:
    text = added(folder, TEXT, ("CNY", "PRE009"), ("draft", "D"), ("goods", "2"), ("draft", "A"))
    assert "draft: [A, Z, D]\n" in text
    assert 'CNY: ["PRE001", PRE009]' in text
    assert "goods: ['0', '*', '2']" in text


def test_lines_end_as_they_did(folder: Path) -> None:
    windows = "\ufeff" + TEXT.replace("\n", "\r\n")
    text = added(folder, windows, ("USD", "PRE007"))
    assert text == TEXT.replace("\n", "\r\n") + "USD: PRE007\r\n"


def test_a_shipped_table_is_copied_and_left_alone(folder: Path) -> None:
    source = shipped() / "values" / "kingdee_currency.yaml"
    before = source.read_text("utf-8")
    ValueFile("kingdee_currency", [folder]).add([("AUD", "PRE008")])
    assert source.read_text("utf-8") == before
    assert (folder / "values/kingdee_currency.yaml").read_text("utf-8") == before + "AUD: PRE008\n"


def test_the_places_of_pairs_are_known(folder: Path) -> None:
    (folder / "values" / "own.yaml").write_text(TEXT, encoding="utf-8")
    found = [(o, t, p.rpartition("/")[2]) for o, t, p in ValueFile("own", [folder]).entries()]
    assert ("draft", "Z", "own.yaml:6:1") in found
    assert ("goods", "*", "own.yaml:7:1") not in found
