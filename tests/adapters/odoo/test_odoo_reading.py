"""Reading Odoo: rows that move no order, paths through other records, older versions' names."""

from __future__ import annotations

from decimal import Decimal

import pytest
from odoo_world import LINE, MARK, ORDER, change, order, pages, read, row, shape

from connector.contract import Shape, Table
from connector.errors import Rejected
from sandbox.odoo import registry


@pytest.fixture
def made(world, erp):
    """A confirmed order of two rows, read already; and the cursor after it."""
    written = erp.write(order("1", row("a"), row("b", "2")))
    world.later(erp)
    cursor = pages(erp)[-1].cursor
    world.later(erp, 700)
    return written, pages(erp, cursor)[-1].cursor


def test_a_row_s_text_moves_no_order_and_brings_it_all_the_same(world, erp, made) -> None:
    written, cursor = made
    stamp = world.held(written.key)["write_date"]
    world.people("edit", form=LINE, key=1, fields={"name": "other text"})
    assert world.held(written.key)["write_date"] == stamp
    world.later(erp)
    found = read(erp, cursor)
    assert [(record.key, record.again) for record in found] == [(written.key, False)]


def test_what_began_before_the_cursor_and_was_committed_after_it_is_found(world, erp, made) -> None:
    written, cursor = made
    at = (world.sandbox.clock.now().replace(microsecond=0)).isoformat()
    world.later(erp, 6)
    later = pages(erp, cursor)[-1].cursor
    world.people("edit", form=ORDER, key=int(written.key), fields={"origin": "late"}, at=at)
    world.later(erp)
    assert written.key in [record.key for record in read(erp, later)]
    assert read(world.adapter(lookback=0), later) == []


def test_an_order_tells_its_customer_s_company_and_the_names_of_what_it_points_to(
    world, erp
) -> None:
    contact = world.people("add_customer", name="王五")
    world.people("edit", form="res.partner", key=contact, fields={"parent_id": 1})
    line = row("a", **{"tax_ids.name": "13%"})
    erp.write(order("1", line, fields={"partner_id": str(contact)}))
    (record,) = read(erp)
    assert record.fields["partner_id.commercial_partner_id"] == 1
    assert record.fields["currency_id.name"] == "CNY"
    (line,) = record.fields["order_line"]
    assert (line["tax_ids.amount"], line["product_uom_id.name"]) == (Decimal(13), "Units")


def test_rows_of_another_form_belong_to_a_record_by_whatever_path_leads_to_it(erp, made) -> None:
    written, _ = made
    moves = Table("id", ("quantity",), "stock.move", "sale_line_id.order_id")
    (record,) = read(erp, wanted=Shape(ORDER, ("id",), (), "name", {"moves": moves}))
    assert record.key == written.key
    assert [move["quantity"] for move in record.fields["moves"]] == [3, 3]


def test_what_paths_lead_to_is_asked_for_once_a_page_and_model(world, erp) -> None:
    for number in range(5):
        erp.write(order(str(number), until="saved"))
    before = world.calls("search_read")
    assert len(read(erp)) == 5
    paths = {"partner_id", "currency_id", "payment_term_id", "partner_shipping_id", "state_id"}
    assert world.calls("search_read") - before <= 2 + len(paths) + len({"unit", "tax"})


def test_stock_of_several_places_of_a_warehouse_is_added_up(world, erp) -> None:
    records, location = world.sandbox._records, {"usage": "internal", "warehouse_id": 1}
    shelf = records.create("stock.location", {"name": "Shelf", **location})
    quant = {"product_id": 2, "location_id": shelf, "quantity": Decimal("2.5")}
    records.create("stock.quant", {**quant, "reserved_quantity": Decimal(1)})
    customers = records.one("stock.location", usage="customer")
    records.create("stock.quant", {**quant, "location_id": customers})
    (found,) = read(erp, wanted=shape("stock"))
    assert found.key == "2|CK01|||internal"
    assert (found.fields["quantity"], found.fields["reserved_quantity"]) == (490, 1)
    assert [r.fields["quantity"] for r in erp.fetch(shape("stock"), [found.key, "9|CK01|||x"])] == [
        490
    ]


def test_archived_records_are_read_and_say_so(world, erp) -> None:
    world.people("edit", form="res.partner", key=2, fields={"active": False})
    found = {r.key: r.fields["active"] for r in read(erp, wanted=shape("customer"))}
    assert found == {"1": True, "2": False}


def test_our_own_people_contacts_and_mere_suppliers_are_no_customers(world, erp) -> None:
    for fields in ({"parent_id": 1}, {"partner_share": False},
                   {"customer_rank": 0, "supplier_rank": 3}):  # fmt: skip
        key = world.people("add_customer", name="no customer")
        world.people("edit", form="res.partner", key=key, fields=fields)
    assert [record.key for record in read(erp, wanted=shape("customer"))] == ["1", "2"]


def test_a_mark_is_read_where_it_is_asked_for(world, erp, made) -> None:
    written, _ = made
    (record,) = erp.fetch(Shape(ORDER, ("id",), (MARK,)), [written.key])
    assert record.fields[MARK] == "crm:1"
    erp.write(order("2", reference=None))
    assert [r.fields[MARK] for r in read(erp, wanted=Shape(ORDER, ("id",), (MARK,)))] == [
        "crm:1", None,
    ]  # fmt: skip


def test_a_field_that_was_added_since_is_found(world, erp, monkeypatch) -> None:
    read(erp, wanted=Shape(ORDER, ("id",), ("origin",)))
    fields = {**registry.MODELS[ORDER], "x_new": registry.Field("x_new", "char")}
    monkeypatch.setitem(registry.MODELS, ORDER, fields)
    assert read(erp, wanted=Shape(ORDER, ("id",), ("x_new",))) == []


def test_older_versions_names_are_found_and_what_they_lack_reads_as_empty(
    world, erp, monkeypatch
) -> None:
    fields = dict(registry.MODELS[LINE])
    del fields["is_downpayment"], fields["technical_price_unit"]
    fields["tax_id"] = registry.Field("tax_id", "many2many", "account.tax")
    del fields["tax_ids"]
    monkeypatch.setitem(registry.MODELS, LINE, fields)
    line = row("a", **{"tax_ids.name": "9%", "technical_price_unit": 0})
    key = erp.write(order("1", line, until="saved")).key
    assert world.rows(key)[0]["tax_id"] == [2]
    wanted = Shape(ORDER, ("id",), (), tables={
        "order_line": Table("id", ("tax_ids.name", "is_downpayment")),
    })  # fmt: skip
    (record,) = read(erp, wanted=wanted)
    (shown,) = record.fields["order_line"]
    assert (shown["tax_ids.name"], shown["is_downpayment"]) == ("9%", None)


def test_a_table_that_is_no_table_is_refused(erp) -> None:
    with pytest.raises(Rejected, match="origin"):
        read(erp, wanted=Shape(ORDER, ("id",), (), tables={"origin": Table("id", ())}))


def test_the_company_and_the_language_go_along_with_every_call(world) -> None:
    told: list[dict[str, object]] = []
    search = world.sandbox._methods["search_read"]

    def listen(model, *, context, **more):
        told.append(context)
        return search(model, context=context, **more)

    world.sandbox._methods["search_read"] = listen
    world.adapter(company=3, language="zh_CN").check()
    assert told[0]["allowed_company_ids"] == [3]
    assert told[0]["lang"] == "zh_CN"


def test_a_form_tells_what_a_new_record_must_have_and_the_rows_it_has(erp) -> None:
    fields = {(field.table, field.name): field for field in erp.describe(ORDER)}
    assert {place for place, field in fields.items() if field.required} == {("", "partner_id")}
    assert ("", MARK) in fields
    assert ("order_line", "price_unit") in fields


def test_codes_are_told_of_choices_and_of_names(erp) -> None:
    assert erp.codes(ORDER, "state", ["sale", "x"]) == {"sale": "Sale"}
    assert set(erp.codes(ORDER, "order_line/tax_ids.name")) == {"13%", "9%", "6%"}
    assert erp.codes(ORDER, "payment_term_id.name", ["30 Days"]) == {"30 Days": "30 Days"}
    assert erp.codes(ORDER, "origin") is erp.codes(ORDER, "no_such_field") is None


def test_a_change_of_ours_is_read_like_anybody_s(world, erp, made) -> None:
    written, cursor = made
    erp.write(change(written.key, fields={"client_order_ref": "ours"}))
    world.later(erp)
    assert [record.key for record in read(erp, cursor)] == [written.key]
