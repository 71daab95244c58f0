"""Files that people edit: what is refused, and where it says the mistake is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connector import yamlfile
from connector.yamlfile import MAX_BYTES, MAX_DEPTH, YamlFault, load, loads, place, to_plain


def fault(text: str) -> YamlFault:
    with pytest.raises(YamlFault) as caught:
        loads(text, "f.yaml")
    return caught.value


def test_a_key_written_twice_is_named_with_its_place() -> None:
    found = fault("a: 1\nb: 2\na: 3\n")
    assert (found.place, found.reason, found.detail) == ("f.yaml:3:1", "yaml_duplicate_key", "a")


def test_a_key_written_twice_inside_braces_is_refused_too() -> None:
    assert fault("top: {x: 1, y: 2, x: 3}").reason == "yaml_duplicate_key"


def test_the_same_key_in_two_different_mappings_is_fine() -> None:
    assert to_plain(loads("a: {x: 1}\nb: {x: 2}\n")) == {"a": {"x": 1}, "b": {"x": 2}}


@pytest.mark.parametrize("text", ["a: &x 1\n", "a: &x {b: 1}\n", "&x a: 1\n", "- &x [1]\n"])
def test_an_anchor_is_refused_even_if_nobody_refers_to_it(text: str) -> None:
    assert fault(text).reason == "yaml_alias"


def test_an_alias_is_refused_where_its_anchor_stands() -> None:
    found = fault("a: &x 1\nb: *x\n")
    assert (found.place, found.reason) == ("f.yaml:1:4", "yaml_alias")


def test_a_billion_laughs_is_refused_before_anybody_laughs() -> None:
    lines = ["a0: &a0 [lol]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 30)]
    assert fault("\n".join(lines)).reason == "yaml_alias"


def test_an_ampersand_or_star_in_quotes_is_text() -> None:
    assert to_plain(loads("a: '&x'\n'*': 'R&D'\n")) == {"a": "&x", "*": "R&D"}


def test_a_file_in_gbk_is_refused_at_its_first_foreign_byte(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes("ok: 1\nname: 客户\n".encode("gbk"))
    with pytest.raises(YamlFault) as caught:
        load(path)
    assert caught.value.reason == "yaml_not_utf8"
    assert caught.value.place == f"{path.as_posix()}:2:7"


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: x\n")
    assert to_plain(load(path)) == {"name": "x"}


def test_windows_line_ends_make_no_difference(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes(b"a: x\r\nb: y\r\n")
    assert to_plain(load(path)) == {"a": "x", "b": "y"}


def test_a_file_over_a_megabyte_is_refused_and_one_just_below_is_read(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes(b"a: 1\n#" + b"x" * (MAX_BYTES - 6))
    assert to_plain(load(path)) == {"a": 1}
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(YamlFault, match="yaml_too_large"):
        load(path)


@pytest.mark.parametrize("opening, closing", [("[", "]"), ("{a: ", "}")])
def test_deep_nesting_is_refused(opening: str, closing: str) -> None:
    assert fault(opening * 500 + closing * 500).reason == "yaml_too_deep"


def test_nesting_within_the_limit_is_read() -> None:
    assert to_plain(loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)) is not None


def test_nesting_counts_what_stands_within_each_other_not_side_by_side() -> None:
    assert len(loads("".join(f"k{n}: [x, {{y: z}}]\n" for n in range(2 * MAX_DEPTH)))) > MAX_DEPTH


def test_an_empty_file_is_an_empty_mapping() -> None:
    assert to_plain(loads("# nothing yet\n")) == {}


@pytest.mark.parametrize("text", ["a: [1, 2\n", "a: 'x\n", "a: b: c\n", "\ta: 1\n", "a: \x07\n"])
def test_what_is_no_yaml_is_a_fault_and_no_traceback(text: str) -> None:
    assert fault(text).reason == "yaml_broken"


def test_broken_yaml_is_placed_at_the_line_that_breaks() -> None:
    assert fault("a: 1\nb: c: d\n").place.startswith("f.yaml:2:")


@pytest.mark.parametrize("written", ["007", "010", "2026-11-20", "1e3", "yes", "null", "1.10", "~"])
def test_what_stands_in_quotes_stays_as_people_wrote_it(written: str) -> None:
    assert to_plain(loads(f"a: '{written}'\nb: \"{written}\"\n")) == {"a": written, "b": written}


@pytest.mark.parametrize("written", ["yes", "no", "on", "off", "Y", "n"])
def test_yes_and_no_and_on_are_words_as_in_yaml_1_2(written: str) -> None:
    assert to_plain(loads(f"{written}: {written}")) == {written: written}


@pytest.mark.parametrize(
    "written, value",
    [("12", 12), ("1.5", 1.5), ("true", True), ("null", None), ("12:30", "12:30"), ("中", "中")],
)
def test_plain_scalars_have_their_plain_types(written: str, value: Any) -> None:
    plain = to_plain(loads(f"a: {written}"))["a"]
    assert (plain, type(plain)) == (value, type(value))


@pytest.mark.parametrize("written", ["2026-11-20", "2026-13-45", "2026-11-20T25:00:00"])
def test_what_looks_like_a_date_stays_as_it_was_written(written: str) -> None:
    plain = to_plain(loads(f"since: {written}"))["since"]
    assert (plain, type(plain)) == (written, str)


def test_plain_values_carry_no_trace_of_the_parser() -> None:
    plain = to_plain(loads("a: {b: [1, 'x', 1.5]}\n# end\n"))
    assert {type(plain), type(plain["a"]), type(plain["a"]["b"])} == {dict, list}
    assert [type(value) for value in plain["a"]["b"]] == [int, str, float]


def test_a_key_an_item_and_a_whole_node_know_their_places() -> None:
    node = loads("top:\n  first: 1\n  second:\n    - x\n    - y\n")
    assert place("f", node, "top") == "f:1:1"
    assert place("f", node["top"], "second") == "f:3:3"
    assert place("f", node["top"]["second"], 1) == "f:5:7"
    assert place("f", node["top"]) == "f:2:3"


def test_an_item_that_is_not_there_is_placed_at_its_mapping() -> None:
    node = loads("a: 1\ntop:\n  first: 1\n")
    assert place("f", node["top"], "missing") == "f:3:3"


def test_a_value_without_places_is_placed_in_its_file() -> None:
    assert place("f", {"a": 1}, "a") == "f"


def test_our_own_files_are_plain_dicts() -> None:
    assert type(yamlfile.plain_load("a: {b: 1}")["a"]) is dict


@pytest.mark.parametrize(
    "text", ["a: !x 1\n", "a: !!set\n", "a: !!binary eA==\n", "!0", "- !y []\n"]
)
def test_a_tag_is_refused_where_it_stands(text: str) -> None:
    found = fault(text)
    assert (found.reason, found.place.startswith("f.yaml:1:")) == ("yaml_tag", True)


@pytest.mark.parametrize("text", ["? [a]\n: 1\n", "{a: 1}: 2\n", "? ? x\n"])
def test_a_key_that_is_no_word_is_refused(text: str) -> None:
    assert fault(text).reason == "yaml_key"


@pytest.mark.parametrize("written", ["=", "<<"])
def test_signs_that_yaml_has_types_for_are_plain_text(written: str) -> None:
    assert to_plain(loads(f"a: {written}")) == {"a": written}
