"""A robot's message as it goes over the wire: as long as WeCom takes, mentioning whom it is for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connector.kit.fitting import fitting, in_bytes

MOST_BYTES = 4_096
"""Of `content`, in either Markdown."""


def message(msgtype: str, text: str, people: Sequence[str]) -> dict[str, Any]:
    """The body. Whom it is for is mentioned whole; of the text as much is sent as fits."""
    kind = "markdown" if people else msgtype
    tail = f"\n\n{' '.join(f'<@{one}>' for one in people)}" if people else ""
    content = fitting(text, MOST_BYTES - in_bytes(tail)) + tail
    return {"msgtype": kind, kind: {"content": content}}
