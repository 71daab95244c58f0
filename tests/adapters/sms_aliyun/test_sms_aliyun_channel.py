"""Texts by Aliyun: an approved template to phones, judged by the body."""

from __future__ import annotations

from typing import Any

import pytest
from sms_aliyun_world import World

from connector.errors import (
    AccessDenied,
    AdapterError,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unreachable,
)
from sandbox.sms_aliyun.gateway import SECRET

OUTCOMES: list[tuple[str, type[AdapterError], str]] = [
    ("limit", Transient, "isv.BUSINESS_LIMIT_CONTROL"),
    ("system", Transient, "isp.SYSTEM_ERROR"),
    ("money", AccessDenied, "isv.AMOUNT_NOT_ENOUGH"),
    ("stopped", AccessDenied, "isv.OUT_OF_SERVICE"),
    ("throttled", Unreachable, "Throttling.User"),
    ("forbidden", AccessDenied, "Forbidden.RAM"),
]
"""Refusals of the service under HTTP 200 and of the gateway under 4xx, and what each means."""

WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"to": "1380000000"}, "isv.MOBILE_NUMBER_ILLEGAL", "to"),
    ({"template": "SMS_1"}, "isv.SMS_TEMPLATE_ILLEGAL", "template"),
    ({"parameters": '{"number":"SO-1"}'}, "isv.TEMPLATE_MISSING_PARAMETERS", "parameters"),
    ({"parameters": ""}, "isv.TEMPLATE_MISSING_PARAMETERS", "parameters"),
]
"""Messages that Aliyun refuses, and for which field."""

NO_TEXT: list[tuple[dict[str, Any], str, str]] = [
    ({"template": ""}, "template", "template"),
    ({"to": ""}, "to", "0 "),
    ({"to": ",".join(["13800000000"] * 1001)}, "to", "1001"),
    ({"parameters": "SO-1"}, "parameters", "JSON"),
    ({"parameters": '["SO-1"]'}, "parameters", "JSON"),
    ({"parameters": '{"days":3}'}, "parameters", "JSON"),
]
"""Messages that are not even sent, for which field, and a word of why."""


def test_a_template_and_what_fills_it_are_sent_once(world: World) -> None:
    written = world.tell("**正文**不随短信发出")
    (said,) = world.said
    assert written.key == said.pop("BizId")
    assert said == {
        "PhoneNumbers": "13800000000",
        "SignName": "测试签名",
        "TemplateCode": "SMS_1234567",
        "TemplateParam": '{"no":"SO-1"}',
        "OutId": "M1",
    }


def test_a_template_without_variables_needs_no_parameters(world: World) -> None:
    world.tell(template="SMS_7654321", parameters="", to="13800000000, 13900000000")
    (said,) = world.said
    assert said["PhoneNumbers"] == "13800000000,13900000000"
    assert "TemplateParam" not in said


def test_whatever_is_filled_in_arrives_as_it_was(world: World) -> None:
    filled = '{"no":"甲 + 乙/100% & ~*=?#\\"👨‍👩‍👧"}'
    world.tell(parameters=filled)
    assert world.said[0]["TemplateParam"] == filled


@pytest.mark.parametrize(("message", "field", "word"), NO_TEXT)
def test_what_is_no_text_of_sms_is_refused_before_anything_is_sent(
    world: World, message: dict[str, Any], field: str, word: str
) -> None:
    with pytest.raises(Rejected, match=word) as told:
        world.tell(**message)
    assert told.value.field == field
    assert world.calls() == 0


@pytest.mark.parametrize(("message", "code", "field"), WRONG)
def test_what_aliyun_refuses_of_a_message_stops_it(
    world: World, message: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Rejected, match=code) as told:
        world.tell(**message)
    assert (told.value.code, told.value.field) == (code, field)
    assert world.said == []


@pytest.mark.parametrize(("fault", "error", "code"), OUTCOMES)
def test_a_refusal_is_a_failure_whatever_its_status(
    world: World, fault: str, error: type[AdapterError], code: str
) -> None:
    world.fault(do="system", name=fault)
    with pytest.raises(error, match=code) as told:
        world.tell()
    assert told.value.code == code
    assert world.said == []


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"sign_name": "别人的签名"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"access_key_id": "unknown"}, "InvalidAccessKeyId.NotFound"),
        ({"access_key_secret": "wrong"}, "SignatureDoesNotMatch"),
    ],
)
def test_a_connection_that_is_set_up_wrongly_is_not_let_in(
    world: World, settings: dict[str, str], code: str
) -> None:
    with pytest.raises(AccessDenied, match=code) as told:
        world.tell(settings=settings)
    assert told.value.code == code


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_page_of_somebody_in_between_denies_access(world: World, status: int) -> None:
    world.fault(do="status", status=status)
    with pytest.raises(AccessDenied, match=str(status)):
        world.tell()


def test_too_many_texts_to_one_phone_wait_and_other_phones_do_not(world: World) -> None:
    for _ in range(5):
        world.tell()
    with pytest.raises(Transient, match=r"isv\.BUSINESS_LIMIT_CONTROL"):
        world.tell()
    world.tell(to="13900000000")
    world.sandbox.clock.advance(60)
    world.tell()
    assert len(world.said) == 7


@pytest.mark.parametrize("do", ["lose_answer", "html_after", "truncate", "status_after"])
def test_where_the_answer_is_lost_nobody_knows(world: World, do: str) -> None:
    world.fault(do=do)
    with pytest.raises(OutcomeUnknown):
        world.tell()
    assert len(world.said) == 1


def test_a_clock_that_is_wrong_is_told_and_set_right_by_the_answer(world: World) -> None:
    adapter = world.adapter()
    world.sandbox.clock.advance(3600)
    with pytest.raises(AccessDenied, match=r"InvalidTimeStamp\.Expired"):
        adapter.write(world.write())
    assert adapter.write(world.write()).key


def test_the_secret_is_never_shown(world: World) -> None:
    adapter = world.adapter(base_url="http://127.0.0.1:9")
    with pytest.raises(Unreachable) as told:
        adapter.write(world.write())
    assert SECRET not in f"{told.value!r} {told.value.answer} {adapter.settings!r}"


def test_another_key_of_the_same_company_is_the_same_place(world: World) -> None:
    place = world.adapter().check()
    assert world.adapter(access_key_id="another").check() == place
    assert world.adapter(sign_name="别人的签名").check() != place
    assert world.calls() == 0
