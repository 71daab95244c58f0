"""Webhooks of HubSpot: whether a call is genuine, and which objects it is about.

A signature covers the address as HubSpot knows it, so that is a setting. What a call says of
records is old by the time it comes, may come twice, and in any order: it only says where to look.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from adapters.hubspot.settings import HubSpotSettings
from connector import exact
from connector.contract import Hint, WebhookCall
from connector.errors import AccessDenied
from connector.kit.millis import instant_of
from connector.messages import say

OLD = timedelta(minutes=5)
OBJECTS: Mapping[str, str] = {
    "company": "companies", "0-2": "companies",
    "contact": "contacts", "0-1": "contacts",
    "deal": "deals", "0-3": "deals",
    "line_item": "line_items", "0-8": "line_items",
    "product": "products", "0-7": "products",
    "quote": "quotes", "0-14": "quotes",
    "order": "orders", "0-123": "orders",
}  # fmt: skip
"""By the word before the point in a subscription's type, or by the object's type id."""


def hint(call: WebhookCall, settings: HubSpotSettings, now: datetime) -> Hint | None:
    """Raises AccessDenied."""
    if settings.client_secret is None:
        return None
    stamp = call.headers.get("x-hubspot-request-timestamp", "")
    given = call.headers.get("x-hubspot-signature-v3", "")
    secret = settings.client_secret.get_secret_value()
    wanted = signature(secret, call.method, settings.webhook_url, call.body, stamp)
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        raise AccessDenied(say("hubspot_not_genuine"))
    if not stamp.isdecimal() or abs(now - instant_of(int(stamp))) > OLD:
        raise AccessDenied(say("hubspot_old_call"))
    return Hint(_forms(call.body))


def signature(secret: str, method: str, url: str, body: bytes, stamp: str) -> str:
    """Version 3 of HubSpot's signatures."""
    signed = method.encode() + url.encode() + body + stamp.encode()
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _forms(body: bytes) -> frozenset[str] | None:
    """None where one of the events is about something that we do not know."""
    try:
        events: Any = exact.loads(body.decode())
        found = {_form(event) for event in events}
    except (*exact.NotJson, TypeError, AttributeError):
        return None
    return None if None in found else frozenset(filter(None, found))


def _form(event: Mapping[str, Any]) -> str | None:
    kind = str(event.get("subscriptionType") or "").partition(".")[0]
    return OBJECTS.get(kind) or OBJECTS.get(str(event.get("objectTypeId")))
