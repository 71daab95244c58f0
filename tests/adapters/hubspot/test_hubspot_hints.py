"""Webhooks: HubSpot's signature is believed, nothing else is; they say where to look."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.hubspot import hinting
from adapters.hubspot.settings import HubSpotSettings
from connector.contract import Hint, WebhookCall
from connector.errors import AccessDenied

URL = "https://hooks.example.com/hubspot/webhook?tenant=a"
BODY = (
    b'[{"eventId":1,"subscriptionType":"deal.propertyChange","objectId":42,'
    b'"propertyName":"amount","propertyValue":"1000","occurredAt":1699999999000}]'
)
STAMP, SIGNATURE = "1700000000000", "eRKwRQER0vky9L/Y8TPV/L8EhqZgYsygYD3lu+mp6pw="
"""As published, of the third version."""
THEN = datetime.fromtimestamp(1700000000, UTC)
SECRET = "hsDemoClientSecret"


def settings(**changes: Any) -> HubSpotSettings:
    known = {"adapter": "hubspot", "token": "t", "client_secret": SECRET, "webhook_url": URL}
    return HubSpotSettings.model_validate({**known, **changes})


def call(body: bytes = BODY, stamp: str = STAMP, signature: str = SIGNATURE) -> WebhookCall:
    headers = {"x-hubspot-request-timestamp": stamp, "x-hubspot-signature-v3": signature}
    return WebhookCall("POST", "/hooks/crm?tenant=a", headers, body)


def signed(body: bytes) -> WebhookCall:
    return call(body, signature=hinting.signature(SECRET, "POST", URL, body, STAMP))


def test_the_published_call_is_genuine_and_about_deals() -> None:
    assert hinting.hint(call(), settings(), THEN) == Hint(frozenset({"deals"}))


@pytest.mark.parametrize(
    "forged",
    [
        call(BODY.replace(b"1000", b"1")),
        call(stamp="1700000000001"),
        call(signature="f1d59cebd575b5176f1f806523d58ff1ce8c56efcf1a713a655332162236a247"),
        call(signature=""),
        WebhookCall("POST", "/", {}, BODY),
    ],
    ids=["another body", "another time", "the first version", "empty", "none"],
)
def test_what_is_not_signed_like_it_is_refused(forged: WebhookCall) -> None:
    with pytest.raises(AccessDenied):
        hinting.hint(forged, settings(), THEN)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_call_that_is_played_again_later_is_refused(seconds: int) -> None:
    with pytest.raises(AccessDenied):
        hinting.hint(call(), settings(), datetime.fromtimestamp(1700000000 + seconds, UTC))


@pytest.mark.parametrize(
    ("body", "forms"),
    [
        (b'[{"objectTypeId":"0-2"},{"objectTypeId":"0-8"}]', {"companies", "line_items"}),
        (b'[{"subscriptionType":"object.propertyChange","objectTypeId":"2-1"}]', None),
        (b"{}", set()),
        (b"[1]", None),
        (b"no json", None),
    ],
)
def test_what_is_not_known_may_be_about_anything(body: bytes, forms: set[str] | None) -> None:
    found = hinting.hint(signed(body), settings(), THEN)
    assert found is not None
    assert found.forms == (None if forms is None else frozenset(forms))


def test_without_a_secret_no_call_is_taken() -> None:
    quiet = settings(client_secret=None, webhook_url="")
    assert hinting.hint(call(), quiet, THEN) is None


def test_a_secret_needs_the_address_that_is_signed() -> None:
    with pytest.raises(ValueError, match="webhook_url"):
        settings(webhook_url="")
