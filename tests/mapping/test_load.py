"""Mapping files: every mistake at once, each with its place and the way out."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from connector import yamlfile
from connector.errors import ConfigError
from connector.mapping.load import Values, load, parse
from tests.mapping.build import mapping, problems, tables

ONE_MISTAKE = {
    "unknown word at the top": ("nubmer: no\n", "m.yaml:4:1", "Did you mean number"),
    "unknown word in a rule": ("write:\n  a: {form: number}\n", None, '"form" is unknown'),
    "unknown word in a table": (
        "write:\n  a: {each: lines, key: id, feilds: {}, fields: {}}\n",
        "m.yaml:5:29",
        "Did you mean fields",
    ),
    "unknown field, writing": ("write:\n  a: nubmer\n", "m.yaml:5:3", 'no field "nubmer"'),
    "unknown field, reading": ("read:\n  nubmer: a\n", "m.yaml:5:3", 'no field "nubmer"'),
    "unknown field in else": (
        "write:\n  a: {from: number, else: [knid]}\n",
        "m.yaml:5:3",
        'no field "knid"',
    ),
    "unknown field in expr": ("write:\n  a: {expr: nubmer * 2}\n", "m.yaml:5:3", "nubmer"),
    "unknown field in when": (
        "write:\n  a: {from: number, when: nubmer == 1}\n",
        "m.yaml:5:3",
        "nubmer",
    ),
    "unknown field of the head in a line": (
        "write:\n  t: {each: lines, key: id, fields: {a: record.quantity}}\n",
        "m.yaml:5:38",
        "SalesOrder has no field",
    ),
    "field of the head in a line without record": (
        "write:\n  t: {each: lines, key: id, fields: {a: customer}}\n",
        "m.yaml:5:38",
        "OrderLine has no field",
    ),
    "two origins": ("write:\n  a: {from: number, value: 1}\n", "m.yaml:5:3", "exactly one origin"),
    "no origin": ("write:\n  a: {on: create}\n", "m.yaml:5:3", "exactly one origin"),
    "a rule that is a number": ("write:\n  a: 5\n", None, "The rule of"),
    "a list without each": (
        "write:\n  a: {each: number, key: id, fields: {}}\n",
        None,
        "not a list",
    ),
    "a table read into no list": (
        "read:\n  number: {each: rows, key: id, fields: {}}\n",
        "m.yaml:5:3",
        "not a list of lines",
    ),
    "each without key": (
        "write:\n  a: {each: lines, fields: {}}\n",
        "m.yaml:5:6",
        '"key" is missing',
    ),
    "each without fields": ("write:\n  a: {each: lines, key: id}\n", None, '"fields" is missing'),
    "each of another form without by": (
        "read:\n  lines: {each: {form: x}, key: id, fields: {}}\n",
        "m.yaml:5:17",
        '"by" is missing',
    ),
    "unknown value map": (
        "write:\n  a: {from: kind, map: nope}\n",
        "m.yaml:5:19",
        "values/nope.yaml",
    ),
    "bad expression": ("write:\n  a: {expr: 1 +}\n", "m.yaml:5:7", "cannot be used"),
    "bad condition": ("usable: a ==\n", "m.yaml:4:1", '"usable"'),
    "bad condition of a table": (
        "write:\n  a: {each: lines, key: id, when: ')', fields: {}}\n",
        "m.yaml:5:29",
        '"when"',
    ),
    "unknown function": (
        "write:\n  a: {call: shout, from: number}\n",
        "m.yaml:5:7",
        "join, digits, lines",
    ),
    "unknown linked object": (
        "write:\n  a: {from: customer, link: cusotmer}\n",
        "m.yaml:5:23",
        "customer,",
    ),
    "unknown linked field": (
        "write:\n  a: {from: customer, link: customer.nmae}\n",
        "m.yaml:5:23",
        'no field "nmae"',
    ),
    "unknown scope": (
        "write:\n  a: {from: customer, link: customer, scope: knid}\n",
        "m.yaml:5:3",
        'no field "knid"',
    ),
    "bad type": (
        "write:\n  a: {from: number, type: integer}\n",
        "m.yaml:5:21",
        "date, instant, text",
    ),
    "bad scale": (
        "write:\n  a: {from: number, scale: cents}\n",
        "m.yaml:5:21",
        "money, price, quantity",
    ),
    "more digits than anything has": (
        "write:\n  a: {from: number, scale: 29}\n",
        "m.yaml:5:21",
        "0–28",
    ),
    "fewer digits than none": ("write:\n  a: {from: number, scale: -1}\n", "m.yaml:5:21", "0–28"),
    "a scale that is a yes": ("write:\n  a: {from: number, scale: true}\n", "m.yaml:5:21", "0–28"),
    "a length that is no whole number": (
        "write:\n  a: {from: number, max_bytes: '1e999999999'}\n",
        "m.yaml:5:21",
        "must be a number",
    ),
    "a length below nothing": (
        "write:\n  a: {from: number, cut: -1}\n",
        "m.yaml:5:21",
        "must be a number",
    ),
    "an else without end": (
        f"write:\n  a: {{from: number, else: [{', '.join(['kind'] * 21)}]}}\n",
        "m.yaml:5:3",
        "20 at most",
    ),
    "bad on": ("write:\n  a: {from: number, on: update}\n", "m.yaml:5:21", "always, create, check"),
    "bad empty": ("write:\n  a: {from: number, empty: drop}\n", "m.yaml:5:21", "clear, leave"),
    "bad missing": (
        "write:\n  a: {from: number, missing: later}\n",
        "m.yaml:5:21",
        "wait, fail, default",
    ),
    "bad until": ("until: printed\n", "m.yaml:4:1", "saved, submitted, audited"),
    "bad on_change": (
        "on_change: [edit, never]\n",
        "m.yaml:4:1",
        "edit, change_bill, unaudit, ask",
    ),
    "a side that is no mapping": ("write: [a]\n", "m.yaml:4:1", '"write" must be a list of'),
    "a name that is a number": ("accept: 5\n", "m.yaml:4:1", "a name or a list of names"),
    "unknown word of the reference": (
        "reference: {field: r, uniqe: true}\n",
        "m.yaml:4:23",
        "unique",
    ),
    "reference without field": ("reference: {unique: true}\n", "m.yaml:4:12", '"field" is missing'),
    "onto an unknown field": ("onto: recrod\n", "m.yaml:4:1", 'no field "recrod"'),
}


@pytest.mark.parametrize("text, place, words", ONE_MISTAKE.values(), ids=ONE_MISTAKE.keys())
def test_one_mistake_gives_one_problem_with_its_place_and_the_way_out(
    text: str, place: str | None, words: str
) -> None:
    found = problems(text)
    if place is not None:
        assert [problem.split(": ")[0] for problem in found] == [place]
    assert words in found[0]
    assert found[0].startswith("m.yaml:")


def test_an_unknown_object_is_answered_with_the_known_ones() -> None:
    (found,) = problems("", object="sales_oder")
    assert found.startswith("m.yaml:1:1: ")
    assert "sales_order" in found


@pytest.mark.parametrize("missing", ["object", "form", "key"])
def test_what_every_mapping_needs_is_asked_for(missing: str) -> None:
    words = {"object": "unit", "form": "f", "key": "id"}
    text = "".join(f"{name}: {value}\n" for name, value in words.items() if name != missing)
    with pytest.raises(ConfigError, match=f'"{missing}" is missing'):
        parse(yamlfile.loads(text), "m.yaml", Values([]))


@pytest.mark.parametrize("text", ["- a\n- b\n", "just text\n", "5\n"])
def test_a_file_that_is_no_mapping_is_told_so(text: str) -> None:
    with pytest.raises(ConfigError, match="key: value"):
        parse(yamlfile.loads(text), "m.yaml", Values([]))


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    found = problems(
        "write:\n"
        "  a: nubmer\n"
        "  b: {from: kind, map: nope}\n"
        "  c: {expr: '1 +'}\n"
        "  t:\n"
        "    each: lines\n"
        "    key: id\n"
        "    fields:\n"
        "      d: {from: quantity, scael: 2}\n"
    )
    assert [problem.split(":")[1] for problem in found] == ["5", "6", "7", "12"]


def test_a_function_takes_its_fields_from_from() -> None:
    assert problems("write:\n  a: {call: join, from: [number, status]}\n") == []
    assert problems("write:\n  a: {call: join, from: [nubmer]}\n")


def test_words_that_only_writing_knows_are_unknown_when_reading() -> None:
    (found,) = problems("read:\n  number: {from: n, on: create}\n")
    assert found.startswith("m.yaml:5:21: ")


def test_a_table_that_cannot_be_read_backwards_may_still_be_written(tmp_path: Path) -> None:
    values = tables(tmp_path, amb="a: X\nb: X\n")
    (found,) = problems("read:\n  kind: {from: k, map: amb}\n", values)
    assert found.startswith("m.yaml:5:19: ")
    assert "X stand for several" in found
    assert problems("write:\n  k: {from: kind, map: amb}\n", values) == []


def test_a_broken_value_map_is_a_problem_of_its_own_file(tmp_path: Path) -> None:
    values = tables(tmp_path, broken="a: 1\na: 2\n")
    (found,) = problems("write:\n  k: {from: kind, map: broken}\n", values)
    assert "broken.yaml:2:1: " in found
    assert "twice" in found


def test_a_mapping_with_a_key_twice_is_one_problem(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("object: unit\nform: f\nform: g\nkey: id\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path, Values([]))
    (problem,) = caught.value.problems
    assert problem.place == f"{path.as_posix()}:3:1"


def test_a_mapping_that_is_not_there_is_a_problem_and_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "none.yaml", Values([]))


def test_a_rule_s_short_form_is_from() -> None:
    made = mapping("write:\n  a: number\n")
    assert made.write is not None
    assert made.write.rules[0].sources == ("number",)


def test_else_takes_a_name_or_a_list_of_names() -> None:
    made = mapping(
        "write:\n  a: {from: number, else: kind}\n  b: {from: number, else: [kind, status]}\n"
    )
    assert made.write is not None
    assert [rule.otherwise for rule in made.write.rules] == [("kind",), ("kind", "status")]


def test_numbers_in_a_mapping_are_exact() -> None:
    made = mapping(
        "write:\n  a: {value: 0.1}\n  b: {from: number, default: 1.10, tolerance: 0.01}\n"
    )
    assert made.write is not None
    first, second = made.write.rules
    assert (first.value, second.default) == (Decimal("0.1"), Decimal("1.1"))
    assert second.tolerance == Decimal("0.01")


@pytest.mark.parametrize(
    "rule, missing",
    [
        ("{from: customer, link: customer}", "wait"),
        ("{from: customer, link: customer, missing: fail}", "fail"),
        ("{from: customer, link: customer, default: X}", "default"),
        ("{from: kind, default: X}", "default"),
        ("{from: kind}", "fail"),
        ("{from: kind, default: X, missing: fail}", "fail"),
    ],
)
def test_what_is_missing_waits_for_links_and_fails_for_codes(rule: str, missing: str) -> None:
    made = mapping(f"write:\n  a: {rule}\n")
    assert made.write is not None
    assert made.write.rules[0].missing == missing


def test_a_reference_is_a_field_or_a_field_that_is_unique() -> None:
    plain, unique = mapping("reference: ref\n"), mapping("reference: {field: ref, unique: true}\n")
    assert (plain.reference, plain.reference_unique) == ("ref", False)
    assert (unique.reference, unique.reference_unique) == ("ref", True)


def test_fields_of_one_s_own_need_no_declaration() -> None:
    assert problems("write:\n  a: custom.zone\nread:\n  custom.zone: z\n") == []


def test_nested_lists_are_checked_against_the_inner_lines(tmp_path: Path) -> None:
    text = (
        "write:\n  units:\n    each: units\n    key: id\n"
        "    fields:\n      a: unit\n      b: name\n"
    )
    (found,) = problems(text, object="material")
    assert found.startswith("m.yaml:10:7: ")
    assert "UnitFactor" in found


def test_a_nested_list_that_the_line_does_not_have_is_refused() -> None:
    text = (
        "write:\n  rows:\n    each: lines\n    key: id\n    fields:\n"
        "      taxes: {each: taxes, key: id, fields: {}}\n"
    )
    (found,) = problems(text)
    assert found.startswith("m.yaml:9:7: ")


def test_the_version_follows_the_file_and_its_value_maps(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    text = "object: unit\nform: f\nkey: id\nwrite:\n  n: {from: name, map: v}\n"
    versions = []
    for body, table in ((text, "a: A\n"), (text, "a: B\n"), (text + "# new\n", "a: B\n")):
        path.write_text(body, encoding="utf-8")
        versions.append(load(path, tables(tmp_path, v=table)).version)
    assert len(set(versions)) == 3
    assert load(path, tables(tmp_path, v="a: B\n")).version == versions[2]


@pytest.mark.parametrize("key", ["5", "null", "true"])
def test_a_field_whose_name_is_no_text_is_a_problem_and_no_traceback(key: str) -> None:
    assert "must be a name" in problems(f"read:\n  {key}: code\n", object="customer")[0]
