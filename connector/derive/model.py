"""The planning model: what is known of materials, structures, stock, demand and supply at one time.

Rows instead of business objects, because there are a million of them. Materials are keys of one
ERP and quantities are in base units. Whatever gave rows (a snapshot) can be given anew or taken
away by its `source`, and the model says which materials that touches: planning then goes on from
those alone. Quantities have at most twelve digits after the point, as business objects have;
only those of components may have more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

ZERO = Decimal(0)
EXACT = Context(prec=1000)
"""Sums and products in which no digit is lost; planning computes in it throughout."""
SMALLEST = Decimal(1).scaleb(-12)
"""The smallest quantity that a business object can state."""
NEGLIGIBLE = Decimal(1).scaleb(-9)
"""So much of a base unit missing is nothing. No decimal states a third: three times what is drawn
for one may be a little more than what is drawn for three."""


def drawn(quantity: Decimal, per: Decimal) -> Decimal:
    """What so much of a parent draws of a component: the one place where planning rounds, to the
    smallest quantity that can be stated."""
    return EXACT.multiply(quantity, per).quantize(SMALLEST, ROUND_HALF_UP, EXACT)


def plain(quantity: Decimal) -> Decimal:
    """The same without zeros at its end."""
    whole = quantity.to_integral_value(ROUND_FLOOR, EXACT)
    return whole if whole == quantity else quantity.normalize(EXACT)


class Item(NamedTuple):
    """A material."""

    key: str
    number: str = ""
    name: str = ""
    kind: str = "buy"
    """`make`, `buy`, `subcontract`, `service` or another code; only `make` is exploded."""
    lead_time: int | None = None
    """Days to make or buy it; None: not known."""
    safety_stock: Decimal = ZERO
    """What should always be there."""
    minimum_lot: Decimal = ZERO
    """Least that is made or bought at a time."""
    lot_multiple: Decimal = ZERO
    """It is made or bought in multiples of this; zero: in any quantity."""
    cost: Decimal | None = None
    """Of one base unit, without tax, home currency; None: not known."""
    supplier: str = ""
    """Key of the usual supplier."""
    group: str = ""
    """Product line or material group."""
    unit: str = ""
    """Number of the base unit."""
    sales_unit: str = ""
    """Number of the unit it is sold in."""
    factors: tuple[tuple[str, Decimal], ...] = ()
    """Base units per unit, for each of the other units by its number."""

    def per(self, unit: str) -> Decimal | None:
        """Base units per one of this unit; empty: the base unit; None: not known."""
        return Decimal(1) if unit in ("", self.unit) else dict(self.factors).get(unit)


class Component(NamedTuple):
    """What goes into one base unit of a parent."""

    material: str
    quantity: Decimal
    """Gross, scrap included."""
    valid_from: date = date.min
    valid_to: date = date.max
    """First day on which it is not used any more."""


class Structure(NamedTuple):
    """One version of a parent's BOM."""

    parent: str
    components: tuple[Component, ...]
    valid_from: date = date.min
    """Of several that are valid on a day, the one with the latest of these counts."""
    valid_to: date = date.max
    number: str = ""
    """Its version; of two that begin on one day the higher counts."""
    labour: Decimal | None = None
    """Of making one base unit, in the home currency; None: not said, a general rate stands in."""
    overhead: Decimal | None = None
    """The same."""


class Demand(NamedTuple):
    """What somebody wants."""

    id: str
    """Unique: the record's key and the line's."""
    material: str
    quantity: Decimal
    """What is still open of it; zero: nothing, but it has consumed its forecast."""
    due: date
    """Of a forecast, the first day of its period."""
    kind: str = "order"
    """`order` or `forecast`."""
    record: str = ""
    """Key of the order or forecast in the system it comes from; empty: an order that was typed into
    the ERP, which nobody elsewhere is told of."""
    line: str = ""
    """Key of the order's line there; of one that was typed into the ERP, its `id`."""
    customer: str = ""
    """Key of the customer there; a forecast for one customer is consumed by that one's orders."""
    until: date | None = None
    """Last day of a forecast's period."""
    urgency: int = 0
    """Higher goes first."""
    tracking: str = ""
    """计划跟踪号: it may use what carries the same one, besides what carries none."""
    ordered: Decimal | None = None
    """What was ordered in all, shipped or not: so much of a forecast it consumes. None: what is
    open; then the forecast comes back as the order ships."""


class Supply(NamedTuple):
    """What is to come."""

    id: str
    material: str
    quantity: Decimal
    """What is still to come of it."""
    due: date
    kind: str = "purchase_order"
    """`purchase_order`, `requisition` or `production_order`."""
    number: str = ""
    """What people call the document."""
    tracking: str = ""
    """计划跟踪号: it is for what carries the same one."""
    demand: str = ""
    """Id of the one demand that it serves, where the document names it."""
    start: date | None = None
    """When it takes its components; None: it has none, or has taken them."""

    @property
    def firm(self) -> bool:
        """Somebody has committed to it; a customer can be told of it."""
        return self.kind != "requisition"


class OnHand(NamedTuple):
    """What lies there: usable and ours."""

    material: str
    quantity: Decimal
    """May be negative, where the ERP allows it: it counts as it is."""
    tracking: str = ""
    """计划跟踪号: it is for what carries the same one."""


Row = Item | Structure | Demand | Supply | OnHand


@dataclass(slots=True)
class Model:
    """Everything that planning looks at."""

    items: dict[str, Item] = field(default_factory=dict)
    structures: dict[str, list[Structure]] = field(default_factory=dict)
    demands: dict[str, dict[str, Demand]] = field(default_factory=dict)
    """By material, then by id."""
    supplies: dict[str, dict[str, Supply]] = field(default_factory=dict)
    """By material, then by id."""
    stock: dict[str, list[OnHand]] = field(default_factory=dict)
    """By material."""
    sources: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    """What each source gave."""

    def put(self, source: str, rows: Sequence[Row]) -> set[str]:
        """These rows instead of what the source gave before; none: it is gone. The materials whose
        rows are not what they were."""
        before, after = self.sources.pop(source, ()), tuple(rows)
        if after:
            self.sources[source] = after
        if before == after:
            return set()
        for row in before:
            self._take(row)
        for row in after:
            self._add(row)
        # Not sets: two lots of one material and quantity are equal rows.
        came, went = Counter(after), Counter(before)
        return {_material(row) for row in (came - went) | (went - came)}

    def all(self) -> Iterator[str]:
        """Every material that anything names."""
        named = {c.material for one in self._structures() for c in one.components}
        tables = (self.structures, self.demands, self.supplies, self.stock)
        given = {material for table in tables for material, rows in table.items() if rows}
        yield from sorted({*self.items} | given | named)

    def _structures(self) -> Iterable[Structure]:
        return (one for versions in self.structures.values() for one in versions)

    def _add(self, row: Row) -> None:
        match row:
            case Item():
                self.items[row.key] = row
            case Structure():
                self.structures.setdefault(row.parent, []).append(row)
            case Demand():
                self.demands.setdefault(row.material, {})[row.id] = row
            case Supply():
                self.supplies.setdefault(row.material, {})[row.id] = row
            case OnHand():
                self.stock.setdefault(row.material, []).append(row)

    def _take(self, row: Row) -> None:
        match row:
            case Item():
                del self.items[row.key]
            case Structure():
                self.structures[row.parent].remove(row)
            case Demand() if self.demands[row.material].get(row.id) == row:
                # Else another source has it by now: an order that was linked, or is not any more.
                del self.demands[row.material][row.id]
            case Supply():
                del self.supplies[row.material][row.id]
            case OnHand():
                self.stock[row.material].remove(row)


def _material(row: Row) -> str:
    match row:
        case Item():
            return row.key
        case Structure():
            return row.parent
        case _:
            return row.material
