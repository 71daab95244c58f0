"""Sessions, both ways to log in, limits, and answers of unknown shape."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError
from salesforce_world import ORDER, read, update

from adapters.salesforce import signing
from adapters.salesforce.client import _next, _rows
from connector.contract import Identity
from connector.errors import AccessDenied, OutcomeUnknown, Transient, Unreachable
from sandbox.salesforce.auth import USERNAME

ORG, USER = "00D5g000001DemoEAC", "0055g000001IntgAAC"


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


CURVE = pem(ec.generate_private_key(ec.SECP256R1()))


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def jwt(world, key):
    """Settings of the JWT bearer flow, which the org trusts."""
    public = key.public_key().public_numbers()
    world.sandbox.gate.trust(public.n, public.e)
    return {"auth": "jwt", "username": USERNAME, "private_key": pem(key)}


def test_check_tells_org_user_and_the_calls_of_the_day(world, crm):
    world.sandbox.switches["others_used"] = 500
    assert crm.check() == Identity(ORG, USER, sessions=1, calls=(501, 100_000))


def test_a_certificate_lets_us_in_too(world, jwt):
    crm = world.adapter(**jwt)
    assert crm.check().user == USERNAME
    world.later(crm)
    assert read(crm).numbers == ["SO-1", "SO-2"]


def test_what_is_signed_is_as_the_vendor_has_it():
    claims = {
        "iss": "3MVG9demo",
        "sub": "integration@example.com",
        "aud": "https://login.salesforce.com",
        "exp": 1700000180,
    }
    assert signing.signing_input(claims) == (
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIzTVZHOWRlbW8iLCJzdWIiOiJpbnRlZ3JhdGlvbkBleGFtcGxlLmNvbSIsImF1"
        "ZCI6Imh0dHBzOi8vbG9naW4uc2FsZXNmb3JjZS5jb20iLCJleHAiOjE3MDAwMDAxODB9"
    )


def test_a_version_that_the_org_does_not_have_is_access_denied(world):
    with pytest.raises(AccessDenied, match="NOT_FOUND"):
        world.adapter(api_version=99).check()


@pytest.mark.parametrize("wrong", [{"consumer_key": "x"}, {"consumer_secret": "x"}])
def test_wrong_credentials_are_access_denied(world, wrong):
    with pytest.raises(AccessDenied, match="invalid_client"):
        world.adapter(**wrong).check()


def test_an_assertion_that_is_not_believed_is_access_denied(world, jwt):
    for wrong in ({"username": "x"}, {"audience": "https://example.com"}, {"consumer_key": "x"}):
        with pytest.raises(AccessDenied, match="invalid_grant"):
            world.adapter(**{**jwt, **wrong}).check()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"consumer_secret": ""}, "needs consumer_secret"),
        ({"auth": "jwt", "private_key": "x"}, "needs username"),
        ({"auth": "jwt", "username": "u"}, "needs private_key"),
        ({"auth": "jwt", "username": "u", "private_key": "x"}, "no RSA key in PEM"),
        ({"auth": "jwt", "username": "u", "private_key": CURVE}, "no RSA key in PEM"),
        ({"api_version": 30}, "greater than or equal to 31"),
    ],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused_with_the_way_out(world, settings, words):
    with pytest.raises(ValidationError, match=words):
        world.adapter(**settings)


def test_an_org_that_is_elsewhere_is_named(world, crm, monkeypatch):
    monkeypatch.setattr("sandbox.salesforce.application._address", lambda _: "https://acme.my.x")
    with pytest.raises(AccessDenied, match=r"set base_url to it") as caught:
        crm.check()
    assert "https://acme.my.x" in str(caught.value)


# -- sessions --------------------------------------------------------------------------------


def test_one_session_serves_until_it_ends(world, crm):
    for _ in range(3):
        world.later(crm, 7000)
    assert world.sandbox.gate.issued == 1
    world.later(crm, 7300)
    assert world.sandbox.gate.issued == 2


def test_many_threads_ask_for_one_session_and_renew_it_once(world, crm):
    threads = [threading.Thread(target=crm.check) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.sandbox.gate.issued == 1
    world.sandbox.gate.forget()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: crm.check(), range(16)))
    assert world.sandbox.gate.issued == 2


def test_a_write_whose_session_ended_is_done_once(world, crm):
    crm.check()
    world.fault(do="system", name="session_lost")
    crm.write(update(world.key("SO-1")))
    assert world.changes() == ["update"]


def test_a_session_that_is_refused_again_is_access_denied(world, crm):
    crm.check()
    world.fault(do="system", name="session_lost", times=9)
    with pytest.raises(AccessDenied, match="INVALID_SESSION_ID"):
        crm.check()
    assert world.sandbox.gate.issued == 2


# -- limits ----------------------------------------------------------------------------------


def test_used_up_calls_wait_longer_than_too_many_at_once(build):
    world = build(limits="vendor")
    crm = world.adapter()
    world.fault(do="system", name="daily_limit")
    with pytest.raises(Unreachable) as caught:
        crm.check()
    assert caught.value.retry_after == 20
    world.sandbox.switches["others_used"] = 100_000
    for wrong in (crm.check, lambda: crm.write(update(world.key("SO-1")))):
        with pytest.raises(Unreachable, match="REQUEST_LIMIT_EXCEEDED") as caught:
            wrong()
        assert caught.value.retry_after == 900
    assert world.changes() == []


# -- answers of unknown shape ----------------------------------------------------------------


@pytest.mark.parametrize("answer", [None, [], {}, {"records": None}, {"records": [{"Name": "x"}]}])
def test_an_answer_without_records_is_no_empty_batch(answer):
    with pytest.raises(Transient, match="no known shape"):
        _rows(answer)


@pytest.mark.parametrize(
    "answer",
    [{}, {"done": False}, {"done": "true"}, {"nextRecordsUrl": "https://elsewhere/query/x"},
     {"done": False, "nextRecordsUrl": "/x", "records": []}],
)  # fmt: skip
def test_a_query_that_neither_ends_nor_goes_on_has_not_ended(answer):
    with pytest.raises(Transient, match="no known shape"):
        _next({"records": [{"Id": "1"}], **answer})


@pytest.mark.parametrize("results", [None, {}, [], [{"success": True, "id": "1"}] * 2])
def test_results_of_another_number_leave_a_write_in_doubt(world, crm, monkeypatch, results):
    monkeypatch.setattr(crm._client, "_send", lambda *_, **__: results)
    monkeypatch.setattr(crm._client, "describe", lambda _: [])
    with pytest.raises(OutcomeUnknown, match="no known shape"):
        crm.write(update(world.key("SO-1")))


@pytest.mark.parametrize("result", [None, {}, {"success": True}, {"success": "true", "id": "1"},
                                    {"success": False, "errors": []}])  # fmt: skip
def test_a_result_that_says_neither_yes_nor_no_is_unknown(world, crm, monkeypatch, result):
    monkeypatch.setattr(crm._client, "_send", lambda *_, **__: [result])
    monkeypatch.setattr(crm._client, "describe", lambda _: [])
    with pytest.raises(OutcomeUnknown, match="no known shape"):
        crm.write(update(world.key("SO-1")))


@pytest.mark.parametrize(
    "answer", [{}, {"access_token": "t", "id": "x"}, {"access_token": "t", "instance_url": "u"}]
)
def test_a_token_answer_of_unknown_shape_is_no_session(crm, monkeypatch, answer):
    monkeypatch.setattr("adapters.salesforce.client.payload_of", lambda _: answer)
    with pytest.raises(Transient, match="no known shape"):
        crm.check()


def test_a_refusal_by_somebody_in_between_is_access_denied(world, crm):
    crm.check()
    world.fault(do="status", status=403, times=9)
    for wrong in (crm.check, lambda: crm.write(update(world.key("SO-1")))):
        with pytest.raises(AccessDenied, match="on the way"):
            wrong()


# -- what an object takes --------------------------------------------------------------------


def test_a_restricted_picklist_tells_what_it_takes(crm):
    assert crm.codes(ORDER, "Status", ["Draft", "Other"]) == {"Draft": "草稿"}
    assert set(crm.codes("OrderItem", "Kind__c")) == {"goods", "gift", "service", "freight"}
    assert crm.codes(ORDER, "Description") is crm.codes(ORDER, "No_Such__c") is None


def test_through_which_fields_others_are_read_is_told_too(crm):
    told = {field.name: field.label for field in crm.describe(ORDER)}
    assert (told["AccountId"], told["Account"], told["CurrencyIsoCode"]) == ("客户", "客户", "")


def test_what_must_be_given_is_told(crm):
    required = {field.name for field in crm.describe(ORDER) if field.required}
    assert required == {"AccountId", "EffectiveDate", "Status"}
