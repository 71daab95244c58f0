"""Signatures, statuses with their reasons, metadata, and answers of unknown shape."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from espocrm_world import ACCOUNT, DEAL, LINE, ORDER, read, update
from requests.structures import CaseInsensitiveDict

from adapters.espocrm.answers import error_of, record_error_of
from adapters.espocrm.client import sign
from connector import exact
from connector.contract import FormField, Identity, Shape
from connector.errors import (
    AccessDenied,
    AlreadyExists,
    Changed,
    Gone,
    Locked,
    OutcomeUnknown,
    Rejected,
    Transient,
)
from connector.http import Answer
from sandbox.espocrm.auth import API_KEY, SECRET_KEY

KEY, SECRET = "apikey0123", "secret0123"
HEX = (
    "YXBpa2V5MDEyMzpmNzMyNmUxMmM0YzFhNzhiN2EzYzZhYzkyNzU4"
    "YTk1MTQzNDZmMWVmNGVlNzE5MmU2ZGI2ZGIyYzIxYmE0N2Q0"
)
RAW = "YXBpa2V5MDEyMzr3Mm4SxMGni3o8asknWKlRQ0bx707nGS5tttssIbpH1A=="
ONE = (
    "YXBpa2V5MDEyMzowNTY2MzZhNGZjYTY0YjI5Y2Q4ZGZjMDZiY2E5"
    "M2E4OWY2MzA5MmVjZDJhNTNkYTFlNWQ2ZTg0MzRlZTExYjRl"
)


def answered(status: int, reason: str = "", body: Any = None) -> Answer:
    headers = CaseInsensitiveDict({"X-Status-Reason": reason} if reason else {})
    return Answer(status, headers, b"" if body is None else exact.encode(body), writes=True)


@pytest.mark.parametrize(
    ("method", "resource", "digest", "signature"),
    [
        ("GET", "Opportunity", "hex", HEX),
        ("GET", "Opportunity", "raw", RAW),
        ("PUT", "Opportunity/abc123", "hex", ONE),
    ],
)
def test_a_request_is_signed_as_the_documents_say(method, resource, digest, signature):
    assert sign(method, resource, KEY, SECRET, digest) == signature
    assert base64.b64decode(signature).startswith(b"apikey0123:")


@pytest.mark.parametrize("digest", ["hex", "raw"])
def test_an_api_user_by_hmac_reads_and_writes(world, digest):
    crm = world.adapter(api_key=API_KEY, secret_key=SECRET_KEY, digest=digest)
    crm.write(update(world.key("SO-1")))
    assert len(read(crm).records) == 3


def test_check_tells_who_we_are(crm):
    assert crm.check() == Identity("6b01e7617dbda25c1", "connector", sessions=0)


@pytest.mark.parametrize("wrong", [{"api_key": "x"}, {"secret_key": "x"}])
def test_wrong_credentials_are_access_denied(world, wrong):
    with pytest.raises(AccessDenied):
        world.adapter(**wrong).check()


def test_an_address_without_espocrm_is_access_denied(world):
    with pytest.raises(AccessDenied, match="404"):
        world.adapter(base_url=f"{world.url}/elsewhere").check()


FAILED = {"field": "stage", "type": "valid"}
VALIDATION = {"messageTranslation": {"label": "validationFailure", "data": FAILED}}


@pytest.mark.parametrize(
    ("answer", "about_all", "about_one", "words"),
    [
        (answered(200, body={"id": "1"}), None, None, ""),
        (answered(400, "validationFailure", VALIDATION), Rejected, Rejected,
         "validationFailure stage valid [400]"),
        (answered(400, "Bad where item."), Rejected, Rejected, "Bad where item. [400]"),
        (answered(403), AccessDenied, Rejected, "[403]"),
        (answered(403, "Max size should not exceed 200."), AccessDenied, Rejected,
         "Max size should not exceed 200. [403]"),
        (answered(404, "No record."), AccessDenied, Gone, "No record. [404]"),
        (answered(409, "duplicate", [{"id": "a1"}, {"id": "a2"}]), AccessDenied, AlreadyExists,
         "duplicate [409]"),
        (answered(409, "duplicate"), AccessDenied, AlreadyExists, "duplicate [409]"),
        (answered(409, "modified", {"versionNumber": 3}), AccessDenied, Changed, "modified [409]"),
        (answered(409, "Cannot edit locked."), AccessDenied, Locked, "Cannot edit locked. [409]"),
        (answered(405), AccessDenied, Rejected, "[405]"),
    ],
)  # fmt: skip
def test_what_an_answer_means(answer, about_all, about_one, words):
    for error, kind in ((error_of(answer), about_all), (record_error_of(answer), about_one)):
        assert type(error) is (kind or type(None))
        assert error is None or (str(error), error.code) == (words, str(answer.status))


def test_of_a_duplicate_the_key_is_told_and_of_a_validation_the_field():
    assert record_error_of(answered(409, "duplicate", [{"id": "a1"}])).key == "a1"
    assert record_error_of(answered(400, "validationFailure", VALIDATION)).field == "stage"


def test_a_refusal_on_a_page_of_html_is_told_by_its_status():
    answer = Answer(400, CaseInsensitiveDict(), b"<h1>400 Bad Request</h1>", writes=True)
    assert str(record_error_of(answer)) == "[400]"


def test_no_right_at_all_stops_the_connection_and_no_right_to_a_record_stops_that_one(world, crm):
    world.sandbox.switches["denied"] = [f"{ORDER}.edit"]
    with pytest.raises(AccessDenied):
        crm.write(update(world.key("SO-1")))
    with pytest.raises(Rejected, match="403"):
        crm.write(update(world.key("C1", ACCOUNT), ACCOUNT, assignedUserId="of nobody"))


def test_an_entity_type_that_our_role_does_not_see_is_refused_by_name(world, crm):
    world.sandbox.switches["denied"] = [f"{LINE}.read"]
    with pytest.raises(Rejected, match="SalesOrderItem"):
        read(crm)


def test_a_page_larger_than_the_instance_gives_is_told_in_its_words(world):
    with pytest.raises(AccessDenied, match="should not exceed 200"):
        read(world.adapter(page=500))


def test_metadata_come_whole_before_8_2(world, crm):
    by_key = crm.describe(DEAL)
    world.sandbox.switches["metadata_by_key"] = False
    assert world.adapter().describe(DEAL) == by_key


def test_a_form_is_described_by_its_attributes(crm):
    fields = {field.name: field for field in crm.describe(DEAL)}
    assert fields["probability"] == FormField("probability", "", "float", True)
    assert {"id", "accountId", "accountName", "amountCurrency", "modifiedAt"} <= set(fields)
    assert not fields["accountId"].required
    assert "account" not in fields


def test_an_enumeration_accepts_its_options_and_no_others(crm):
    assert crm.codes(DEAL, "stage", ["Closed Won", "Lost"]) == {"Closed Won": "Closed Won"}
    assert "" not in crm.codes(ORDER, "status")
    assert crm.codes(ORDER, "description") is None


@pytest.mark.parametrize("body", [None, [], {}, {"list": None}, {"list": [{"name": "x"}]}])
def test_a_page_without_a_list_is_no_empty_page(crm, monkeypatch, body):
    monkeypatch.setattr(crm._client, "_ask", lambda *_: body)
    with pytest.raises(Transient, match="no known shape"):
        list(crm._client.pages(ORDER, [], []))


@pytest.mark.parametrize("body", [[], {}, {"user": None}])
def test_an_answer_without_a_user_is_nobody(crm, monkeypatch, body):
    monkeypatch.setattr(crm._client, "_ask", lambda *_: body)
    with pytest.raises(Transient, match="no known shape"):
        crm.check()


def test_a_write_that_answers_no_record_is_in_doubt(world, crm, monkeypatch):
    crm._codecs.of(ORDER)
    monkeypatch.setattr(crm._client, "_send", lambda *_: answered(200, body=True))
    with pytest.raises(OutcomeUnknown):
        crm.write(update("1"))


@pytest.mark.parametrize(("fault", "kind"), [("maintenance", Transient), ("broken", Transient)])
def test_an_instance_under_maintenance_is_asked_later(world, crm, fault, kind):
    world.fault(do="system", name=fault, times=9)
    with pytest.raises(kind):
        list(crm.fetch(Shape(ORDER, ("id",), ()), ["1"]))
