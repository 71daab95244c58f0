"""Value maps: ours on the left, theirs on the right, both ways."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from connector import yamlfile
from connector.mapping.load import Values
from connector.mapping.values import ValueMap
from tests.mapping.build import tables


def table(text: str) -> ValueMap:
    return ValueMap.of("t", yamlfile.to_plain(yamlfile.loads(text)))


def test_a_code_is_written_and_read_back() -> None:
    currency = table("CNY: PRE001\nUSD: PRE007\n")
    assert (currency.write("USD"), currency.read("PRE001")) == ("PRE007", "CNY")


def test_a_code_that_is_not_listed_has_no_answer() -> None:
    currency = table("CNY: PRE001\n")
    assert (currency.write("EUR"), currency.read("PRE002")) == (None, None)


def test_of_a_list_all_are_read_and_the_first_is_written() -> None:
    status = table("draft: [A, Z, D]\nopen: B\n")
    assert [status.read(code) for code in "AZDB"] == ["draft", "draft", "draft", "open"]
    assert status.write("draft") == "A"


def test_a_star_on_the_left_is_written_for_whatever_else_is_ours() -> None:
    kind = table("gift: G\n'*': N\n")
    assert [kind.write(code) for code in ("gift", "goods", "")] == ["G", "N", "N"]


def test_a_star_on_the_right_is_read_for_whatever_else_is_theirs() -> None:
    kind = table("gift: G\ngoods: ['0', '*']\n")
    assert [kind.read(code) for code in ("G", "0", "anything")] == ["gift", "goods", "goods"]
    assert kind.write("goods") == "0"


def test_codes_of_theirs_that_stand_for_several_of_ours_are_named() -> None:
    assert table("a: [X, Y]\nb: X\nc: Y\n").ambiguous == ("X", "Y")
    assert table("a: X\nb: Y\n").ambiguous == ()


def test_booleans_and_numbers_are_as_people_wrote_them() -> None:
    active = table("true: A\nfalse: 2\n")
    assert (active.write(True), active.write(False)) == ("A", "2")
    assert (active.read("A"), active.read(2), active.read(Decimal(2))) == ("true", "false", "false")


def test_a_number_is_one_code_however_many_zeros_it_is_written_with() -> None:
    rates = ValueMap.of("rates", {"0.13": "VAT13", "0": "VAT0", "100": "ALL"})
    assert [rates.write(Decimal(text)) for text in ("0.13", "0.1300")] == ["VAT13", "VAT13"]
    assert rates.write(Decimal("0.00")) == "VAT0"
    assert rates.write(Decimal("1E+2")) == "ALL"


def test_quoted_zeros_survive() -> None:
    assert table("one: '01'\n").read("01") == "one"
    assert table("one: '01'\n").read("1") is None


def test_a_later_directory_replaces_a_table_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "shipped").mkdir()
    (tmp_path / "site").mkdir()
    tables(tmp_path / "shipped", unit="a: A\nb: B\n", kind="x: X\n")
    tables(tmp_path / "site", unit="a: Q\n")
    values = Values([tmp_path / "shipped", tmp_path / "site"])
    unit, kind = values.get("unit"), values.get("kind")
    assert unit is not None
    assert kind is not None
    assert (unit.write("a"), unit.write("b"), kind.write("x")) == ("Q", None, "X")


def test_a_table_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert Values([tmp_path]).get("nothing") is None


def test_a_name_leads_to_no_file_outside_the_folder(tmp_path: Path) -> None:
    (tmp_path / "values").mkdir()
    secret = tables(tmp_path, secret="password: hunter2\n")
    assert secret.get("secret") is not None
    values = Values([tmp_path / "values"])
    for name in ("../secret", str(tmp_path / "secret"), "..", "a\0", "x" * 5000, ""):
        assert values.get(name) is None, name


def test_a_broken_table_is_a_fault_with_its_place(tmp_path: Path) -> None:
    values = tables(tmp_path, broken="a: 1\na: 2\n")
    with pytest.raises(yamlfile.YamlFault) as caught:
        values.get("broken")
    assert caught.value.place.endswith("broken.yaml:2:1")
