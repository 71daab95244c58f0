"""Whether a record belongs to a flow: pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from connector.mapping.expr import Expression

Scope = Literal["in", "hold", "out"]

OWN_DATES = {"sales_order": "order_date", "shipment": "shipped_on"}
"""The field that is a record's own date; for other objects it is `created_on`."""


def scope(
    object: str,
    get: Callable[[str], Any],
    *,
    since: date | None,
    when: Expression | None,
    hold: Expression | None,
) -> Scope:
    """`in`: deliver it. `hold`: it will be, once its own system lets it. `out`: not ours.

    `since` compares the record's own date, never a modification stamp: an older record stays
    out however often it is edited. A record without a date is in.
    """
    own = get(OWN_DATES.get(object, "created_on"))
    if since is not None and own is not None and own < since:
        return "out"
    if hold is not None and hold.holds(get):
        return "hold"
    return "in" if when is None or when.holds(get) else "out"
