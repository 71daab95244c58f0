"""Messages of the platform, sealed for our application: tickets, and where to look."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import ECB
from tplus_site import Site

from adapters.chanjet_tplus import hinting
from adapters.chanjet_tplus.settings import ChanjetTPlusSettings
from connector.contract import Hint, WebhookCall
from connector.errors import AccessDenied

KEY = "1234567890abcdef"
PUBLISHED = (
    "+uszZ9TRQ9hcuanayXS70o9Dn5Up+PqsaaROFl0pfDS4LrIMcJkR15s7YqvGGo2r7XkMhUzvVi7mAVDIFdEh2yty66hp7u7v"
    "mviCuJeagJv4YPn915ARKFwb+0hKACY6ReaUFRkX8wUF82jaf7z5926w/FiVBcV3fkMlSe6+Nf4="
)
THEN = datetime.fromtimestamp(1_700_000_000, UTC)
"""When the published message was sent."""


def settings(**changes: Any) -> ChanjetTPlusSettings:
    known = {"adapter": "chanjet_tplus", "org_id": "1", "app_key": "CJTAPP01", "app_secret": "s",
             "certificate": "c", "message_key": KEY}  # fmt: skip
    return ChanjetTPlusSettings.model_validate({**known, **changes})


def call(text: str) -> WebhookCall:
    return WebhookCall("POST", "/hooks/erp", {}, json.dumps({"encryptMsg": text}).encode())


def told(kind: str, key: str = KEY, **changes: Any) -> WebhookCall:
    """A message as the platform would push it."""
    message = {"id": "m", "appKey": "CJTAPP01", "msgType": kind, "time": "1700000000000",
               "bizContent": {"voucherCode": "SO-1", "appTicket": "t-9"}, **changes}  # fmt: skip
    plain = json.dumps(message).encode()
    left = 16 - len(plain) % 16
    cipher = Cipher(AES128(key.encode()), ECB()).encryptor()
    return call(base64.b64encode(cipher.update(plain + bytes([left]) * left)).decode())


def test_the_published_message_brings_a_ticket_and_reads_nothing() -> None:
    found = hinting.heard(call(PUBLISHED), settings(), THEN)
    assert found == (Hint(frozenset(), '{"result":"success"}'), "t-0001")


@pytest.mark.parametrize(
    ("kind", "forms"),
    [
        ("SaleOrder_Audit", {"SaleOrder"}),
        ("SaleDelivery_UnAudit", {"SaleDelivery"}),
        ("PurchaseReceiveVoucher_Audit", {"PurchaseReceive"}),
        ("Partner_Create", {"partner"}),
        ("Inventory_Create", {"inventory"}),
        ("APP_TEST", set()),
        ("Nobody_Knows", None),
    ],
)
def test_a_message_says_where_to_look(kind: str, forms: Any) -> None:
    found = hinting.heard(told(kind), settings(), THEN)
    assert found is not None
    assert (found[0].forms, found[1]) == (forms, "")


@pytest.mark.parametrize(
    "message",
    [
        told("SaleOrder_Audit", key="another-key-1234"),
        told("SaleOrder_Audit", appKey="CJTAPP02"),
        told("SaleOrder_Audit", time="x"),
        call("not base64"),
        call(""),
        WebhookCall("POST", "/hooks/erp", {}, b"<html>"),
        WebhookCall("POST", "/hooks/erp", {}, b"[]"),
    ],
)
def test_what_was_not_sealed_for_us_is_refused(message: WebhookCall) -> None:
    with pytest.raises(AccessDenied):
        hinting.heard(message, settings(), THEN)


def test_an_old_message_is_refused() -> None:
    with pytest.raises(AccessDenied):
        hinting.heard(told("SaleOrder_Audit"), settings(), THEN + timedelta(minutes=31))


def test_without_a_key_none_is_taken() -> None:
    assert hinting.heard(told("SaleOrder_Audit"), settings(message_key=""), THEN) is None


def test_a_ticket_that_was_pushed_to_us_lets_us_in(site: Site) -> None:
    ticket = site.server.auth.file.read_text("utf-8")
    site.server.auth.file.unlink()
    adapter = site.connect(message_key=KEY)
    now = str(int(adapter.clock.now().timestamp() * 1000))
    adapter.hint(told("APP_TICKET", time=now, bizContent={"appTicket": ticket}))
    adapter.check()
    assert site.requests("resend") == []
