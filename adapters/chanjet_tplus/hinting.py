"""Messages that the platform pushes to the application: tickets, and that something happened.

They are sealed with the application's message key (消息秘钥), by a cipher that proves nothing of
who wrote them. So one counts only if it opens to what a message looks like, names our application,
and is not old.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.padding import PKCS7

from adapters.chanjet_tplus.forms import FORMS, PARTNER
from adapters.chanjet_tplus.settings import ChanjetTPlusSettings
from connector import exact
from connector.contract import Hint, WebhookCall
from connector.errors import AccessDenied
from connector.kit.millis import instant_of
from connector.messages import say

HEARD = '{"result":"success"}'
OLD = timedelta(minutes=30)
"""A ticket lives no longer."""
TICKET = "APP_TICKET"
OURS = frozenset((TICKET, "APP_TEST", "APP_NOTICE", "TEMP_AUTH_CODE", "PAY_ORDER_SUCCESS"))
"""Messages about the application, and no record."""
ABOUT: Mapping[str, str] = {
    "Partner": PARTNER, "Inventory": "inventory", "Bom": "bom",
    "PurchaseReceiveVoucher": "PurchaseReceive",
}  # fmt: skip
"""Forms that messages call otherwise."""


def heard(
    call: WebhookCall, settings: ChanjetTPlusSettings, now: datetime
) -> tuple[Hint, str] | None:
    """What a message tells, and the ticket that it brings, if any; None: we take none. Raises
    AccessDenied."""
    key = settings.message_key.get_secret_value()
    if not key:
        return None
    try:
        message: Any = exact.loads(_opened(exact.loads(call.body)["encryptMsg"], key))
        kind, sent = str(message["msgType"]), instant_of(int(message["time"]))
        genuine = message["appKey"] == settings.app_key and abs(now - sent) < OLD
        ticket = str(message["bizContent"]["appTicket"]) if kind == TICKET else ""
    except (*exact.NotJson, KeyError, TypeError, ValueError, OverflowError, binascii.Error):
        genuine = False
    if not genuine:
        raise AccessDenied(say("tplus_not_genuine"))
    return Hint(_forms(kind), HEARD), ticket


def _opened(text: str, key: str) -> bytes:
    """AES in blocks by themselves, as the platform seals. Raises ValueError."""
    cipher = Cipher(AES128(key.encode()), ECB()).decryptor()  # noqa: S305 - theirs
    padded = cipher.update(base64.b64decode(text)) + cipher.finalize()
    unpadder = PKCS7(AES128.block_size).unpadder()
    return unpadder.update(padded) + unpadder.finalize()


def _forms(kind: str) -> frozenset[str] | None:
    if kind in OURS:
        return frozenset()
    name = kind.partition("_")[0]
    form = ABOUT.get(name, name)
    return frozenset((form,)) if form in FORMS else None
