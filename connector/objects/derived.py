"""State records that the hub computes from what both sides hold.

They hold dates, never ages: an age would change every day without anything having happened.
Quantities are in base units and amounts in the home currency, unless a field says otherwise;
materials are named by their key in the ERP.
"""

from __future__ import annotations

from decimal import Decimal

from connector.objects.base import (
    BusinessObject,
    Code,
    Cost,
    Day,
    Instant,
    KnownCost,
    Number,
    Part,
    Text,
)


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


class Milestones(Part):
    """When an order or a line first reached each milestone, and what is known of quantities.

    An order has reached one when all its lines have. A `basis` says how it was found: `linked`
    (the document names the order), `tracked` (计划跟踪号), `pegged` (its supply was planned for it)
    or `estimated` (by material over open orders, in order of their wanted dates).
    """

    ordered: Number = Decimal(0)
    """Ordered quantity of goods, in the order's units."""
    in_production: Number = Decimal(0)
    """Quantity on production orders that have started and are not finished."""
    produced: Number = Decimal(0)
    """Good quantity received from production."""
    shipped: Number = Decimal(0)
    """Quantity that left and did not come back."""
    returned: Number = Decimal(0)
    """Quantity that came back."""
    invoiced: Number = Decimal(0)
    """Quantity invoiced, less what red invoices took back."""
    materials_on: Day | None = None
    """When the key parts were all there (关键部件已到料)."""
    materials_basis: Code = ""
    """How that was found."""
    started_on: Day | None = None
    """When production first started (已上生产线)."""
    started_basis: Code = ""
    """How that was found."""
    produced_on: Day | None = None
    """When production was finished (生产完工)."""
    produced_basis: Code = ""
    """How that was found."""
    inspected_on: Day | None = None
    """When it passed inspection (质检合格)."""
    inspected_basis: Code = ""
    """How that was found."""
    shipped_on: Day | None = None
    """When the latest shipment left (已发货)."""
    expected_on: Day | None = None
    """When production is planned to be finished, while it is not."""
    stage: Code = ""
    """The furthest milestone reached: `ordered`, `materials_ready`, `in_production`, `produced`,
    `inspected`, `part_shipped`, `shipped`."""
    basis: Code = "linked"
    """The weakest basis of all that is told here."""


class LineProgress(Milestones):
    """How far one line is."""

    id: Code
    """Key of the line in the system its order comes from."""
    material: Code = ""
    """Key of the material there."""


class OrderProgress(BusinessObject, Milestones):
    """How far an order is, from everything in the ERP that serves it."""

    record: Code
    """Key of the order in the system it comes from."""
    promised_on: Day | None = None
    """When the customer was promised it."""
    invoiced_on: Day | None = None
    """When it was invoiced in full."""
    paid_on: Day | None = None
    """When it was paid in full."""
    waybill: Code = ""
    """The latest shipment's tracking number."""
    waybills: tuple[Code, ...] = ()
    """The tracking numbers of all shipments."""
    lines: tuple[LineProgress, ...] = ()
    """Line by line."""


class Share(Part):
    """What a production order makes for a line that it does not name."""

    line: Code
    """Key of the line in the system its order comes from."""
    production: Code
    """Key of the production order in the ERP."""
    quantity: Number
    """How much of it, in base units."""
    basis: Code
    """`tracked`, `pegged` or `estimated`."""


class OrderSupply(BusinessObject):
    """Which production serves an open order without naming it."""

    record: Code
    """Key of the order in the system it comes from."""
    shares: tuple[Share, ...] = ()
    """What is made for which line."""


class Taker(Part):
    """Who took of a component before."""

    record: Code
    """Key of the order in the system it comes from."""
    line: Code = ""
    """Key of its line."""
    quantity: Number
    """How much."""


class Shortage(Part):
    """What is missing of one component."""

    material: Code
    """Key of the component."""
    number: Code = ""
    """Its number."""
    needed: Number
    """What is needed of it, after sub-assemblies that lie there."""
    available: Number
    """Of this, what lies there and nobody before has taken."""
    short: Number
    """What is missing."""
    expected_on: Day | None = None
    """When open receipts cover what is missing; None: they do not."""
    on_hand: Number = Decimal(0)
    """What lies there in all that the line may use."""
    taken_by: tuple[Taker, ...] = ()
    """The last five before it in the sequence that took of that, the nearest first."""


class Kitting(BusinessObject):
    """What of an open order line can be delivered and built now (齐套分析), after the lines before
    it in the sequence have taken theirs."""

    record: Code
    """Key of the order in the system it comes from."""
    line: Code
    """Key of the line."""
    material: Code
    """Key of its material in the ERP."""
    open: Number
    """What is still to be shipped."""
    from_stock: Number
    """Of this, what lies there finished."""
    buildable: Number
    """Of the rest, what can be built now from what lies there."""
    complete: bool
    """All of it is there or can be built."""
    parts_there: bool = False
    """It has key parts, and none of them is short; see `insight.key_part`."""
    shortages: tuple[Shortage, ...] = ()
    """What is missing for the rest."""
    short_of: Text = ""
    """The same in short, for a field of the CRM: number and quantity of each."""


class Promise(Part):
    """What more can be promised from a day on."""

    on: Day
    """From this day on."""
    quantity: Number
    """How much more, cumulative, without breaking what is promised already."""


class Availability(BusinessObject):
    """What of a material can be promised (ATP)."""

    material: Code
    """Key of the material in the ERP."""
    on_hand: Number = Decimal(0)
    """What lies there: usable, ours, tracked to nobody."""
    reserved: Number = Decimal(0)
    """What open orders take of it, because no receipt comes in time for them."""
    available: Number = Decimal(0)
    """What can be promised at once."""
    promises: tuple[Promise, ...] = ()
    """What can be promised later, as receipts come."""
    next_on: Day | None = None
    """The day of the first of these, for a field of the CRM."""
    next_quantity: Number | None = None
    """Its quantity."""
    lead_time_days: int | None = None
    """Beyond that: days after which more can be there, when everything is bought and made anew
    (CTP); None: a lead time is not known."""
    missing: tuple[Code, ...] = ()
    """Numbers of materials whose lead time nobody knows."""


class Peg(Part):
    """Which demand a suggestion serves, directly."""

    kind: Code
    """`order`, `forecast`, `safety_stock`, `suggestion`, `production_order` (one that has not
    taken its components yet), or `lot_rounding`: the lot rule wants it
    and nobody else does yet."""
    record: Code = ""
    """Key of the order or forecast; of a suggestion its id, of a production order its number."""
    line: Code = ""
    """Key of the order's line."""
    quantity: Number
    """How much of it is for that."""


class Suggestion(Part):
    """What should be bought or made."""

    id: Code
    """Stays the same as long as material, kind, due date and tracking number do."""
    kind: Code
    """`buy` or `make`."""
    quantity: Number
    """How much, in base units, after lot rules."""
    start_on: Day | None = None
    """When to order or to start; may lie in the past."""
    due_on: Day
    """When it is to be there."""
    tracking_no: Code = ""
    """计划跟踪号, where it is for what carries the same one alone."""
    pegs: tuple[Peg, ...] = ()
    """For what."""


class Late(Part):
    """What is bought or made already and comes later than it is wanted (催货): to be brought
    forward. Nothing more is suggested for it."""

    wanted_on: Day
    """When it should be there."""
    expected_on: Day
    """When it is to come."""
    quantity: Number
    """How much of it."""


class MaterialRequirement(BusinessObject):
    """What should be bought or made of one material (物料需求建议)."""

    material: Code
    """Key of the material in the ERP."""
    gross: Number = Decimal(0)
    """All demand on it."""
    on_hand: Number = Decimal(0)
    """What lies there."""
    safety_stock: Number = Decimal(0)
    """What should always lie there."""
    incoming: Number = Decimal(0)
    """What is bought or made already."""
    suggestions: tuple[Suggestion, ...] = ()
    """What is missing, and by when."""
    late: tuple[Late, ...] = ()
    """What comes too late."""


class PriceEstimate(BusinessObject):
    """What a material costs and should sell for (模拟报价), per sales unit."""

    material: Code
    """Key of the material in the ERP."""
    unit: Code = ""
    """Number of the unit it is for: the sales unit, or the base unit where the factor between them
    is not known."""
    material_cost: Cost = Decimal(0)
    """Bought parts, as far as their cost is known."""
    labour_cost: Cost = Decimal(0)
    """Labour, over all levels."""
    overhead_cost: Cost = Decimal(0)
    """Overhead, over all levels."""
    cost: KnownCost = None
    """Together; None: something is missing."""
    price: Number | None = None
    """With the margin, without tax."""
    price_with_tax: Number | None = None
    """With tax."""
    missing: tuple[Code, ...] = ()
    """Numbers of materials whose cost nobody knows."""
    cycles: tuple[Code, ...] = ()
    """Numbers of materials that contain themselves: a fault of their BOMs."""


class LineMargin(Part):
    """What one line earns."""

    id: Code
    """Key of the line in the system its order comes from; empty: what was allowed on the order and
    on no line of it."""
    material: Code = ""
    """Key of its material in the ERP."""
    delivered: Number = Decimal(0)
    """What left and did not come back, in base units."""
    revenue: Number = Decimal(0)
    """Without tax, less what came back and what was allowed."""
    cost: KnownCost = None
    """What it cost; None: nobody knows."""
    margin: KnownCost = None
    """The difference."""
    basis: Code = ""
    """Where the cost comes from: `actual`, `estimated`, or `mixed` where what was really made or
    bought for the order is less than what left; empty: nothing left, or nobody knows."""


class OrderMargin(BusinessObject):
    """What an order really earns (真实毛利)."""

    record: Code
    """Key of the order in the system it comes from."""
    customer: Code = ""
    """Key of the customer there."""
    ordered_on: Day | None = None
    """Business date of the order."""
    revenue: Number = Decimal(0)
    """Of what was delivered, without tax, less what came back and what was allowed."""
    cost: KnownCost = None
    """What it cost; None: of a line nobody knows."""
    margin: KnownCost = None
    """The difference."""
    rate: KnownCost = None
    """Of the revenue, as a fraction, to four places."""
    basis: Code = ""
    """`actual`, `estimated` or `mixed`: where the cost of some is only estimated."""
    lines: tuple[LineMargin, ...] = ()
    """Line by line."""


class GroupMargin(BusinessObject):
    """What order lines earn together that have something in common, in the home currency."""

    group: Text
    """What that is: a customer, a product line, a month; empty: nobody says."""
    revenue: Number = Decimal(0)
    """Of lines whose cost is known."""
    cost: Cost = Decimal(0)
    """Theirs."""
    margin: Cost = Decimal(0)
    """The difference."""
    rate: KnownCost = None
    """Of the revenue, as a fraction; None: there is no revenue."""
    unknown: Number = Decimal(0)
    """Revenue of lines whose cost nobody knows; it is in no margin."""
    falling: bool = False
    """The rate went down in each of the last three full months, and by three points together."""


class SlowStock(BusinessObject):
    """Stock that nobody has moved for long (呆滞料)."""

    material: Code
    """Key of the material in the ERP."""
    on_hand: Number
    """What lies there."""
    value: KnownCost = None
    """At its cost; None: nobody knows it."""
    moved_on: Day | None = None
    """When some of it last left or was used; None: never, as far as we have read."""
    came_on: Day | None = None
    """When some of it last came; where nothing ever left, it has been lying since then."""
    left_out: tuple[Code, ...] = ()
    """Numbers of units that cannot be converted: what lies there in them is not counted."""


class OpenDue(Part):
    """What is owed of one day's debts."""

    due_on: Day
    """When it is or was to be paid."""
    amount: Number
    """How much is still open."""


class CustomerStanding(BusinessObject):
    """How far a customer is in debt."""

    customer: Code
    """Key of the customer in the ERP."""
    currency: Code = "CNY"
    """ISO 4217 code of all amounts."""
    limit: Number | None = None
    """How much may be owed; None: no limit."""
    receivable: Number = Decimal(0)
    """What is owed."""
    dues: tuple[OpenDue, ...] = ()
    """When it is or was to be paid, the oldest first."""
    unallocated: Number = Decimal(0)
    """What was paid and is not used for anything yet."""
    advances: Number = Decimal(0)
    """What was paid for orders in advance and is not set off against a debt yet."""
    undelivered: Number = Decimal(0)
    """Ordered and not delivered."""
    unbilled: Number = Decimal(0)
    """Ordered, delivered or not, and not billed yet: what their orders still add to the debt."""
    exposure: Number = Decimal(0)
    """Owed and unbilled, less what is unallocated and advances."""
    oldest_due_on: Day | None = None
    """When the oldest debt was or is due."""
    payment_days: int | None = None
    """Days from booking to payment, on average weighted by amount, of what was paid."""
    blocked: bool = False
    """The ERP delivers nothing."""


class CashForecast(BusinessObject):
    """What should come in and go out in one week (现金流预测)."""

    week: Day
    """Its Monday. What stands in a week that is over is late: it is still to come."""
    currency: Code = "CNY"
    """ISO 4217 code."""
    receivable: Number = Decimal(0)
    """From what is owed, less what was paid and is not allocated."""
    orders: Number = Decimal(0)
    """From orders that are not billed yet, by their plan or terms, less advances."""
    payable: Number = Decimal(0)
    """To suppliers."""
    net: Number = Decimal(0)
    """What comes in, less what goes out."""


class ThreeFlows(BusinessObject):
    """Whether goods, invoices and money of an order agree (三流合一), all amounts with tax."""

    record: Code
    """Key of the order in the system it comes from."""
    currency: Code = "CNY"
    """ISO 4217 code."""
    ordered: Number = Decimal(0)
    """What the order is worth."""
    shipped: Number = Decimal(0)
    """What left, less what came back."""
    invoiced: Number = Decimal(0)
    """What was invoiced, less red invoices."""
    received: Number = Decimal(0)
    """What was paid for it, as far as the ERP says so, less refunds."""
    uninvoiced: Number = Decimal(0)
    """Shipped less invoiced; negative: invoiced ahead."""
    unpaid: Number = Decimal(0)
    """Invoiced less received; negative: paid ahead."""
    agrees: bool = False
    """Shipped, invoiced and received are the same, but for rounding."""
    differs_since: Day | None = None
    """Day of the document since which they have differed without a break."""
    left_out: tuple[Code, ...] = ()
    """Numbers of documents in another currency, which are not counted."""


class CustomerGrade(BusinessObject):
    """How valuable a customer is (RFM), what else they might buy, and whether they are leaving."""

    customer: Code
    """Key of the customer in the system its orders come from."""
    last_order_on: Day | None = None
    """Recency."""
    orders: int = 0
    """Frequency: orders in the period."""
    revenue: Number = Decimal(0)
    """Monetary: without tax, in the period."""
    grade: Code = ""
    """Three digits from 1 to 5: recency, frequency, money; 5 is best."""
    might_buy: tuple[Code, ...] = ()
    """Keys in the ERP of materials that customers with the same others buy, the likeliest first."""
    silent_since: Day | None = None
    """From this day on they are silent for too long, should they not order before; it may be to
    come. None: too few orders to tell."""


class Step(Part):
    """How long one step takes."""

    milestone: Code
    """The milestone that ends it."""
    days: Number
    """Days since the one before, the median."""


class Measures(BusinessObject):
    """How the firm did in one month, from the times of its documents."""

    month: Day
    """Its first day."""
    orders: int = 0
    """Orders delivered in full in it."""
    cycle_days: Number | None = None
    """Days from order to the last shipment, the median."""
    steps: tuple[Step, ...] = ()
    """The same between milestones: the longest is the bottleneck."""
    on_time_rate: Number | None = None
    """Of those orders, the share shipped by the promised day."""
    kitting_delay_rate: Number | None = None
    """Of the late ones, the share whose key parts came after the planned start."""
    stock_value: KnownCost = None
    """What stock was worth at the end of it, or is worth now; of materials whose cost is known."""
    turnover: Number | None = None
    """Cost of what was shipped over the mean value of stock, a year's worth."""
    forecast_accuracy: Number | None = None
    """1 less the weighted absolute percentage error of forecasts against orders; negative where
    the errors are larger than what was ordered."""
    ordered: Number = Decimal(0)
    """Value of what was ordered in it, without tax."""
    growth: Number | None = None
    """Of that, against the month before, as a fraction."""
    growth_year: Number | None = None
    """The same, against the same month of the year before."""
    collected_of_orders: Number | None = None
    """Of what was ordered in it, the share paid by now (合同回款率)."""
    collected_of_dues: Number | None = None
    """Of what fell due in it, the share paid by now (到期回款率)."""
    repeat_rate: Number | None = None
    """Of the customers who ordered in it, the share who had ordered before (复购率)."""


class OrderReview(BusinessObject):
    """How the review of a record stands (订单评审), for whoever asks in the CRM. What departments
    gave stands in `custom`, by the names of the fields."""

    flow: Code
    """The flow that waits for it."""
    record: Code
    """Key of the record in the system it comes from."""
    state: Code
    """`open`, `returned` (a department waits for an answer to its question), `approved`, `refused`
    or `withdrawn`."""
    waits_for: Text = ""
    """The departments that have not answered."""
    said: Text = ""
    """What the others said, and who."""
    why: Text = ""
    """How it ended, or with which question it was returned, in plain words."""
    since: Instant | None = None
    """Since when it is so."""


class Failure(BusinessObject):
    """What is wrong, and how many records it stops; whoever mends it hears of it once."""

    flow: Code
    """The flow that it is wrong with."""
    kind: Code
    """Kind of the records."""
    reason: Code
    """Why they do not go on: a reason of deliveries."""
    role: Code = ""
    """Who can mend it: `sales`, `master_data`, `finance`, `it`, `ops` or another role."""
    words: Text = ""
    """What is wrong, in plain words; where it differs from record to record, of one of them."""
    do: Text = ""
    """What to do about it."""
    count: int = 0
    """Records that it stops; 0: it is over."""
    examples: Text = ""
    """The numbers of the first of them."""
    since: Instant | None = None
    """Since when the first of them has stood still."""
