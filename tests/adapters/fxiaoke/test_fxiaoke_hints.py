"""Events: what is signed and sealed as the vendor's example shows makes us read, nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.fxiaoke import hinting
from adapters.fxiaoke.settings import FxiaokeSettings
from connector.contract import Hint, WebhookCall
from connector.errors import AccessDenied

EVENT = {
    "nonce": "nonce1",
    "timeStamp": "1700000000000",
    "sig": "ad7eb48ce5cede6636e8f5786b14b778334c8d63",
    "content": (
        "Q3stYC6hdFzMh9T8HCvyDEayQfECS0dWFk2EakqtJ2VLfoR1QOUfWdqBflvPETFGul4CJMvQEuY7jPCkO6jcHg=="
    ),
}
"""As published."""
SETTINGS = FxiaokeSettings.model_validate({
    "adapter": "fxiaoke", "app_id": "a", "app_secret": "s", "permanent_code": "p", "user_id": "1",
    "push_token": "fxtoken", "push_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
})  # fmt: skip


def call(**changes: Any) -> WebhookCall:
    return WebhookCall("POST", "/hooks/crm", {}, json.dumps({**EVENT, **changes}).encode())


def test_the_published_event_is_genuine_and_answered() -> None:
    assert hinting.hint(call(), SETTINGS) == Hint(answer="success")


@pytest.mark.parametrize(
    "forged",
    [
        call(nonce="nonce2"),
        call(sig=""),
        call(content="AAAA"),
        call(content="AAAA", sig=hinting.signature("fxtoken", "1700000000000", "nonce1", "AAAA")),
        WebhookCall("POST", "/", {}, b"{}"),
        WebhookCall("POST", "/", {}, b"no json"),
        WebhookCall("POST", "/", {}, b"[]"),
    ],
)
def test_anything_else_is_refused(forged: WebhookCall) -> None:
    with pytest.raises(AccessDenied):
        hinting.hint(forged, SETTINGS)


def test_without_token_and_key_no_call_is_taken() -> None:
    assert hinting.hint(call(), SETTINGS.model_copy(update={"push_key": None})) is None
