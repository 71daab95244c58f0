"""What Odoo's refusals mean, on every protocol, and what of them is never kept."""

from __future__ import annotations

from decimal import Decimal

import pytest
from odoo_world import ORDER, change, order, read, shape

from adapters.odoo import xml
from adapters.odoo.answers import Refusal, of_import
from adapters.odoo.settings import OdooSettings
from connector.contract import Identity, Shape
from connector.errors import (
    AccessDenied,
    OutcomeUnknown,
    Rejected,
    Transient,
)

PROTOCOLS = pytest.mark.parametrize("protocol", ["json2", "jsonrpc", "xmlrpc"])
BUSY_TEXT = OdooSettings.model_fields["busy_text"].default
TRACEBACK = """Traceback (most recent call last):
  File "/opt/odoo/http.py", line 2273, in _serve_db
    return service_model.retrying(serve_func, env=self.env)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
{last}"""


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("werkzeug.exceptions.Unauthorized", AccessDenied),
        ("odoo.exceptions.AccessDenied", AccessDenied),
        ("odoo.exceptions.AccessError", AccessDenied),
        ("odoo.exceptions.UserError", Rejected),
        ("odoo.exceptions.ValidationError", Rejected),
        ("odoo.exceptions.MissingError", Rejected),
        ("werkzeug.exceptions.NotFound", Rejected),
        ("werkzeug.exceptions.UnprocessableEntity", Rejected),
        ("builtins.ValueError", Rejected),
        ("psycopg2.errors.SerializationFailure", Transient),
        ("psycopg2.errors.DeadlockDetected", Transient),
        ("psycopg2.errors.LockNotAvailable", Transient),
        ("psycopg2.OperationalError", OutcomeUnknown),
        ("psycopg2.InterfaceError", OutcomeUnknown),
        ("", Rejected),
    ],
)
def test_an_exception_means_what_is_to_be_done_about_it(name: str, kind: type) -> None:
    assert type(Refusal(name, "words").error(writes=True)) is kind


def test_a_database_that_went_away_while_reading_is_tried_later() -> None:
    error = Refusal("psycopg2.OperationalError", "gone").error(writes=False)
    assert type(error) is Transient


INVALID = TRACEBACK.format(last="ValueError: Invalid field 'x'\n")
DEADLOCK = TRACEBACK.format(last="psycopg2.errors.DeadlockDetected: deadlock\nDETAIL:  Process 1\n")


@pytest.mark.parametrize(
    ("code", "text", "name", "message"),
    [
        (2, "Not in this state.\n", "odoo.exceptions.UserError", "Not in this state."),
        (3, "Access Denied", "odoo.exceptions.AccessDenied", "Access Denied"),
        (4, "You are not allowed", "odoo.exceptions.AccessError", "You are not allowed"),
        (1, INVALID, "ValueError", "Invalid field 'x'"),
        (1, DEADLOCK, "psycopg2.errors.DeadlockDetected", "deadlock"),
        (1, TRACEBACK.format(last="KeyError"), "KeyError", ""),
        (1, "no traceback at all", "", "no traceback at all"),
    ],
)
def test_a_fault_of_xml_rpc_is_told_by_its_code_or_the_end_of_its_traceback(
    code: int, text: str, name: str, message: str
) -> None:
    assert Refusal.of_fault(code, text) == Refusal(name, message)


def test_sql_and_rows_that_a_message_quotes_are_left_out() -> None:
    told = {"name": "psycopg2.errors.X", "message": "no column\nLINE 1: SELECT secret\n   ^"}
    assert Refusal.of(told).message == "no column"
    row = 'violates a constraint\nDETAIL:  Failing row contains (1, "Jane Doe")'
    error = of_import({"ids": False, "messages": [{"type": "error", "message": row}]}, BUSY_TEXT)
    assert (type(error), str(error)) == (Rejected, "violates a constraint")


@pytest.mark.parametrize(
    "text",
    [
        "could not serialize access due to concurrent update",
        "由于同步更新而无法串行访问",
        "检测到死锁",
    ],
)
def test_an_import_that_others_got_in_the_way_of_was_surely_not_done(text: str) -> None:
    answer = {"ids": False, "messages": [{"type": "error", "message": text}]}
    assert type(of_import(answer, BUSY_TEXT)) is Transient


def test_a_refused_import_names_its_field_and_every_reason_once() -> None:
    messages = [
        {"type": "error", "message": "no partner", "field": "partner_id"},
        {"type": "error", "message": "no partner"},
        {"type": "warning", "message": "never mind"},
    ]
    error = of_import({"ids": False, "messages": messages}, BUSY_TEXT)
    assert isinstance(error, Rejected)
    assert (str(error), error.field) == ("no partner", "partner_id")


@PROTOCOLS
def test_who_we_are_and_which_companies_we_see(world, protocol) -> None:
    found = world.adapter(protocol=protocol).check()
    version = "19.0" if protocol == "json2" else "18.0"
    assert found == Identity("company", "connector", ("测试公司",), version)


@PROTOCOLS
def test_a_wrong_key_or_database_is_access_denied(world, protocol) -> None:
    for wrong in ({"api_key": "wrong"}, {"database": "other"}):
        with pytest.raises(AccessDenied) as caught:
            world.adapter(protocol=protocol, **wrong).check()
        assert "s3cret" not in caught.value.answer


@PROTOCOLS
def test_no_traceback_is_kept_of_a_refusal_under_whatever_status(world, protocol) -> None:
    erp = world.adapter(protocol=protocol)
    key = erp.write(order("1")).key
    erp._client.fields(ORDER)
    with pytest.raises(Rejected) as caught:
        erp._client.write(ORDER, int(key), {"nonsense": 1})
    assert "nonsense" in str(caught.value)
    assert "s3cret" not in f"{caught.value!r} {caught.value.answer}"
    assert "Traceback" not in caught.value.answer


@PROTOCOLS
def test_a_change_that_others_got_in_the_way_of_is_tried_later(world, protocol) -> None:
    erp = world.adapter(protocol=protocol)
    key = erp.write(order("1")).key
    world.fault(do="system", name="busy", operation="write")
    with pytest.raises(Transient):
        erp.write(change(key, fields={"origin": "X"}))
    world.fault(do="system", name="busy", operation="load")
    with pytest.raises(Transient):
        erp.write(order("2"))
    assert erp.write(order("2")).step == "audited"


def test_a_field_that_is_not_there_is_refused_before_anybody_asks_for_it(world, erp) -> None:
    with pytest.raises(Rejected, match="nonsense"):
        list(erp.fetch(Shape(ORDER, ("id",), ("nonsense",)), ["1"]))
    with pytest.raises(Rejected, match="nonsense"):
        erp.write(order("1", fields={"partner_id": "1", "nonsense": 1}))
    assert world.calls("load") == 0


def test_a_page_between_us_and_odoo_is_no_answer(world, erp) -> None:
    world.fault(do="html", times=9)
    with pytest.raises(Transient):
        erp.check()


@pytest.mark.parametrize(
    "answer", [None, {"rows": []}, [3], [{"id": "1", "name": "x"}], [{"id": 1}]]
)
def test_what_is_no_list_of_what_was_asked_for_is_no_empty_page(world, erp, answer) -> None:
    world.sandbox._methods["search_read"] = lambda model, **asked: answer
    with pytest.raises(Transient):
        erp.check()


def test_pages_that_come_again_and_again_end_in_an_error(world) -> None:
    search = world.sandbox._methods["search_read"]
    ignoring = {"search_read": lambda model, **asked: search(model, **{**asked, "domain": ()})}
    world.sandbox._methods.update(ignoring)
    with pytest.raises(Transient):
        read(world.adapter(page=1), wanted=shape("customer"))


@pytest.mark.parametrize("answer", [None, {}, {"ids": []}, {"ids": ["1"]}, {"ids": True}])
def test_an_import_that_does_not_say_what_it_made_is_in_doubt(world, erp, answer) -> None:
    world.sandbox._methods["load"] = lambda model, **asked: answer
    with pytest.raises(OutcomeUnknown):
        erp.write(order("1"))


def test_the_older_protocols_need_a_user() -> None:
    with pytest.raises(ValueError, match="user"):
        OdooSettings(adapter="odoo", database="d", api_key="k", protocol="xmlrpc")


def test_numbers_are_exact_in_xml_both_ways() -> None:
    body = xml.dumps("m", ({"amount": Decimal("1234567.8901"), "none": None},))
    assert b"<double>1234567.8901</double>" in body
    answer = (
        "<?xml version='1.0'?><methodResponse><params><param><value><double>0.10</double></value>"
        "</param></params></methodResponse>"
    )
    assert xml.loads(answer) == Decimal("0.10")
    for text in ("", "<html>", "{}", "<methodResponse/>"):
        with pytest.raises(xml.NotXml):
            xml.loads(text)


def test_a_method_that_returns_nothing_was_carried_out_whatever_xml_can_say(world) -> None:
    erp = world.adapter(protocol="xmlrpc")
    key = int(erp.write(order("1", until="saved")).key)
    confirm = world.sandbox._methods["action_confirm"]
    world.sandbox._methods["action_confirm"] = lambda *a, **more: confirm(*a, **more) and None
    erp._client.press(ORDER, key, "action_confirm")
    assert world.held(str(key))["state"] == "sale"
