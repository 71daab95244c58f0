"""What is made, bought, stored and sold."""

from __future__ import annotations

from decimal import Decimal

from connector.objects.base import BusinessObject, Code, Day, KnownCost, Number, Part, Text


class Unit(BusinessObject):
    """A unit of measure."""

    name: Text
    """What it is called: 个, kg, 箱."""
    active: bool = True
    """False: no longer used."""


class UnitFactor(Part):
    """How many base units one of this unit is, for one material."""

    unit: Code
    """The unit's number."""
    factor: Number
    """Base units per unit."""
    floating: bool = False
    """True: the factor varies by lot and is only a usual value."""


class Material(BusinessObject):
    """A material (物料): in the CRM, a product."""

    name: Text
    """Its name."""
    specification: Text = ""
    """Specification or model (规格型号)."""
    organisation: Code = ""
    """Organisation that owns the record, where the system divides by organisation."""
    unit: Code = ""
    """Number of the base unit."""
    stock_unit: Code = ""
    """Number of the unit it is stored in."""
    sales_unit: Code = ""
    """Number of the unit it is sold in."""
    price_unit: Code = ""
    """Number of the unit prices refer to."""
    units: tuple[UnitFactor, ...] = ()
    """Factors of the other units to the base unit."""
    kind: Code = ""
    """`make`, `buy`, `subcontract`, `service` or another code."""
    lead_time_days: int | None = None
    """Days to make or buy it."""
    safety_stock: Number | None = None
    """Quantity that should always be there, in base units."""
    minimum_lot: Number | None = None
    """Least quantity that is made or bought at a time, in base units."""
    lot_multiple: Number | None = None
    """It is made or bought in multiples of this, in base units."""
    traced_by: Code = ""
    """`lot` or `serial` where it is traced so."""
    group: Code = ""
    """Product line or material group, a code."""
    supplier: Code = ""
    """Key of the usual supplier."""
    reference_cost: KnownCost = None
    """Cost of one base unit, without tax, in the home currency."""
    purchase_cost: KnownCost = None
    """What one base unit last cost when it was bought, without tax, in the home currency."""
    list_price: Number | None = None
    """List price of one sales unit."""
    saleable: bool = True
    """May stand on a sales order."""
    active: bool = True
    """False: forbidden."""


class Stock(BusinessObject):
    """How much of a material lies where, in which state. Absent means zero."""

    organisation: Code = ""
    """Organisation that holds it."""
    material: Code
    """Key of the material in the system the record came from."""
    variant: Code = ""
    """Variant (辅助属性), where materials have them."""
    warehouse: Code = ""
    """Number of the warehouse."""
    warehouse_name: Text = ""
    """Its name."""
    lot: Code = ""
    """Lot number."""
    status: Code = "usable"
    """`usable`, `in_inspection`, `blocked` or another code."""
    owner: Code = ""
    """Whose goods they are, where not ours."""
    tracking_no: Code = ""
    """计划跟踪号: reserved for what carries the same number."""
    unit: Code = ""
    """Number of the unit the quantities are in."""
    on_hand: Number
    """What lies there."""
    reserved: Number | None = None
    """Of this, already promised."""
    in_transit: Number | None = None
    """Under way to this place, not in `on_hand`."""


class StockMove(BusinessObject):
    """A quantity that came or went (库存流水)."""

    organisation: Code = ""
    """Organisation that holds the stock."""
    material: Code
    """Key of the material."""
    warehouse: Code = ""
    """Number of the warehouse."""
    moved_on: Day
    """Business date."""
    quantity: Number
    """What came, in base units; negative: what went."""
    kind: Code = ""
    """Of which kind the document is: a code of the ERP."""


class Warehouse(BusinessObject):
    """A warehouse."""

    name: Text
    """Its name."""
    organisation: Code = ""
    """Organisation that it belongs to."""
    active: bool = True
    """False: no longer used."""


class BomLine(Part):
    """A component of a BOM."""

    id: Code
    """The line's key in its system."""
    component: Code
    """Key of the component."""
    quantity: Number
    """How much of it goes into `per` of the parent, in `unit`."""
    per: Number = Decimal(1)
    """For how much of the parent, in the BOM's unit."""
    unit: Code = ""
    """Number of the unit; empty: the component's base unit."""
    scrap_rate: Number = Decimal(0)
    """Of what is issued, the share that is lost, as a fraction."""
    valid_from: Day | None = None
    """First day on which it is used; None: since ever."""
    valid_to: Day | None = None
    """First day on which it is not used any more; None: for ever."""


class Bom(BusinessObject):
    """Of what a material is made (物料清单), one level; the number is its version."""

    organisation: Code = ""
    """Organisation that uses it."""
    material: Code
    """Key of the parent."""
    unit: Code = ""
    """Number of the parent's unit; empty: its base unit."""
    valid_from: Day | None = None
    """First day on which it is used; of several that are valid, the latest counts."""
    valid_to: Day | None = None
    """First day on which it is not used any more."""
    labour_cost: KnownCost = None
    """Labour of making one unit of the parent, in the home currency."""
    overhead_cost: KnownCost = None
    """Overhead of making one unit of the parent, in the home currency."""
    active: bool = True
    """False: forbidden or not approved."""
    lines: tuple[BomLine, ...] = ()
    """Its components."""


class CustomerMaterial(BusinessObject):
    """A customer's own number for a material (客户物料对应); it is the record's number."""

    customer: Code
    """Key of the customer; empty: of every one."""
    material: Code
    """Key of our material."""
    name: Text = ""
    """What the customer calls it."""
    active: bool = True
    """False: no longer used."""


class PriceLine(Part):
    """A price in a price list."""

    id: Code
    """The line's key in its system."""
    material: Code
    """Key of the material."""
    unit: Code = ""
    """Number of the unit; empty: the material's price unit."""
    from_quantity: Number = Decimal(0)
    """It counts from this quantity on."""
    price: Number
    """Price of one unit."""
    valid_from: Day | None = None
    """First day."""
    valid_to: Day | None = None
    """First day on which it does not count any more."""


class PriceList(BusinessObject):
    """A price list (价目表)."""

    name: Text = ""
    """Its name."""
    organisation: Code = ""
    """Organisation that sells by it."""
    currency: Code = "CNY"
    """ISO 4217 code."""
    tax_included: bool = True
    """True: prices include tax."""
    customers: tuple[Code, ...] = ()
    """Keys of the customers it is for; empty: for all."""
    valid_from: Day | None = None
    """First day."""
    valid_to: Day | None = None
    """First day on which it does not count any more."""
    active: bool = True
    """False: forbidden or not approved."""
    lines: tuple[PriceLine, ...] = ()
    """The prices."""
