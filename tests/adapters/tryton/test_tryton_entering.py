"""What goes into a new record: what Tryton fills in, names instead of ids, prompts."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tryton_site import SALE, Site, line

from connector.contract import RowWrite, Shape, Table, TableWrite, Write
from connector.errors import AlreadyExists, Rejected

PARTY = Shape(
    "party.party", ("id",), ("name", "phone"), "code",
    {"contact_mechanisms[type=phone]": Table("id", ("type", "value"))},
)  # fmt: skip


def party(**fields: str) -> Write:
    mark = ("identifiers.code", "crm:7")
    return Write("party.party", "", {"name": "晨光五金", **fields}, reference=mark, show=PARTY)


def test_tryton_fills_in_what_its_client_would(site: Site) -> None:
    written = site.adapter.write(site.sale(line("a")))
    shown = written.shown.fields
    assert shown["total_amount"] == Decimal("22.60"), "with 13 % tax"
    assert shown["payment_term.name"] == "月结"
    assert shown["lines"][0]["unit.symbol"] == "u"


def test_what_the_mapping_writes_is_not_filled_in(site: Site) -> None:
    own = replace(line("a", product="4"), fields={**line("a", product="4").fields, "unit": "3"})
    written = site.adapter.write(site.sale(own, until="saved"))
    assert written.shown.fields["lines"][0]["unit.symbol"] == "g"


def test_without_entering_nothing_is_filled_in(site: Site) -> None:
    with pytest.raises(Rejected, match="Unit"):
        site.adapter.write(site.sale(options={}))


def test_another_record_may_be_named_by_one_of_its_fields(site: Site) -> None:
    fields = {"party.code": "C0007", "currency.code": "CNY"}
    written = site.adapter.write(site.sale(fields=fields, until="saved"))
    assert written.shown.fields["party"] == 2


@pytest.mark.parametrize(("code", "words"), [("nobody", "has no record"), ("", "has no record")])
def test_a_name_that_nobody_has_is_refused(site: Site, code: str, words: str) -> None:
    with pytest.raises(Rejected, match=words) as caught:
        site.adapter.write(site.sale(fields={"party": "2", "payment_term.name": code or "x"}))
    assert caught.value.field == "name"
    assert site.calls("create") == 0


def test_a_field_that_is_not_there_is_named_before_anything_is_sent(site: Site) -> None:
    with pytest.raises(Rejected, match="has no field nonsense"):
        site.adapter.write(site.sale(fields={"party": "2", "nonsense": "1"}))
    assert site.calls("create") == 0


# -- parties ------------------------------------------------------------------------------------


def test_our_mark_is_a_row_of_its_own_beside_other_rows(site: Site) -> None:
    phone = TableWrite([RowWrite("", "", {"value": "0769-1"})])
    code = TableWrite([RowWrite("", "", {"code": "91110000600037341L"})])
    tables = {"contact_mechanisms[type=phone]": phone, "identifiers[type=cn_vat]": code}
    written = site.adapter.write(replace(party(), tables=tables))
    assert written.shown.fields["phone"] == "0769-1"
    held = {
        (one["type"], one["code"]) for one in site.server.rows("select * from party_identifier")
    }
    assert held == {(None, "crm:7"), ("cn_vat", "91110000600037341L")}
    for value in ("crm:7", "91110000600037341L"):
        (found,) = site.adapter.find(PARTY, "identifiers.code", [value])
        assert (found.key, found.fields["identifiers.code"]) == (written.key, value)


def test_a_row_of_one_kind_changes_and_the_others_stay(site: Site) -> None:
    tables = {
        f"contact_mechanisms[type={kind}]": TableWrite([RowWrite("", "", {"value": value})])
        for kind, value in (("phone", "0769-1"), ("email", "a@example.com"))
    }
    made = site.adapter.write(replace(party(), tables=tables))
    name = "contact_mechanisms[type=phone]"
    row = RowWrite("", made.line_keys[name][""], {"value": "0769-2"})
    site.adapter.write(Write("party.party", made.key, {}, {name: TableWrite([row])}))
    rows = site.server.rows("select type, value from party_contact_mechanism")
    assert {one["type"]: one["value"] for one in rows} == {
        "phone": "0769-2",
        "email": "a@example.com",
    }


def test_a_code_in_use_is_told_with_whose_it_is(site: Site) -> None:
    with pytest.raises(AlreadyExists) as caught:
        site.adapter.write(replace(party(code="C0007"), number="code"))
    assert caught.value.key == "2"


def test_a_code_may_be_our_mark_and_then_tryton_refuses_a_second_one(site: Site) -> None:
    write = replace(party(), reference=("code", "crm:7"))
    made = site.adapter.write(write)
    with pytest.raises(AlreadyExists) as caught:
        site.adapter.write(write)
    assert caught.value.key == made.key


def test_a_party_is_taken_out_of_use_and_still_found(site: Site) -> None:
    made = site.adapter.write(party())
    site.adapter.write(Write("party.party", made.key, {}, verb="close"))
    (held,) = site.server.rows("select active from party_party where id = ?", int(made.key))
    assert not held["active"]
    assert [found.key for found in site.adapter.find(PARTY, "identifiers.code", ["crm:7"])]


# -- prompts ------------------------------------------------------------------------------------


def test_a_prompt_is_told_and_never_answered_unasked(site: Site) -> None:
    """There is not so much of it in stock, says the module sale_stock_quantity."""
    made = site.adapter.write(site.sale(line("a", 1_000_000), until="saved"))
    steps = Write("sale.sale", made.key, {}, number="number", until="audited", show=SALE)
    with pytest.raises(Exception, match="lower than its quantity") as caught:
        site.adapter.write(steps)
    assert caught.value.code == "stock_quantity_warning"
    assert site.state(made.key) == "draft"
    accepted = replace(steps, accept=frozenset({"stock_quantity_warning"}))
    assert site.adapter.write(accepted).step == "audited"
