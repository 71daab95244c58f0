"""Orders on their way into Odoo: made once, changed as far as Odoo's own screens allow."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from odoo_world import MARK, change, order, row

from connector.contract import Write
from connector.errors import AdapterError, AlreadyExists, Conflict, Gone, HalfDone, Rejected


def test_an_order_is_made_with_its_rows_in_one_call(world, erp) -> None:
    made = erp.write(order("1", row("a"), row("b", "2")))
    assert world.calls("load") == 1
    assert (made.step, made.number) == ("audited", "S00001")
    marks = {row["external_id"] for row in world.rows(made.key)}
    assert marks == {f"__connector__.sale.order/crm:1/order_line/{line}" for line in "ab"}


def test_what_carries_our_mark_is_not_touched_by_a_second_create(world, erp) -> None:
    key = erp.write(order("1")).key
    world.people("edit", form="sale.order", key=int(key), fields={"client_order_ref": "theirs"})
    with pytest.raises(AlreadyExists) as caught:
        erp.write(order("1", fields={"partner_id": "1", "client_order_ref": "ours"}))
    assert caught.value.key == key
    assert world.held(key)["client_order_ref"] == "theirs"


def test_of_many_that_make_the_same_order_at_once_one_makes_it(world) -> None:
    erp = world.adapter(parallel=6)
    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(lambda _: _tried(erp, order("1")), range(6)))
    assert len(world.sandbox.records("sale.order")) == 1
    assert {type(one).__name__ for one in outcomes} <= {"Written", "AlreadyExists"}


def _tried(erp, write):
    try:
        return erp.write(write)
    except AdapterError as error:
        return error


def test_an_import_that_comes_late_leaves_what_people_did(world, erp) -> None:
    """Between our look and our import another of ours, given up long ago, has arrived."""
    key = erp.write(order("1")).key
    world.people("edit", form="sale.order", key=int(key), fields={"client_order_ref": "theirs"})
    mark = "__connector__.sale.order/crm:1"
    columns, line = ["id", "partner_id/.id", "client_order_ref"], [mark, "1", "ours"]
    assert erp._client.load("sale.order", columns, [line]) == [int(key)]
    assert world.held(key)["client_order_ref"] == "theirs"


def test_marks_of_quotations_and_orders_with_one_key_are_kept_apart(world, erp) -> None:
    quote = replace(order("1", until=""), form="sale.order:quotation", show=None)
    keys = {erp.write(quote).key, erp.write(order("1")).key}
    assert len(keys) == 2
    assert {world.held(key)["state"] for key in keys} == {"draft", "sale"}


def test_rows_that_differ_in_their_fields_keep_what_only_some_of_them_have(world, erp) -> None:
    made = erp.write(order("1", row("a"), row("b", name="拆箱\n验货")))
    rows = {str(row["id"]): row for row in world.rows(made.key)}
    keys = made.line_keys["order_line"]
    assert (rows[keys["a"]]["name"], rows[keys["b"]]["name"]) == ("齿轮箱", "拆箱\n验货")


def test_a_name_that_nothing_or_too_much_bears_is_refused(world, erp) -> None:
    for tax in ("19%", "13% "):
        with pytest.raises(Rejected, match=tax):
            erp.write(order("1", row("a", **{"tax_ids.name": tax})))
    world.sandbox._records.create("account.tax", {"name": "6%", "type_tax_use": "sale"})
    with pytest.raises(Rejected, match="several"):
        erp.write(order("1", row("a", **{"tax_ids.name": "6%"})))
    made = erp.write(order("1", row("a", **{"tax_ids.name": "13%"})))
    assert world.rows(made.key)[0]["tax_ids"] == [1]  # the sales one, not that of purchases


def test_what_is_no_id_is_no_other_record(erp) -> None:
    with pytest.raises(Rejected, match="C1"):
        erp.write(order("1", fields={"partner_id": "C1"}))


def test_an_order_whose_amounts_differ_stays_a_quotation(world, erp) -> None:
    wrong = {"order_line/a/price_total": (Decimal(700), Decimal(1))}
    with pytest.raises(HalfDone) as caught:
        erp.write(order("1", expect=wrong))
    written = caught.value.written
    assert world.held(written.key)["state"] == "draft"
    assert (written.step, set(written.line_keys["order_line"])) == ("saved", {"a"})


# -- confirmed orders -----------------------------------------------------------------------


@pytest.fixture
def made(erp):
    """A confirmed order of two rows."""
    return erp.write(order("1", row("a"), row("b", "2")))


def test_a_quantity_that_changes_leaves_the_price_alone(world, erp, made) -> None:
    first = made.line_keys["order_line"]["a"]
    erp.write(change(made.key, row("a", key=first, product_uom_qty=Decimal(5))))
    changed = world.rows(made.key)[0]
    assert (changed["product_uom_qty"], changed["price_unit"]) == (5, 240)
    world.people("edit", form="sale.order.line", key=int(first), fields={"product_uom_qty": 6})
    assert world.rows(made.key)[0]["price_unit"] == 250  # what Odoo does where we do not care


def test_a_row_is_added_once_however_often_it_is_sent(world, erp, made) -> None:
    for _ in range(2):
        written = erp.write(change(made.key, row("c", "2")))
        assert set(written.line_keys["order_line"]) == {"c"}
    assert len(world.rows(made.key)) == 3


def test_a_row_that_goes_is_emptied_and_can_come_back(world, erp, made) -> None:
    gone = made.line_keys["order_line"]["b"]
    erp.write(change(made.key, drop=(gone,)))
    assert [row["product_uom_qty"] for row in world.rows(made.key)] == [3, 0]
    erp.write(change(made.key, row("b", key=gone, product_uom_qty=Decimal(2))))
    assert [row["product_uom_qty"] for row in world.rows(made.key)] == [3, 2]


def test_a_row_of_a_quotation_is_deleted(world, erp) -> None:
    made = erp.write(order("1", row("a"), row("b", "2"), until="saved"))
    erp.write(change(made.key, drop=(made.line_keys["order_line"]["b"],), until="saved"))
    assert len(world.rows(made.key)) == 1


def test_fields_that_odoo_s_screens_close_are_a_conflict(world, erp, made) -> None:
    for name in ("partner_id", "pricelist_id.name", "currency_id.name"):
        with pytest.raises(Conflict, match=name.partition(".")[0]):
            erp.write(change(made.key, fields={name: "2"}))
    assert world.held(made.key)["partner_id"] == 1
    erp.write(change(made.key, fields={"client_order_ref": "2"}))


def test_rows_of_a_locked_order_are_a_conflict_and_its_own_fields_are_not(world, erp, made) -> None:
    world.people("lock", number=made.number)
    with pytest.raises(Conflict, match="locked"):
        erp.write(change(made.key, row("c", "2")))
    with pytest.raises(Conflict, match="locked"):
        erp.write(change(made.key, verb="cancel"))
    erp.write(Write("sale.order", made.key, {"x_erp_number": "1"}))
    assert world.held(made.key)["x_erp_number"] == "1"


def test_what_was_delivered_stays(world, erp, made) -> None:
    first, second = (made.line_keys["order_line"][line] for line in "ab")
    world.people("ship", number=made.number)
    with pytest.raises(Conflict, match="return"):
        erp.write(change(made.key, verb="cancel"))
    with pytest.raises(Conflict, match="return"):
        erp.write(change(made.key, drop=(second,)))
    with pytest.raises(Rejected, match="decreased below"):
        erp.write(change(made.key, row("a", key=first, product_uom_qty=Decimal(1))))
    assert world.held(made.key)["state"] == "sale"


def test_the_price_of_what_was_invoiced_stays(world, erp, made) -> None:
    first = made.line_keys["order_line"]["a"]
    fields = {"qty_invoiced": 3}
    world.people("edit", form="sale.order.line", key=int(first), fields=fields)
    with pytest.raises(Conflict, match="invoiced"):
        erp.write(change(made.key, row("a", key=first, price_unit=Decimal(1))))
    erp.write(change(made.key, row("a", key=first, product_uom_qty=Decimal(4))))


def test_a_cancelled_order_takes_nothing_more(world, erp, made) -> None:
    erp.write(change(made.key, verb="cancel"))
    for write in (change(made.key, fields={"origin": "x"}), change(made.key)):
        with pytest.raises(Conflict, match="cancelled"):
            erp.write(write)


def test_a_question_on_the_screen_is_waited_for_and_no_success(world, erp) -> None:
    world.sandbox.switches["asks"] = True
    made = erp.write(order("1"))
    assert (made.step, world.held(made.key)["state"]) == ("saved", "draft")
    assert made.number in made.awaits
    world.sandbox.switches["asks"] = False
    assert erp.write(change(made.key)).step == "audited"


# -- other records --------------------------------------------------------------------------


def test_a_customer_that_is_closed_is_archived_and_still_found(world, erp) -> None:
    fields = {"name": "丙公司", "customer_rank": 1}
    new = Write("res.partner:customer", "", fields, reference=(MARK, "crm:9"))
    key = erp.write(new).key
    erp.write(Write("res.partner:customer", key, {}, verb="close"))
    assert world.held(key, "res.partner")["active"] is False
    shape = replace(order("1").show, form="res.partner:customer", fields=("active",), tables={},
                    number="")  # fmt: skip
    assert [r.fields["active"] for r in erp.find(shape, MARK, ["crm:9"])] == [False]


def test_what_cannot_be_ended_so_says_it(erp, made) -> None:
    for form, verb in (("sale.order", "close"), ("res.partner:customer", "cancel")):
        with pytest.raises(Rejected):
            erp.write(Write(form, "1", {}, verb=verb))


def test_what_is_gone_is_gone(erp) -> None:
    for key in ("4711", "no id"):
        with pytest.raises(Gone):
            erp.write(change(key, fields={"origin": "x"}))
