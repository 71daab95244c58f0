"""State records that the hub computes from what both sides hold.

They hold dates, never ages: an age would change every day without anything having happened.
"""

from __future__ import annotations

from decimal import Decimal

from connector.objects.base import BusinessObject, Code, Day, Instant, Number, Text


class DeliveryStatus(BusinessObject):
    """What became of a record on its way to the target, for the person who asks in the CRM."""

    flow: Code
    """The flow that delivers it."""
    record: Code
    """Key of the record in the system it comes from."""
    target_number: Code = ""
    """Its number in the target, once it is there."""
    state: Code
    """`waiting`, `sending`, `in_doubt`, `awaiting`, `done` or `stopped`."""
    step: Code = ""
    """How far the target's record is: `saved`, `submitted`, `audited`."""
    reason: Text = ""
    """Why it is not done, in plain words; empty when it is."""
    who: Text = ""
    """Who must act, if anybody."""
    since: Instant | None = None
    """Since when it is so."""


class OrderProgress(BusinessObject):
    """How far an order is, from the ERP's production orders and shipments that name it."""

    record: Code
    """Key of the order in the system it comes from."""
    ordered: Number = Decimal(0)
    """Ordered quantity of goods, over all lines."""
    in_production: Number = Decimal(0)
    """Quantity on production orders that have started and are not finished."""
    produced: Number = Decimal(0)
    """Good quantity received from production."""
    shipped: Number = Decimal(0)
    """Quantity that left."""
    started_on: Day | None = None
    """When production first started (已上生产线)."""
    produced_on: Day | None = None
    """When the last production order was finished (生产完工); empty until all are."""
    shipped_on: Day | None = None
    """When the latest shipment left (已发货)."""
    waybill: Code = ""
    """The latest shipment's tracking number."""
    stage: Code = ""
    """The furthest milestone reached: `ordered`, `in_production`, `produced`, `part_shipped`,
    `shipped`."""
    basis: Code = "linked"
    """How production was found: `linked` (order named) or `tracked` (计划跟踪号)."""
