"""Webhooks: only those of the settings, with EspoCRM's own signature."""

from __future__ import annotations

import base64

import pytest

from adapters.espocrm import hinting
from adapters.espocrm.settings import EspoCrmSettings
from connector.contract import Hint, WebhookCall
from connector.errors import AccessDenied

BODY = b'[{"id":"a1","name":"N"}]'
SIGNATURE = (
    "d2gwMDE6YTNjMzI1ZGI0MWJiM2U4NzlhODc4ODlhOWU5N2I5M2Iz"
    "MzRkNDcxMDZmYjZiMzk0YjQxYzM0NDU3NTUzZmJmNA=="
)
"""As published."""
SETTINGS = EspoCrmSettings.model_validate({
    "adapter": "espocrm", "base_url": "https://crm.example.com", "api_key": "k",
    "webhooks": {"wh001": "whsecret"},
})  # fmt: skip


def call(signature: str = SIGNATURE, body: bytes = BODY) -> WebhookCall:
    return WebhookCall("POST", "/hooks/crm", {"signature": signature}, body)


def test_the_published_call_is_genuine_and_may_be_about_anything() -> None:
    assert hinting.hint(call(), SETTINGS) == Hint()


@pytest.mark.parametrize(
    "forged",
    [
        call(body=BODY + b" "),
        call(base64.b64encode(b"wh002:00").decode()),
        call(base64.b64encode(b":").decode()),
        call("not base64"),
        call(""),
        WebhookCall("POST", "/", {}, BODY),
    ],
    ids=["another body", "another webhook", "no webhook", "no base64", "empty", "none"],
)
def test_what_is_not_signed_like_it_is_refused(forged: WebhookCall) -> None:
    with pytest.raises(AccessDenied):
        hinting.hint(forged, SETTINGS)


def test_without_webhooks_no_call_is_taken() -> None:
    assert hinting.hint(call(), SETTINGS.model_copy(update={"webhooks": {}})) is None
