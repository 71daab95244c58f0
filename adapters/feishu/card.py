"""A bot's message as it goes over the wire: a card, signed, and as long as Feishu takes."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from connector import exact
from connector.kit.fitting import fitting, in_json

MOST_BYTES = 20_000
"""Of a request's body, signature included. Feishu says 20 KB: the smaller of both readings."""
MOST_TITLE = 200
"""Bytes of a title, so that it leaves room for the text; Feishu names no limit."""


def signature(secret: str, seconds: int) -> str:
    """`sign` for the body. Time and secret are the key here, and what is signed is empty."""
    key = f"{seconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


def proof(secret: str, seconds: int) -> dict[str, str]:
    """What a body carries to prove that it is ours; nothing where there is no secret."""
    return {"timestamp": str(seconds), "sign": signature(secret, seconds)} if secret else {}


def card(title: str, text: str, end: str, signed: Mapping[str, str]) -> dict[str, Any]:
    """The body. `end` stands whole below the text, of which as much is sent as fits."""
    title = fitting(title or text.strip().partition("\n")[0], MOST_TITLE)
    end = f"\n\n{end}" if end else ""
    room = MOST_BYTES - len(exact.encode(_body(title, end, signed)))
    return _body(title, f"{fitting(text, room, in_json)}{end}", signed)


def _body(title: str, content: str, signed: Mapping[str, str]) -> dict[str, Any]:
    header = {"title": {"tag": "plain_text", "content": title}}
    elements = [{"tag": "markdown", "content": content}]
    shown = {"schema": "2.0", "header": header, "body": {"elements": elements}}
    return {**signed, "msg_type": "interactive", "card": shown}
