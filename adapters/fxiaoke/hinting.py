"""Events that Fxiaoke pushes (事件回调): whether a call is genuine.

What such a call holds no page describes; that it is sealed and signed as the vendor's older
messages are is taken from its own example. It only means: read now.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from adapters.fxiaoke.settings import FxiaokeSettings
from connector import exact
from connector.contract import Hint, WebhookCall
from connector.errors import AccessDenied
from connector.kit.sealed import Broken, unsealed
from connector.messages import say

HEARD = "success"


def hint(call: WebhookCall, settings: FxiaokeSettings) -> Hint | None:
    """Raises AccessDenied."""
    if settings.push_token is None or settings.push_key is None:
        return None
    try:
        told: Any = exact.loads(call.body)
        parts = [str(told[name]) for name in ("timeStamp", "nonce", "content")]
        given = str(told["sig"])
        wanted = signature(settings.push_token.get_secret_value(), *parts)
        if hmac.compare_digest(given.encode(), wanted.encode()):
            unsealed(parts[-1], settings.push_key.get_secret_value())
            return Hint(answer=HEARD)
    except (*exact.NotJson, KeyError, TypeError, Broken):
        pass  # told below, whatever it is
    raise AccessDenied(say("fxiaoke_not_genuine"))


def signature(token: str, *parts: str) -> str:
    """Of the time, a nonce and what is sealed."""
    return hashlib.sha1("".join(sorted((token, *parts))).encode()).hexdigest()  # noqa: S324 - theirs
