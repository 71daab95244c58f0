"""A robot's message as it goes over the wire: signed, and as long as DingTalk takes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from connector import exact
from connector.kit.fitting import fitting, in_json

MOST_BYTES = 20_000
"""Of a request's body."""
MOST_TITLE = 200
"""Bytes of a title, so that it leaves room for the text; DingTalk names no limit."""
_LINE_END = re.compile(r"(?<!\n)\n(?!\n)")


def signature(secret: str, millis: int) -> str:
    """`sign` for the address, before it is percent-encoded."""
    text = f"{millis}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()


def signed(path: str, secret: str, millis: int) -> str:
    """A path with timestamp and signature; as it is where there is no secret."""
    if not secret:
        return path
    return f"{path}&timestamp={millis}&sign={quote(signature(secret, millis), safe='')}"


def markdown(title: str, text: str, mobiles: Sequence[str], keyword: str = "") -> dict[str, Any]:
    """The body. Whom it is for must stand in the text, too, and so must the keyword; of all else
    as much is sent as fits."""
    title = fitting(title or text.strip().partition("\n")[0], MOST_TITLE)
    tail = "".join(f" @{mobile}" for mobile in mobiles)
    tail += f" {keyword}" if keyword and keyword not in title else ""
    end = f"\n\n{tail.strip()}" if tail else ""
    room = MOST_BYTES - len(exact.encode(_body(title, end, mobiles)))
    shown = fitting(_LINE_END.sub("  \n", text), room, in_json)
    return _body(title, f"{shown}{end}", mobiles)


def _body(title: str, text: str, mobiles: Sequence[str]) -> dict[str, Any]:
    at: Mapping[str, Any] = {"atMobiles": list(mobiles), "isAtAll": False}
    return {"msgtype": "markdown", "markdown": {"title": title, "text": text}, "at": at}
