"""Reading: a remote's record becomes a business object, or a fault that names the field."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.contract import Record
from connector.errors import MappingFault
from connector.mapping.convert import as_bool, as_date, as_instant, as_text
from connector.mapping.reading import Reader
from tests.mapping.build import CHINA, mapping, problems, read, reader, tables

MIDNIGHT = int(datetime(2026, 11, 20, tzinfo=CHINA).timestamp() * 1000)
"""Midnight in China, as CRMs store a day."""


@pytest.fixture(params=["UTC", "Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati"])
def process_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The process believes that it is somewhere else."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("value", [MIDNIGHT, str(MIDNIGHT), Decimal(MIDNIGHT), MIDNIGHT + 86399999])
def test_a_day_in_milliseconds_is_the_day_in_china_wherever_we_run(
    value: Any, process_zone: str
) -> None:
    assert as_date(value, CHINA) == date(2026, 11, 20)


def test_a_millisecond_before_midnight_is_the_day_before(process_zone: str) -> None:
    assert as_date(MIDNIGHT - 1, CHINA) == date(2026, 11, 19)


@pytest.mark.parametrize(
    "text, day",
    [
        ("2026-11-20", date(2026, 11, 20)),
        ("2026-11-20 00:00:00", date(2026, 11, 20)),
        ("2026-11-20T23:59:59", date(2026, 11, 20)),
        ("2026-11-20T15:59:59Z", date(2026, 11, 20)),
        ("2026-11-20T16:00:00Z", date(2026, 11, 21)),
        ("2026-11-20T16:00:00+00:00", date(2026, 11, 21)),
        ("2026-11-20T01:00:00+08:00", date(2026, 11, 20)),
    ],
)
def test_a_day_as_text_is_read_in_the_connection_s_zone(
    text: str, day: date, process_zone: str
) -> None:
    assert as_date(text, CHINA) == day


def test_no_time_at_all_is_no_date() -> None:
    assert as_date(0, CHINA) is None
    assert as_instant("0", CHINA) is None


def test_an_instant_is_aware_and_text_without_offset_is_local(process_zone: str) -> None:
    expected = datetime(2026, 11, 19, 16, tzinfo=UTC)
    assert as_instant(MIDNIGHT, CHINA) == expected
    assert as_instant("2026-11-20T00:00:00", CHINA) == expected
    assert as_instant("2026-11-19T16:00:00Z", CHINA) == expected


@pytest.mark.parametrize("value", ["2026/11/20", "20.11.2026", "today", "2026-13-01", 10**15])
def test_what_is_no_date_is_a_fault_that_names_field_and_rule(value: Any) -> None:
    with pytest.raises(MappingFault) as caught:
        read("name: n\ncreated_on: c", {"n": "x", "c": value})
    assert caught.value.path == "created_on"
    assert "m.yaml:6:3" in str(caught.value)


@pytest.mark.parametrize("value", ["true", "1", 1, True, "Yes", "是"])
def test_what_remotes_say_for_true(value: Any) -> None:
    assert as_bool(value) is True


@pytest.mark.parametrize("value", ["False", "0", 0, False, "n", "否"])
def test_what_remotes_say_for_false(value: Any) -> None:
    assert as_bool(value) is False


def test_what_is_neither_true_nor_false_is_a_fault() -> None:
    with pytest.raises(MappingFault, match="neither true nor false"):
        read("name: n\nactive: a", {"n": "x", "a": "maybe"})


def test_a_list_of_one_is_that_one_as_text() -> None:
    assert [as_text(value) for value in (["a"], [], 12, Decimal("1.50"))] == ["a", "", "12", "1.50"]


def stock(quantity: Any) -> Any:
    return read("material: m\non_hand: q", {"m": "M1", "q": quantity}, "stock").on_hand


@pytest.mark.parametrize("value", ["12,3x", "12,300", "1.2.3", "", None, "NaN", "Infinity", "十二"])
def test_what_is_no_number_is_never_guessed_at(value: Any) -> None:
    with pytest.raises(MappingFault) as caught:
        stock(value)
    assert caught.value.path == "on_hand"


@pytest.mark.parametrize(
    "value, number",
    [(0, "0"), ("0", "0"), (1.1, "1.1"), ("20.0000", "20"), (Decimal("0.1"), "0.1"), (-3, "-3")],
)
def test_numbers_are_exact_whatever_they_come_as(value: Any, number: str) -> None:
    assert stock(value) == Decimal(number)


def test_a_wrong_value_is_shown_with_the_field_s_name() -> None:
    with pytest.raises(MappingFault, match='"12,3x" of the field "on_hand"'):
        stock("12,3x")


def test_a_missing_required_field_is_named() -> None:
    with pytest.raises(MappingFault) as caught:
        read("name: n", {})
    assert (caught.value.path, str(caught.value)) == ("name", 'The field "name" is missing.')


def test_a_fault_in_a_line_names_the_line() -> None:
    with pytest.raises(MappingFault) as caught:
        sales({"rows": [row("1"), row("2", q="x")]})
    assert caught.value.path == "lines.1.quantity"


def test_empty_is_left_out_and_zero_is_not() -> None:
    assert read("name: n\ntax_rate: r", {"n": "x", "r": ""}).tax_rate is None
    assert read("name: n\ntax_rate: r", {"n": "x", "r": None}).tax_rate is None
    assert read("name: n\ntax_rate: r", {"n": "x", "r": 0}).tax_rate == 0


def test_a_default_stands_for_empty_and_not_for_zero() -> None:
    rules = "name: n\ntax_rate: {from: r, default: 0.13}"
    assert read(rules, {"n": "x", "r": ""}).tax_rate == Decimal("0.13")
    assert read(rules, {"n": "x", "r": 0}).tax_rate == 0


def test_leading_zeros_of_a_number_survive() -> None:
    assert read("name: n\nphone: p", {"n": "x", "p": "0101234"}).phone == "0101234"


def test_the_record_s_number_is_the_object_s() -> None:
    assert read("name: n", {"n": "x"}, number="C001").number == "C001"


def test_fields_of_one_s_own_arrive_under_custom() -> None:
    rules = "name: n\ncustom.zone: z\ncustom.limit: {from: l, type: number}\ncustom.none: e"
    made = read(rules, {"n": "x", "z": "east", "l": 1.5, "e": ""})
    assert made.custom == {"zone": "east", "limit": Decimal("1.5")}


def test_a_rule_whose_condition_fails_reads_nothing() -> None:
    rules = 'name: n\nphone: {from: p, when: k == "A"}'
    assert read(rules, {"n": "x", "p": "1", "k": "A"}).phone == "1"
    assert read(rules, {"n": "x", "p": "1", "k": "B"}).phone == ""
    assert read(rules, {"n": "x", "p": "1"}).phone == ""


def test_else_is_taken_where_the_first_is_empty() -> None:
    rules = "name: {from: a, else: [b, c]}"
    assert read(rules, {"a": "", "b": None, "c": "C"}).name == "C"
    assert read(rules, {"a": "A", "b": "B"}).name == "A"


def test_zero_is_not_empty_for_else() -> None:
    assert read("name: n\ntax_rate: {from: a, else: b}", {"n": "x", "a": 0, "b": 5}).tax_rate == 0


def test_a_template_is_filled_or_nothing() -> None:
    rules = 'name: n\nshort_name: {template: "{a}-{b}"}'
    assert read(rules, {"n": "x", "a": "1", "b": 2}).short_name == "1-2"
    assert read(rules, {"n": "x", "a": "1", "b": ""}).short_name == ""


def test_a_constant_and_an_expression_are_origins_too() -> None:
    rules = "name: {value: fixed}\ntax_rate: {expr: r / 100}"
    made = read(rules, {"r": 13})
    assert (made.name, made.tax_rate) == ("fixed", Decimal("0.13"))


def test_an_expression_that_fails_is_a_fault_of_its_field() -> None:
    with pytest.raises(MappingFault) as caught:
        read("name: n\ntax_rate: {expr: r / 100}", {"n": "x", "r": "13%"})
    assert caught.value.path == "tax_rate"


def test_a_code_is_read_through_its_map(tmp_path: Path) -> None:
    values = tables(tmp_path, on="true: A\nfalse: [B, C]\n")
    rules = "name: n\nactive: {from: a, map: on}"
    assert [read(rules, {"n": "x", "a": c}, values=values).active for c in "ABC"] == [
        True,
        False,
        False,
    ]


def test_a_code_without_counterpart_stops_the_record_unless_there_is_a_default(
    tmp_path: Path,
) -> None:
    values = tables(tmp_path, currency="CNY: P1\n")
    with pytest.raises(MappingFault, match=r'"P9" has no counterpart in currency'):
        read("name: n\ncurrency: {from: c, map: currency}", {"n": "x", "c": "P9"}, values=values)
    rules = "name: n\ncurrency: {from: c, map: currency, default: USD}"
    assert read(rules, {"n": "x", "c": "P9"}, values=values).currency == "USD"


def test_missing_fail_stops_an_unknown_code_but_not_an_empty_one(tmp_path: Path) -> None:
    values = tables(tmp_path, currency="CNY: P1\n")
    rules = "name: n\ncurrency: {from: c, map: currency, default: CNY, missing: fail}"
    assert read(rules, {"n": "x", "c": ""}, values=values).currency == "CNY"
    with pytest.raises(MappingFault):
        read(rules, {"n": "x", "c": "P9"}, values=values)


# -- lines -----------------------------------------------------------------------------------

ORDER = """
customer: c
order_date: d
currency: {value: CNY}
lines:
  each: rows
  key: rid
  when: dead != "1"
  fields:
    material: m
    quantity: q
    amount_with_tax: a
    note: {expr: 'record.c + "/" + m'}
    wanted_date: {from: w, else: record.d}
"""


def row(rid: str, **fields: Any) -> dict[str, Any]:
    return {"rid": rid, "m": "M" + rid, "q": 1, "a": 10, "dead": "0", **fields}


def sales(fields: dict[str, Any]) -> Any:
    return read(ORDER, {"c": "C1", "d": "2026-11-20", **fields}, "sales_order")


def test_rows_become_lines_with_their_own_key() -> None:
    made = sales({"rows": [row("7"), row("8")]})
    assert [(line.id, line.material) for line in made.lines] == [("7", "M7"), ("8", "M8")]


def test_rows_for_which_the_condition_fails_are_no_lines() -> None:
    made = sales({"rows": [row("7", dead="1"), row("8")]})
    assert [line.id for line in made.lines] == ["8"]


def test_a_line_sees_the_head_under_record() -> None:
    (line,) = sales({"rows": [row("7")]}).lines
    assert (line.note, line.wanted_date) == ("C1/M7", date(2026, 11, 20))


@pytest.mark.parametrize("rows", [None, [], ()])
def test_an_order_without_rows_is_a_fault(rows: Any) -> None:
    with pytest.raises(MappingFault) as caught:
        sales({"rows": rows})
    assert (caught.value.path, str(caught.value)) == ("lines", "The order has no lines.")


def test_a_condition_of_rows_that_cannot_be_told_is_a_fault_with_its_place() -> None:
    rules = "name: n\nunits: {each: u, key: k, when: f / z > 1, fields: {unit: x, factor: f}}"
    with pytest.raises(MappingFault, match=r"m\.yaml:6:3") as caught:
        read(rules, {"n": "a", "u": [{"k": "1", "f": 1, "z": 0}]}, "material")
    assert caught.value.path == "units"


def test_no_rows_are_no_lines_of_other_objects() -> None:
    rules = "name: n\nunits: {each: u, key: k, fields: {unit: x, factor: f}}"
    assert read(rules, {"n": "a", "u": None}, "material").units == ()


def test_an_order_that_does_not_add_up_is_a_fault() -> None:
    with pytest.raises(MappingFault, match="do not add up"):
        read(
            ORDER + "amount_with_tax: t",
            {"c": "C1", "d": "2026-11-20", "t": 11, "rows": [row("1")]},
            "sales_order",
        )


def test_lines_without_an_id_need_no_key_in_the_object() -> None:
    rules = "name: n\nunits: {each: u, key: k, fields: {unit: x, factor: f}}"
    made = read(rules, {"n": "a", "u": [{"k": "1", "x": "Box", "f": 12}]}, "material")
    assert [(unit.unit, unit.factor) for unit in made.units] == [("Box", 12)]


# -- what else a reader is asked ---------------------------------------------------------------


def test_the_shape_asks_for_every_field_that_a_rule_needs_once() -> None:
    made = reader(ORDER, object="sales_order")
    assert made.shape.fields == ("c", "d")
    assert made.shape.tables["rows"].key == "rid"
    assert set(made.shape.tables["rows"].fields) == {"m", "q", "a", "w", "dead"}


def test_the_shape_says_what_fields_are_taken_for_that_go_over_as_they_are() -> None:
    rules = """
customer: c
order_date: {from: day, else: [made_on]}
amount_with_tax: {expr: total * 2}
currency: {from: coin, default: CNY}
custom.colour: colour
custom.weight: {from: weight, type: number}
lines:
  each: rows
  key: rid
  fields: {material: m, quantity: q, amount_with_tax: a, line_no: n, wanted_date: record.due}
"""
    shape = reader(rules, object="sales_order").shape
    assert shape.kinds == {
        "c": "text", "day": "date", "made_on": "date", "coin": "text", "weight": "number",
        "colour": "any", "due": "date",
    }  # fmt: skip
    rows = shape.tables["rows"].kinds
    assert (rows["m"], rows["q"], rows["n"]) == ("text", "number", "number")


def test_a_record_that_its_system_could_not_show_whole_is_refused_in_that_system_s_words() -> None:
    with pytest.raises(MappingFault, match="no value in D7"):
        reader("name: n")(Record("k1", {"n": "Bay"}, fault="no value in D7"))


def test_the_shape_asks_for_what_conditions_else_and_templates_need() -> None:
    rules = 'name: {from: a, else: [b], when: c == "1"}\nphone: {template: "{d}-{e}"}\n'
    assert set(reader(rules).shape.fields) == {"a", "b", "c", "d", "e"}


def test_rows_of_another_form_are_asked_for_by_the_head_s_key() -> None:
    rules = "lines: {each: {form: row, by: parent}, key: k, fields: {quantity: q, note: n}}"
    table = reader(rules, object="sales_order").shape.tables["row"]
    assert (table.form, table.by, table.key) == ("row", "parent", "k")


def test_usable_and_open_are_conditions_on_the_remote_s_fields() -> None:
    from connector.mapping.reading import Reader

    text = 'usable: s == "C"\nopen: s == "A"\nread: {name: n}\n'
    made = Reader(mapping(text, object="customer"), CHINA)
    records = [Record("1", {"s": s}) for s in ("C", "A", None)]
    assert [made.usable(record) for record in records] == [True, False, False]
    assert [made.open(record) for record in records] == [False, True, False]


def test_without_conditions_everything_is_usable_and_nothing_open() -> None:
    made, record = reader("name: n"), Record("1", {})
    assert (made.usable(record), made.open(record)) == (True, False)


def test_of_a_broken_record_the_readable_part_is_still_told() -> None:
    made = reader("order_date: d\nstatus: s", object="sales_order")
    assert made.partial(Record("1", {"d": "junk", "s": "draft"})) == {"status": "draft"}


def test_a_mapping_that_only_writes_cannot_read() -> None:
    from connector.mapping.reading import Reader

    with pytest.raises(ValueError, match="does not read"):
        Reader(mapping("write: {a: number}"), CHINA)


def test_an_unknown_table_is_a_problem_at_load() -> None:
    assert problems("read:\n  nothing: {each: r, key: k, fields: {}}\n")


@pytest.mark.parametrize("rows", [1, "x", {"id": "1"}, ["x"], [None], [[]]], ids=str)
def test_rows_that_are_none_are_a_fault_of_their_record(rows: Any) -> None:
    text = "order_date: day\ncustomer: c\nlines: {each: rows, key: id, fields: {quantity: qty}}"
    with pytest.raises(MappingFault) as caught:
        read(text, {"day": "2026-03-01", "c": "c", "rows": rows}, object="sales_order")
    assert caught.value.path == "lines"


# -- what some fields alone tell -------------------------------------------------------------------


def test_some_fields_of_a_form_tell_what_is_made_of_them_alone(tmp_path: Path) -> None:
    rules = """
name: title
phone: {from: tel, else: mobile}
short_name: {value: constant}
custom.colour: paint
active: {from: state, map: states}
"""
    made = reader(rules, tables(tmp_path, states="true: A\nfalse: B"))
    told = made.told_by({"title": "Firm", "tel": "1", "paint": None, "state": "?"})
    assert told == {"name": "Firm", "custom.colour": None}
    assert made.told_by({"tel": "", "mobile": "2"}) == {"phone": "2"}


def test_our_own_mark_is_read_where_the_object_goes_both_ways() -> None:
    text = "reference: ref\nread: {name: title}\n"
    record = Record("1", {"title": "Firm", "ref": " crm:7 "})
    for marked, mark in ((True, "crm:7"), (False, "")):
        made = Reader(mapping(text, object="customer"), CHINA, marked=marked)
        assert made.mark(record) == mark
        assert ("ref" in made.shape.fields) == marked
