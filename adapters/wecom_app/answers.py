"""What the answers to an application of WeCom mean."""

from __future__ import annotations

from connector.kit.errcodes import Codes

LOST = frozenset({"40014", "42001"})
"""The token is not valid, or not any more."""
CODES = Codes(
    denied=LOST | {
        "60020",  # our address is not one that the application trusts
        "40056",  # there is no such application
    },
    too_fast=frozenset({"45009"}),
)  # fmt: skip
