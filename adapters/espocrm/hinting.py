"""Webhooks of EspoCRM: whether a call is genuine. Which records it is about tells the webhook's own
definition and not the call, so all is read.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from adapters.espocrm.settings import EspoCrmSettings
from connector.contract import Hint, WebhookCall
from connector.errors import AccessDenied
from connector.messages import say


def hint(call: WebhookCall, settings: EspoCrmSettings) -> Hint | None:
    """Raises AccessDenied. A call carries no time: one that is played again makes us read, no
    more."""
    if not settings.webhooks:
        return None
    try:
        given = base64.b64decode(call.headers.get("signature", ""), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        given = ""
    webhook = given.partition(":")[0]
    secret = settings.webhooks.get(webhook)
    wanted = f"{webhook}:{_digest(secret.get_secret_value(), call.body)}" if secret else ""
    if not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise AccessDenied(say("espocrm_not_genuine"))
    return Hint()


def _digest(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
