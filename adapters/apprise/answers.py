"""What the library's word means: that a service took a message, or that nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import OutcomeUnknown, Rejected
from connector.messages import say

if TYPE_CHECKING:
    from apprise.result import AppriseResult


def judge(result: AppriseResult) -> None:
    """Return where the service took it. One that failed may have it all the same: the library
    tells a refusal from a lost answer by its words alone."""
    words = "; ".join(entry.message for entry in result.logs()) or say("apprise_silent")
    attempts = [attempt for service in result for attempt in service]
    if not attempts:
        raise Rejected(words)
    # Not the service's own status: where its URL says `optional`, every failure is a success.
    if not all(attempts):
        raise OutcomeUnknown(words)
