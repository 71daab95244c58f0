"""What the answers to a robot of WeCom mean."""

from __future__ import annotations

from connector.kit.errcodes import Codes

CODES = Codes(denied=frozenset({"93000"}), too_fast=frozenset({"45009"}), pause=60.0)
"""Messages are counted by the minute."""
