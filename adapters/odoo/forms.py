"""What we know of forms beyond what Odoo tells of its models. Data, never behaviour.

A form is a model, `sale.order`, or a part of its records, `res.partner:customer`: then our marks
are kept apart as well. Fields are named as Odoo 19 names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector.contract import Reads

KEY, STAMP, ACTIVE, STATE = "id", "write_date", "active", "state"
MARK = "external_id"
"""Our name for a record's external id, which is kept in a table beside the models."""
STEPS = ("saved", "audited")


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How a document is confirmed and cancelled."""

    confirm: str
    """The button that confirms it."""
    cancel: str = "action_cancel"
    open: frozenset[str] = frozenset({"draft"})
    """States in which it is not confirmed yet; whatever comes after is."""
    void: str = "cancel"
    locked: str = ""
    """Field that says that its rows may not change."""
    fixed: frozenset[str] = frozenset()
    """Fields of the head that Odoo's own screens close once it is confirmed, while calls may still
    change them: what was made of the document would stay behind."""
    rows: str = ""
    """The rows' table. Of a confirmed document they cannot be deleted, only emptied."""
    quantity: str = ""
    """The rows' quantity."""
    gone: str = ""
    """The rows' field that says how much was delivered."""
    billed: str = ""
    """The rows' field that says how much was invoiced."""
    priced: frozenset[str] = frozenset()
    """The rows' fields that may not change once something was invoiced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form. The defaults fit any model."""

    model: str = ""
    """Empty: the form's own name."""
    where: tuple[Any, ...] = ()
    """Which of the model's records belong to it."""
    reads: Reads = "changes"
    life: Life | None = None
    rows: tuple[str, ...] = ()
    """Its tables, as far as mappings name them."""
    writes: bool = True
    """Our side creates and changes it."""
    archives: bool = False
    """It is closed by archiving it."""
    status: str = "full"
    """How well it is supported; see the README."""


ORDER = Life(
    confirm="action_confirm",
    open=frozenset({"draft", "sent"}),
    locked="locked",
    fixed=frozenset({
        "partner_id", "partner_invoice_id", "partner_shipping_id", "pricelist_id", "currency_id",
        "company_id", "warehouse_id",
    }),
    rows="order_line",
    quantity="product_uom_qty",
    gone="qty_delivered",
    billed="qty_invoiced",
    priced=frozenset({"price_unit", "discount", "tax_ids"}),
)  # fmt: skip
_ORDER_ROWS = ("order_line",)
_CUSTOMERS = (
    ("parent_id", "=", False),
    ("partner_share", "=", True),
    ("ref_company_ids", "=", False),
    "!",
    ("user_ids.login", "in", ["public", "portaltemplate"]),
    "|",
    ("customer_rank", ">", 0),
    ("supplier_rank", "=", 0),
)
"""Partners that stand for themselves, without our own people, our company, those that every Odoo
has for its website, and mere suppliers."""
_READ = Form(writes=False)

FORMS: Mapping[str, Form] = {
    "sale.order": Form(life=ORDER, rows=_ORDER_ROWS),
    "sale.order:quotation": Form(model="sale.order", rows=_ORDER_ROWS, status="limited"),
    "sale.order.line": Form(),
    "res.partner:customer": Form(
        model="res.partner",
        where=_CUSTOMERS,
        archives=True,
    ),
    "res.partner:contact": Form(
        model="res.partner",
        where=(("parent_id", "!=", False), ("type", "=", "contact")),
        archives=True,
    ),
    "res.partner:supplier": Form(
        model="res.partner", where=(("supplier_rank", ">", 0),), writes=False
    ),
    "res.partner:credit": Form(model="res.partner", where=_CUSTOMERS, writes=False),
    "product.product": Form(archives=True),
    "mrp.production": Form(life=Life(confirm="action_confirm")),
    "mrp.production:receipt": Form(
        model="mrp.production",
        where=(("state", "=", "done"),),
        rows=("move_finished_ids",),
        writes=False,
    ),
    "mrp.bom": Form(rows=("bom_line_ids",), writes=False),
    "purchase.order": Form(rows=_ORDER_ROWS, writes=False),
    "stock.quant:internal": Form(
        model="stock.quant",
        where=(("location_id.usage", "in", ["internal", "transit"]), ("quantity", "!=", 0)),
        reads="full",
        writes=False,
    ),
    "stock.picking:outgoing": Form(
        model="stock.picking",
        where=(("picking_type_code", "=", "outgoing"),),
        rows=("move_ids",),
        writes=False,
    ),
    "stock.picking:incoming": Form(
        model="stock.picking",
        where=(
            ("picking_type_code", "=", "incoming"),
            ("location_id.usage", "!=", "customer"),
        ),
        rows=("move_ids",),
        writes=False,
    ),
    "stock.picking:returned": Form(
        model="stock.picking",
        where=(("location_id.usage", "=", "customer"),),
        rows=("move_ids",),
        writes=False,
    ),
    "account.move:customer": Form(
        model="account.move",
        where=(("move_type", "in", ["out_invoice", "out_refund"]),),
        rows=("invoice_line_ids",),
        writes=False,
    ),
    "account.move:receivable": Form(
        model="account.move",
        where=(("move_type", "in", ["out_invoice", "out_refund"]),),
        writes=False,
    ),
    "account.move:vendor": Form(
        model="account.move", where=(("move_type", "in", ["in_invoice", "in_refund"]),),
        writes=False,
    ),
    "account.payment:customer": Form(
        model="account.payment",
        where=(("partner_type", "=", "customer"), ("payment_type", "=", "inbound")),
        writes=False,
    ),
    "account.payment:refund": Form(
        model="account.payment",
        where=(("partner_type", "=", "customer"), ("payment_type", "=", "outbound")),
        writes=False,
    ),
    **dict.fromkeys(
        ("res.users", "crm.team", "uom.uom", "stock.warehouse", "product.pricelist"), _READ
    ),
}  # fmt: skip

OTHER_NAMES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("sale.order.line", "tax_ids"): ("tax_id",),
    ("sale.order.line", "product_uom_id"): ("product_uom",),
    ("purchase.order.line", "tax_ids"): ("taxes_id",),
    ("purchase.order.line", "product_uom_id"): ("product_uom",),
    ("stock.move", "quantity"): ("quantity_done",),
    ("stock.picking", "move_ids"): ("move_lines",),
    ("mrp.production", "date_start"): ("date_planned_start",),
    ("account.payment", "memo"): ("ref",),
}
"""What older versions call a field; the first that a model has is taken."""

MAY_LACK = frozenset({
    ("sale.order", "locked"), ("sale.order", "opportunity_id"), ("sale.order", "warehouse_id"),
    ("sale.order", "commitment_date"),
    ("sale.order.line", "is_downpayment"),
    ("product.product", "bom_count"), ("product.product", "orderpoint_ids"),
    ("product.product", "is_storable"),
    ("mrp.production", "sale_line_id"), ("mrp.production", "date_finished"),
    ("stock.location", "warehouse_id"), ("stock.picking", "sale_id"),
    ("stock.picking", "carrier_tracking_ref"), ("stock.move", "sale_line_id"),
    ("stock.move", "purchase_line_id"), ("res.partner", "mobile"),
    ("res.partner", "credit_limit"), ("res.partner", "use_partner_credit_limit"),
    ("account.move", "fapiao"),
})  # fmt: skip
"""What older versions, or databases without the module that brings it, do not have: it reads as
empty."""
NEEDLESS = frozenset({("sale.order.line", "technical_price_unit")})
"""What is not written where it is lacking: there nothing has to be told to leave prices alone."""

MADE_ALONG = frozenset({
    ("product.product", "product_tmpl_id"), ("project.project", "alias_id"),
    ("res.users", "partner_id"),
})  # fmt: skip
"""Records that Odoo makes along with one, though their field is required."""

RECOMPUTED: Mapping[str, tuple[frozenset[str], tuple[str, ...]]] = {
    "sale.order.line": (
        frozenset({"product_id", "product_uom_qty", "product_uom_id"}),
        ("price_unit", "discount"),
    ),
}
"""Where one of these changes, Odoo takes those from its own price list again, contract or not:
they are sent along as they stand."""

AMONG: Mapping[tuple[str, str], tuple[Any, ...]] = {
    ("sale.order.line", "tax_ids"): (("type_tax_use", "=", "sale"),),
}
"""Among which records a name in a field is looked for; purchases have taxes of the same names."""

_ANY = Form(status="limited")


def form_of(name: str) -> Form:
    """What is known of a form; of others, what fits any model."""
    return FORMS.get(name, _ANY)


def model_of(name: str) -> str:
    """The model whose records a form shows."""
    return form_of(name).model or name
