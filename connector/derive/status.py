"""What became of a delivery, for the person who asks in the CRM."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from connector.hints import Explained
from connector.objects import DeliveryStatus

_STATES = {"in_sync": "done", "in_doubt": "in_doubt", "sending": "sending", "stopped": "stopped"}


def delivery_status(
    row: Any, number: str, target_number: str, explained: Explained
) -> DeliveryStatus:
    """From a delivery's row, its numbers on both sides and its reason in plain words."""
    state = _STATES.get(row.state, "awaiting" if row.reason == "awaiting" else "waiting")
    over = state in ("done", "sending")
    return DeliveryStatus(
        number=number,
        flow=row.flow,
        record=row.key,
        target_number=target_number,
        state=state,
        step=row.step,
        reason="" if over else explained.words,
        who="" if over else explained.who,
        since=datetime.fromtimestamp(int(row.since or 0), UTC),
    )
