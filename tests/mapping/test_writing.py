"""Writing: a stored record becomes a document, links still standing as the source's keys."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.errors import MappingFault
from connector.mapping.document import LinkRef
from connector.mapping.writing import Writer
from tests.mapping.build import mapping, tables, writer, written


def test_a_field_is_written_as_its_object_declares_it() -> None:
    fields = written(
        "a: number\nb: order_date\nc: discount",
        {"number": "007", "order_date": "2026-11-20", "discount": "1.50"},
    )
    assert fields == {"a": "007", "b": date(2026, 11, 20), "c": Decimal("1.50")}


def test_fields_go_out_in_the_order_of_the_file() -> None:
    fields = written("z: number\na: status\nm: kind", {"number": "1", "status": "s", "kind": "k"})
    assert list(fields) == ["z", "a", "m"]


def test_a_default_of_the_object_is_written_though_the_store_leaves_it_out() -> None:
    assert written("a: kind\nb: tax_included\nc: discount", {}) == {
        "a": "standard",
        "b": True,
        "c": Decimal(0),
    }


def test_an_empty_source_leaves_the_target_alone() -> None:
    assert written("a: special_terms", {}) == {}
    assert written("a: special_terms", {"special_terms": ""}) == {}


def test_an_empty_source_clears_the_target_where_the_mapping_says_so() -> None:
    assert written("a: {from: special_terms, empty: clear}", {}) == {"a": None}


def test_zero_is_no_empty_source() -> None:
    assert written("a: discount\nb: urgency", {"discount": "0", "urgency": 0}) == {
        "a": Decimal(0),
        "b": 0,
    }


def test_a_default_of_the_rule_stands_for_empty() -> None:
    assert written('a: {from: organisation, default: "100"}', {}) == {"a": "100"}
    assert written('a: {from: organisation, default: "100"}', {"organisation": "2"}) == {"a": "2"}


def test_a_rule_whose_condition_fails_writes_nothing() -> None:
    rule = 'a: {from: exchange_rate, when: currency != "CNY"}'
    assert written(rule, {"exchange_rate": "7.1", "currency": "USD"}) == {"a": Decimal("7.1")}
    assert written(rule, {"exchange_rate": "7.1"}) == {}


def test_else_is_taken_in_its_order() -> None:
    rule = "a: {from: contract_no, else: [customer_order_no, number]}"
    assert written(rule, {"number": "N"}) == {"a": "N"}
    assert written(rule, {"number": "N", "customer_order_no": "C"}) == {"a": "C"}
    assert written(rule, {"number": "N", "contract_no": "K"}) == {"a": "K"}


def test_a_template_is_filled_or_nothing_is_written() -> None:
    rule = 'a: {template: "CRM {number} / {status}"}'
    assert written(rule, {"number": "1", "status": "s"}) == {"a": "CRM 1 / s"}
    assert written(rule, {"number": "1"}) == {}


def test_a_constant_is_what_the_file_says() -> None:
    assert written("a: {value: true}\nb: {value: 1.10}\nc: {value: '01'}", {}) == {
        "a": True,
        "b": Decimal("1.1"),
        "c": "01",
    }


def test_fields_of_one_s_own_are_found_under_custom() -> None:
    assert written("a: custom.zone", {"custom": {"zone": "east"}}) == {"a": "east"}
    assert written("a: custom.zone", {}) == {}


def test_types_are_changed_where_the_rule_says_so() -> None:
    rules = "a: {from: order_date, type: text}\nb: {from: custom.z, type: text}\n"
    rules += "c: {from: custom.n, type: number}\nd: {from: custom.b, type: bool}"
    record = {"order_date": "2026-11-20", "custom": {"z": 7, "n": "1.50", "b": "1"}}
    assert written(rules, record) == {
        "a": "2026-11-20",
        "b": "7",
        "c": Decimal("1.50"),
        "d": True,
    }


@pytest.mark.parametrize(
    "scale, value, result",
    [
        ("2", "1.005", "1.01"),
        ("0", "2.5", "3"),
        ("money", "1.005", "1.01"),
        ("price", "0.33333333", "0.333333"),
        ("quantity", "0.12345678905", "0.1234567891"),
    ],
)
def test_numbers_are_rounded_half_up_to_their_scale(scale: str, value: str, result: str) -> None:
    (found,) = written(f"a: {{from: discount, scale: {scale}}}", {"discount": value}).values()
    assert str(found) == result


def test_the_scale_of_money_is_the_currency_s() -> None:
    rule = "a: {from: discount, scale: money}"
    assert str(written(rule, {"discount": "10.4", "currency": "JPY"})["a"]) == "10"


def test_a_row_s_money_has_the_head_s_currency() -> None:
    made = writer("t: {each: lines, key: k, fields: {a: {from: amount_with_tax, scale: money}}}")
    record = {"currency": "JPY", "lines": [{"id": "1", "amount_with_tax": "10.4"}]}
    assert str(made(record).tables["t"]["1"].fields["a"]) == "10"


def test_max_bytes_counts_bytes_and_stops_the_record() -> None:
    rule = "a: {from: special_terms, max_bytes: 6}"
    assert written(rule, {"special_terms": "二字"}) == {"a": "二字"}
    with pytest.raises(MappingFault) as caught:
        written(rule, {"special_terms": "二字!"})
    assert caught.value.path == "a"
    assert "7 bytes, 6 are allowed" in str(caught.value)


def test_cut_counts_characters_and_cuts() -> None:
    assert written("a: {from: special_terms, cut: 2}", {"special_terms": "一二三"}) == {"a": "一二"}


def test_what_is_cut_first_may_then_fit() -> None:
    rule = "a: {from: special_terms, cut: 2, max_bytes: 6}"
    assert written(rule, {"special_terms": "一二三四"}) == {"a": "一二"}


def test_a_function_is_called_with_its_fields() -> None:
    record = {"number": "A1", "ship_to_phone": "+86 (10) 1234"}
    assert written("a: {call: join, from: [number, status, kind]}", record) == {"a": "A1 standard"}
    assert written("a: {call: digits, from: ship_to_phone}", record) == {"a": "86101234"}


def test_a_code_is_written_through_its_map_or_stops_the_record(tmp_path: Path) -> None:
    values = tables(tmp_path, kind="standard: X1\n")
    assert written("a: {from: kind, map: kind}", {}, values) == {"a": "X1"}
    with pytest.raises(MappingFault, match=r'"sample" has no counterpart in kind'):
        written("a: {from: kind, map: kind}", {"kind": "sample"}, values)
    assert written("a: {from: kind, map: kind, default: X9}", {"kind": "sample"}, values) == {
        "a": "X9"
    }


def test_an_expression_that_fails_is_a_fault_of_its_field() -> None:
    with pytest.raises(MappingFault) as caught:
        written("a: {expr: discount / urgency}", {"discount": "1", "urgency": 0})
    assert caught.value.path == "a"
    assert "m.yaml:5:3" in str(caught.value)


def test_text_where_a_number_is_scaled_is_a_fault() -> None:
    with pytest.raises(MappingFault):
        written("a: {from: number, scale: 2}", {"number": "12,3x"})


# -- links -----------------------------------------------------------------------------------


def test_a_link_stands_as_the_source_s_key() -> None:
    fields = written("a: {from: customer, link: customer}", {"customer": "c1"})
    assert fields == {"a": LinkRef("customer", "c1")}


def test_a_link_carries_all_that_its_rule_says(tmp_path: Path) -> None:
    rule = "a: {from: customer, link: customer.currency, scope: organisation, default: X}"
    (found,) = written(rule, {"customer": "c1", "organisation": "100"}).values()
    assert found == LinkRef("customer", "c1", "currency", "100", "default", "X")


def test_a_link_by_several_fields_has_a_joined_key() -> None:
    rule = "a: {from: [number, organisation], link: stock}"
    (found,) = written(rule, {"number": "N", "organisation": "100"}).values()
    assert found.key == "N|100"


def test_an_empty_link_is_left_alone_or_cleared() -> None:
    assert written("a: {from: ship_to, link: customer, default: X}", {}) == {}
    assert written("a: {from: ship_to, link: customer, empty: clear}", {}) == {"a": None}


def test_links_are_found_and_resolved_anywhere_in_the_tree() -> None:
    document = orders()(record())
    assert {link.key for link in document.links()} == {"c1", "m1", "m2"}
    document.resolve(lambda link: link.key.upper())
    assert document.fields["customer"] == "C1"
    assert [row.fields["material"] for row in document.tables["rows"].values()] == ["M1", "M2"]


# -- rows ------------------------------------------------------------------------------------

RULES = """
customer: {from: customer, link: customer}
no: {from: number, on: create}
total: {from: amount_with_tax, on: check, tolerance: 0}
rows:
  each: lines
  key: rid
  when: kind != "freight" or record.kind == "sample"
  fields:
    material: {from: material, link: material}
    qty: {from: quantity, reads_as: FQuantity}
    org: {from: record.organisation, default: "100", on: create}
    mto: record.tracking_no
"""


def orders() -> Writer:
    return writer(RULES)


def record(**fields: Any) -> dict[str, Any]:
    lines = [
        {"id": "a", "material": "m1", "quantity": "1"},
        {"id": "b", "material": "m2", "quantity": "2.5"},
    ]
    return {"customer": "c1", "number": "O1", "tracking_no": "T", "lines": lines, **fields}


def test_rows_are_by_the_source_s_line_key_in_the_source_s_order() -> None:
    rows = orders()(record()).tables["rows"]
    assert list(rows) == ["a", "b"]
    assert rows["b"].fields["qty"] == Decimal("2.5")


def test_a_row_sees_the_head_under_record() -> None:
    row = orders()(record()).tables["rows"]["a"]
    assert (row.fields["mto"], row.fields["org"]) == ("T", "100")


def test_lines_for_which_the_condition_fails_are_no_rows() -> None:
    lines = [{"id": "a", "kind": "freight"}, {"id": "b"}]
    assert list(orders()(record(lines=lines)).tables["rows"]) == ["b"]
    assert list(orders()(record(lines=lines, kind="sample")).tables["rows"]) == ["a", "b"]


def test_an_order_without_lines_has_an_empty_table() -> None:
    assert orders()(record(lines=[])).tables == {"rows": {}}


def test_what_is_written_once_or_only_checked_is_known_by_its_path() -> None:
    made = orders()
    assert made.create_only == {"no", "rows/org"}
    assert made.checks == {"total"}
    assert made.not_wanted == {"no", "rows/org", "total"}


def test_the_shape_reads_back_all_but_what_is_written_once() -> None:
    shape = orders().shape
    assert shape.fields == ("customer", "total")
    assert shape.tables["rows"].key == "rid"
    assert shape.tables["rows"].fields == ("material", "FQuantity", "mto")


NESTED = """
rows:
  each: lines
  key: rid
  fields:
    qty: quantity
    parts: {each: parts, key: pid, fields: {x: note, y: record.number}}
"""


def test_rows_inside_rows_are_built_and_see_the_head(monkeypatch: pytest.MonkeyPatch) -> None:
    from connector.mapping import load, write_level
    from connector.objects import OrderLine, SalesOrder

    def kinds(model: Any) -> Any:
        found = {"SalesOrder": {"lines": OrderLine, "number": "text"}, "OrderLine": {
            "quantity": "number", "note": "text", "parts": OrderLine}}  # fmt: skip
        return found[model.__name__]

    assert SalesOrder.__name__ == "SalesOrder"
    monkeypatch.setattr(load, "kinds", kinds)
    monkeypatch.setattr(write_level, "kinds", kinds)
    made = writer(NESTED)
    parts = [{"id": "p", "note": "n1"}, {"note": "n2"}]
    document = made({"number": "O1", "lines": [{"id": "a", "quantity": "1", "parts": parts}]})
    inner = document.tables["rows"]["a"].tables["parts"]
    assert {key: node.fields for key, node in inner.items()} == {
        "p": {"x": "n1", "y": "O1"},
        "2": {"x": "n2", "y": "O1"},
    }
    assert set(made.rules) == {"rows/qty", "rows/parts/x", "rows/parts/y"}
    assert made.shape.tables["rows"].fields == ("qty",)


@pytest.mark.parametrize(
    "text",
    [
        "day: {from: order_date, scale: 2}",
        "rows: {each: lines, key: id, when: quantity / shipped > 1, fields: {note: note}}",
    ],
)
def test_what_a_value_cannot_be_stops_the_record_and_names_the_rule(text: str) -> None:
    record = {"order_date": "2026-01-01", "lines": [{"id": "a", "quantity": "1", "shipped": "0"}]}
    with pytest.raises(MappingFault, match=r"m\.yaml:5:3") as found:
        writer(text)(record)
    assert found.value.path == text.partition(":")[0]


def test_a_mapping_that_only_reads_cannot_write() -> None:
    with pytest.raises(ValueError, match="does not write"):
        Writer(mapping("read: {number: a}"))


def test_a_record_may_be_the_only_row_of_a_table() -> None:
    text = (
        "name: number\nrows:\n  each: record\n  key: id\n"
        "  fields: {material: {from: material, link: material}, due: ends_on,\n"
        "           half: {expr: quantity / 2}}"
    )
    forecast = {"number": "F1", "material": "M1", "ends_on": "2026-04-30", "quantity": "9"}
    document = writer(text, object="forecast")(forecast)
    assert document.fields == {"name": "F1"}
    assert list(document.tables["rows"]) == ["1"]
    row = document.tables["rows"]["1"].fields
    assert (row["due"], row["half"]) == (date(2026, 4, 30), Decimal("4.5"))
    assert [link.key for link in document.links()] == ["M1"]


def test_what_cannot_be_written_of_that_row_is_told(tmp_path: Path) -> None:
    text = "rows:\n  each: record\n  key: id\n  fields: {kind: {from: status, map: kinds}}"
    made = writer(text, tables(tmp_path, kinds="known: 1\n"), object="forecast")
    _, faults = made.taken_apart({"number": "F1", "status": "unknown"})
    assert [fault.path for fault in faults] == ["kind"]
