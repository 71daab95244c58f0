"""What is made, bought, stored and sold."""

from __future__ import annotations

from connector.objects.base import BusinessObject, Code, Number, Part, Text


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
    lot_rule: Code = ""
    """`lot` or `serial` where it is tracked so."""
    reference_cost: Number | None = None
    """Cost of one base unit, in the home currency."""
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
