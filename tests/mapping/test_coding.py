"""The codes that a mapping names: what it writes and what it knows, and for which field."""

from __future__ import annotations

import pytest

from connector import yamlfile
from connector.mapping import coding, using
from connector.mapping.load import Values, parse
from connector.mapping.model import Mapping
from tests.docs.pages import ROOT

TEXT = """
object: sales_order
form: Order
key: id
write:
  Type:     {from: kind, map: kingdee_order_type, default: T9}
  Org:      {value: "100"}
  Free:     {value: true}
  Rate:     {from: exchange_rate, default: 1.5}
  Note:     special_terms
  Terms:    {from: payment_terms, map: kingdee_traced_by, default: T7}
  Entry:
    each: lines
    key: row
    when: kind != "freight"
    fields:
      Row:  {from: kind, map: kingdee_row_type}
      Cur:  {from: record.currency, map: kingdee_currency}
      Qty:  quantity
read:
  currency: {from: mc, else: [mc2], map: kingdee_currency}
  bill_status: {expr: 'a == "B" ? "void" : b', map: kingdee_bill_status}
  lines:
    each: {form: Line, by: order}
    key: id
    fields:
      kind: {from: record.top, map: kingdee_line_kind}
      unit: {from: u, map: fxiaoke_unit}
"""


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return parse(yamlfile.loads(TEXT), "m.yaml", Values([ROOT / "mappings/values"]))


def test_written_are_constants_defaults_and_the_other_side_of_tables(mapping: Mapping) -> None:
    found: dict[str, set[str]] = {}
    for form, field, code, _ in coding.written(mapping):
        assert form == "Order"
        found.setdefault(field, set()).add(code)
    assert {field: codes for field, codes in found.items() if field != "Entry/Cur"} == {
        "Type": {"XSDD01_SYS", "T9"},
        "Org": {"100"},
        "Terms": {"1", "0", "T7"},
        "Entry/Row": {"Standard", "Service"},
    }
    assert "PRE001" in found["Entry/Cur"]


def test_read_are_the_codes_that_tables_know_for_plain_fields(mapping: Mapping) -> None:
    fields = {(form, field) for form, field, *_ in coding.read(mapping)}
    assert fields == {("Order", "mc"), ("Order", "mc2"), ("Order", "top"), ("Line", "u")}


def test_a_use_names_our_field_theirs_and_what_records_ask_for(mapping: Mapping) -> None:
    (use,) = using.written(mapping, "kingdee_row_type")
    assert (use.ours, use.theirs) == (("lines.kind",), (("Order", "Entry/Row"),))
    assert use.needed is not None
    lines = [{"id": "1", "kind": "gift"}, {"id": "2", "kind": "freight"}, {"id": "3"}]
    assert use.needed({"lines": lines}) == {"gift", "goods"}
    (use,) = using.written(mapping, "kingdee_currency")
    assert use.ours == ("currency",)
    assert use.needed is not None
    assert use.needed({"currency": "USD", "lines": lines}) == {"USD"}
    (use,) = using.written(mapping, "kingdee_traced_by")
    assert use.needed is not None
    assert use.needed({}) == set()
    (read,) = using.read(mapping, "fxiaoke_unit")
    assert (read.ours, read.theirs, read.needed) == (("lines.unit",), (("Line", "u"),), None)
