"""What DingTalk's answers mean."""

from __future__ import annotations

from connector.kit.errcodes import Codes

CODES = Codes(
    denied=frozenset({
        "310000",  # keyword, signature or address: its words say which
        "300001", "300005", "400101",  # the token is unknown
        "400013", "400102", "400106",  # the group is dissolved, the robot stopped or gone
    }),
    too_fast=frozenset({"130101", "410100", "302033"}),
    pause=600.0,
)  # fmt: skip
"""A robot that was too fast says nothing for ten minutes."""
