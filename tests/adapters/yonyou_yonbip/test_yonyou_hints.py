"""Events: signed in either of two ways, sealed for our application; they say where to look."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.yonyou_yonbip import hinting
from adapters.yonyou_yonbip.settings import YonyouYonBipSettings
from connector.contract import Hint, WebhookCall
from connector.errors import AccessDenied
from connector.kit.sealed import sealed, unsealed

KEY, SECRET = "aaaabbbbccccddddeeeeffff00001111", "1a2b3c4d-5e6f-7081-92a3-b4c5d6e7f809"
EVENT = {
    "timestamp": "1700000000123",
    "nonce": "n0nce01",
    "encrypt": (
        "EyWbbKEpuPSHgx3fFuOpiKfaFsU3YZle8FnGTQhtck2IHQo3Mel6ZpTsp15p5waZUz7KB6mCbbM+rz9MtIG1zYO8reQP"
        "oN720dq3uYZKpsgpNJ13UzZ3UlEwE+IMNFk2CJioFRoYnWlrBMe0m2glFVgCQ3qD1+INbzLIk00oSKt5vLCSJqTdWoy/"
        "qqjP/2LDXnSOTDOdBEhbIDojUH6Xtw=="
    ),
}
V1, V2 = "3dcafd9cf79893e444d9f7f3bc97c095e381cdc0", "9kPV7Cr98ukZifnmAeOBX16nD6vF7/EgAkjVYuXxmqQ="
"""Signatures as published."""
ANSWER = "7sF7OOBLpEIb+awd1GR4RoWyZ2DOY93DfxgU0lkLHLWBGPkYwB0edKD0VpkVOVTwoPPABwOt6A3+K6OFXCDWYg=="
RANDOM = b"ponmlkjihgfedcba"


def settings(**changes: Any) -> YonyouYonBipSettings:
    known = {"adapter": "yonyou_yonbip", "tenant_id": "t", "app_key": KEY, "app_secret": SECRET}
    return YonyouYonBipSettings.model_validate({**known, "events": "plain", **changes})


def call(**changes: Any) -> WebhookCall:
    return WebhookCall("POST", "/hooks/erp", {}, json.dumps({**EVENT, **changes}).encode())


def told(event: dict[str, Any], receiver: str = KEY) -> WebhookCall:
    """An event as the platform would push it."""
    encrypt = sealed(json.dumps(event), receiver, hinting.key_of(SECRET))
    parts = [EVENT["timestamp"], EVENT["nonce"], encrypt]
    return call(encrypt=encrypt, signature=hinting.keyed_signature(SECRET, parts))


def test_the_published_key_follows_from_the_secret() -> None:
    assert hinting.key_of(SECRET) == "1a2b3c4d5e6f708192a3b4c5d6e7f80900000000000"


@pytest.mark.parametrize("signature", [{"msgSignature": V1}, {"signature": V1}, {"signature": V2}])
def test_the_published_check_of_our_address_is_answered_and_reads_nothing(
    signature: dict[str, str],
) -> None:
    assert hinting.hint(call(**signature), settings()) == Hint(frozenset(), "success")


def test_the_answer_is_sealed_where_that_is_asked_for() -> None:
    found = hinting.hint(call(signature=V2), settings(events="sealed"))
    assert found is not None
    assert unsealed(found.answer, hinting.key_of(SECRET)) == ("success", KEY)
    assert sealed("success", KEY, hinting.key_of(SECRET), RANDOM) == ANSWER


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("SALE_AUDITORDER_NOTIFY_SENT", "sd/voucherorder"),
        ("YXYBASEDOC_AA_MERCHANT_UPDATE", "digitalModel/merchant"),
        ("YXYBASEDOC_PC_PRODUCT_INSERT", "digitalModel/product"),
    ],
)
def test_an_event_says_which_form_it_is_about(kind: str, form: str) -> None:
    assert hinting.hint(told({"type": kind}), settings()) == Hint(frozenset({form}), "success")


def test_an_event_of_another_kind_may_be_about_anything() -> None:
    assert hinting.hint(told({"type": "st_purchaseorder_audit"}), settings()) == Hint(
        None, "success"
    )


@pytest.mark.parametrize(
    "forged",
    [
        call(signature=V2, nonce="n0nce02"),
        call(signature=V1[::-1]),
        call(signature=V2, encrypt="AAAA"),
        call(),
        told({"type": "CHECK_URL"}, receiver="somebody else"),
        WebhookCall("POST", "/", {}, b"[]"),
        WebhookCall("POST", "/", {}, b"\xff"),
    ],
)
def test_anything_else_is_refused(forged: WebhookCall) -> None:
    with pytest.raises(AccessDenied):
        hinting.hint(forged, settings())


def test_no_call_is_taken_unless_the_settings_say_so() -> None:
    assert hinting.hint(call(signature=V2), settings(events="")) is None
