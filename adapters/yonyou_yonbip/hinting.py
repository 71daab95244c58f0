"""Events that the platform pushes (事件订阅): whether a call is genuine, and what it is about.

Two ways to sign are documented, and tenants of both kinds exist: either is taken.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from adapters.yonyou_yonbip.settings import YonyouYonBipSettings
from connector import exact
from connector.contract import Hint, WebhookCall
from connector.errors import AccessDenied
from connector.kit.sealed import Broken, sealed, unsealed
from connector.messages import say

HEARD = "success"
KEY_LENGTH = 43
FORMS: Mapping[str, str] = {
    "SALE_": "sd/voucherorder",
    "YXYBASEDOC_AA_MERCHANT_": "digitalModel/merchant",
    "YXYBASEDOC_PC_PRODUCT_": "digitalModel/product",
}
"""By the beginning of an event's type; others may be about anything."""


def hint(call: WebhookCall, settings: YonyouYonBipSettings) -> Hint | None:
    """Raises AccessDenied."""
    if not settings.events:
        return None
    secret = settings.app_secret.get_secret_value()
    key = key_of(secret)
    try:
        told: Any = exact.loads(call.body)
        given = str(told.get("signature") or told["msgSignature"])
        parts = [str(told[name]) for name in ("timestamp", "nonce", "encrypt")]
        text, receiver = unsealed(parts[-1], key)
        event: Any = exact.loads(text)
        genuine = _is_signed(given, secret, parts) and receiver == settings.app_key
        kind = str(event.get("type") or "")
    except (*exact.NotJson, KeyError, TypeError, AttributeError, Broken):
        genuine, kind = False, ""
    if not genuine:
        raise AccessDenied(say("yonyou_not_genuine"))
    sealed_answer = settings.events == "sealed"
    return Hint(_forms(kind), sealed(HEARD, settings.app_key, key) if sealed_answer else HEARD)


def key_of(secret: str) -> str:
    """The key that events are sealed with, as it follows from the application's secret."""
    return secret.replace("-", "")[:KEY_LENGTH].ljust(KEY_LENGTH, "0")


def _is_signed(given: str, secret: str, parts: list[str]) -> bool:
    wanted = (plain_signature(secret, parts), keyed_signature(secret, parts))
    return any(hmac.compare_digest(given.encode(), one.encode()) for one in wanted)


def plain_signature(secret: str, parts: list[str]) -> str:
    """Of 2020: the secret among what is hashed."""
    return hashlib.sha1("".join(sorted([secret, *parts])).encode()).hexdigest()  # noqa: S324 - theirs


def keyed_signature(secret: str, parts: list[str]) -> str:
    """Of newer applications."""
    text = "".join(sorted(parts)).encode()
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


def _forms(kind: str) -> frozenset[str] | None:
    if kind == "CHECK_URL":
        return frozenset()
    found = {form for begins, form in FORMS.items() if kind.startswith(begins)}
    return frozenset(found) or None
