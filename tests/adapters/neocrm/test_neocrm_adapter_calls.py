"""Tokens, codes in every shape, rates, descriptions, and answers of unknown shape."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest
from neocrm_world import ACCOUNT, LINE, ORDER, read, shape, update

from adapters.neocrm.answers import error_of, token_error_of
from adapters.neocrm.client import _listed, _outcome, _payload
from connector.contract import FormField, Identity
from connector.errors import (
    AccessDenied,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from tests.adapters.simulated import numbers

SENT = {"code": 200, "msg": "操作成功", "data": {"id": 3628254003531751}}


def error(payload: Any, *, writes: bool = True) -> Any:
    return error_of(payload, "answer", writes=writes)


# -- tokens ---------------------------------------------------------------------------------------


def test_the_security_token_stands_right_behind_the_password(world, crm):
    bodies = []
    grant = world.sandbox._tokens.grant
    world.sandbox._tokens.grant = lambda request: bodies.append(request.body) or grant(request)
    crm.check()
    assert parse_qs(bodies[0].decode()) == {
        "grant_type": ["password"],
        "client_id": ["sandbox-client-id"],
        "client_secret": ["sandbox-client-secret"],
        "username": ["connector@example.com"],
        "password": ["sandbox-passwordAbCd1234"],
    }
    world.adapter(redirect_uri="https://crm.example.com").check()
    assert parse_qs(bodies[1].decode())["redirect_uri"] == ["https://crm.example.com"]


@pytest.mark.parametrize("path", ["/auc/oauth2/token", "/oauth2/token.action"])
def test_tokens_are_given_out_at_an_address_of_their_own(world, build, path):
    """The other address knows nothing of the records."""
    elsewhere = build(orders=0)
    world.sandbox._tokens = elsewhere.sandbox._tokens
    crm = world.adapter(login_url=f"{elsewhere.url}{path}")
    assert len(read(crm).records) == 3
    assert (elsewhere.calls("token"), world.calls("token")) == (1, 0)


def test_a_token_that_names_the_tenant_and_its_address_is_believed(world):
    world.sandbox.switches["token_tells_more"] = True
    crm = world.adapter(base_url="http://127.0.0.1:1")
    with pytest.raises(Unreachable):
        world.adapter(base_url="http://127.0.0.1:1", login_url="http://127.0.0.1:1/x").check()
    assert crm.check() == Identity("900001", "connector@example.com", sessions=1)
    assert len(read(crm).records) == 3


def test_where_tokens_name_no_tenant_the_app_stands_for_it(crm):
    assert crm.check() == Identity("sandbox-client-id", "connector@example.com", sessions=1)


@pytest.mark.parametrize("status", [200, 400, 401])
@pytest.mark.parametrize("wrong", ["client_id", "client_secret", "password", "security_token"])
def test_wrong_credentials_are_access_denied(world, wrong, status):
    world.sandbox.switches["refused_status"] = status
    with pytest.raises(AccessDenied):
        world.adapter(**{wrong: "x"}).check()


def test_one_token_serves_for_110_minutes_and_is_then_renewed_in_time(world, crm):
    world.later(crm, 0)
    world.later(crm, 6500)
    crm.check()
    assert world.calls("token") == 1
    world.later(crm, 110)
    crm.check()
    assert world.calls("token") == 2


def test_many_threads_whose_token_is_refused_renew_it_once(world, crm):
    crm.check()
    world.sandbox._tokens.revoke()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: crm.check(), range(16)))
    assert world.calls("token") == 2


def test_a_write_with_an_expired_token_is_done_once(world, crm):
    crm.check()
    world.fault(do="system", name="token_expired")
    crm.write(update(world.key("SO-1")))
    assert world.changes() == ["update"]


def test_a_token_that_is_refused_again_is_access_denied(world, crm):
    world.fault(do="system", name="token_expired", times=9)
    with pytest.raises(AccessDenied, match="401"):
        crm.check()
    assert world.calls("token") == 2


# -- codes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [200, "200"])
def test_success_is_a_number_or_a_text(code):
    assert error({**SENT, "code": code}) is None


@pytest.mark.parametrize("code", [1020025, "1020025"])
def test_too_many_calls_wait_a_second(code):
    told = error({"code": code, "msg": "调用过于频繁"})
    assert (type(told), told.retry_after, told.code) == (Unreachable, 1.0, "1020025")


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"code": 990005, "msg": "必填"}, "必填 [990005]"),
        ({"code": "-1", "msg": "系统异常"}, "系统异常 [-1]"),
        ({"code": 0, "msg": ""}, "[0]"),
        ({"error_code": 20001, "message": "参数错误"}, "参数错误 [20001]"),
    ],
)
def test_any_other_code_is_a_refusal_and_never_success(payload, words):
    for writes in (True, False):
        assert (type(error(payload, writes=writes)), str(error(payload))) == (Rejected, words)


def test_a_code_that_a_site_has_seen_to_pass_says_nothing_of_what_was_done(world):
    key = world.key("SO-1")
    crm = world.adapter(passing_codes=["990500"])
    crm.check()
    world.fault(do="system", name="busy", operation="update")
    with pytest.raises(OutcomeUnknown, match="990500"):
        crm.write(update(key))
    world.fault(do="system", name="busy", operation="query")
    with pytest.raises(Transient, match="990500"):
        read(crm)


def test_a_code_for_a_bad_token_is_no_refusal_of_the_record():
    assert type(error({"code": 401, "msg": "token失效"})) is AccessDenied


@pytest.mark.parametrize(
    "payload",
    [[], None, "200", {}, {"code": None}, {"code": True}, {"code": Decimal(200)}, {"code": "OK"},
     {"code": [200]}, {"data": {"id": 1}}],
    ids=str,
)  # fmt: skip
def test_what_only_looks_like_success_is_none(payload):
    assert type(error(payload)) is OutcomeUnknown
    assert type(error(payload, writes=False)) is Transient


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        ({"error": "invalid_grant", "error_description": "密码错误"}, AccessDenied,
         "密码错误 [invalid_grant]"),
        ({"code": 1020025, "msg": "调用过于频繁"}, Unreachable, "调用过于频繁 [1020025]"),
        ({"error_code": 20009, "message": "client"}, AccessDenied, "client [20009]"),
        ({}, Transient, ""),
        ([], Transient, ""),
    ],
)  # fmt: skip
def test_an_answer_without_a_token_says_why(answer, kind, words):
    told = token_error_of(answer)
    assert type(told) is kind
    assert not words or str(told) == words


def test_of_a_batch_each_record_has_its_own_code():
    assert _outcome({"code": 200, "data": {"id": 17}}) == "17"
    assert type(_outcome({"code": 990005, "msg": "x"})) is Rejected
    assert type(_outcome({"code": 200, "data": {}})) is OutcomeUnknown
    assert type(_outcome(None)) is OutcomeUnknown


# -- shapes ---------------------------------------------------------------------------------------


def test_a_payload_stands_under_data_or_under_result():
    records = {"totalSize": 2, "count": 2, "records": [{"id": 1}]}
    for payload in ({"code": "200", "data": records}, {"code": 200, "result": records, "ext": []}):
        assert _listed(_payload(payload), "records", payload) == [{"id": 1}]


@pytest.mark.parametrize("payload", [{}, {"data": None}, {"data": []}, {"data": {"records": None}},
                                     {"data": {"records": [1]}}], ids=str)  # fmt: skip
def test_a_page_without_a_list_is_no_empty_page(payload):
    with pytest.raises(Transient, match="no known shape"):
        _listed(_payload(payload), "records", payload)


@pytest.mark.parametrize("query", ["xoql", "plain"])
@pytest.mark.parametrize("switch", ["code_as_text", "ids_as_text", "amounts_as_text"])
def test_every_shape_of_numbers_reads_the_same(world, query, switch):
    found = []
    for way in (True, False):
        world.sandbox.switches[switch] = way
        found.append(read(world.adapter(query=query)).records)
    assert found[0] == found[1]
    assert numbers(found[0]) == ["SO-1", "SO-2", "SO-3"]
    assert {type(row["quantity"]) for record in found[0] for row in record.fields[LINE]} == {
        Decimal
    }


@pytest.mark.parametrize("query", ["xoql", "plain"])
def test_codes_come_as_codes_and_not_as_what_people_call_them(world, query):
    [record] = world.adapter(query=query).fetch(shape(), [world.key("SO-1")])
    assert record.fields["poStatus"] == "3"


def test_a_token_that_is_good_for_our_own_records_alone_is_told_to_see_all(world):
    world.sandbox.switches["private"] = True
    assert read(world.adapter()).records == []
    assert len(read(world.adapter(see_all=True)).records) == 3


def test_the_vendors_own_limit_is_waited_for(build):
    world = build(limits="vendor")
    crm = world.adapter()
    with pytest.raises(Unreachable, match="1020025") as caught:
        for _ in range(30):
            crm.check()
    assert caught.value.retry_after == 1.0


def test_a_form_is_described_with_its_system_fields(crm):
    fields = {field.name: field for field in crm.describe(ACCOUNT)}
    assert fields["accountName"] == FormField("accountName", "客户名称", "text", True)
    assert {"id", "updatedAt", "ownerId", "entityType"} <= set(fields)


def test_a_field_with_options_accepts_these_and_no_others(crm):
    assert crm.codes(ORDER, "poStatus", ["3", "9"]) == {"3": "已生效"}
    assert set(crm.codes(ORDER, "poStatus")) == {"1", "2", "3", "4"}
    assert crm.codes(ORDER, "comment") is crm.codes(ORDER, "no_such_field") is None
