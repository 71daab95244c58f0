"""The models and their fields, as far as orders and what becomes of them need them. Data.

`name:kind`, with `=` the model that a field points to (`/` the field that points back) or what may
be chosen, and `!` where a value is required.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One field."""

    name: str
    kind: str
    relation: str = ""
    back: str = ""
    options: tuple[str, ...] = ()
    required: bool = False


_ORDER_STATES = "draft|sent|sale|cancel"
_MOVE_STATES = "draft|waiting|confirmed|assigned|done|cancel"

_MODELS: Mapping[str, str] = {
    "res.company": "name:char! currency_id:many2one=res.currency partner_id:many2one=res.partner",
    "res.currency": "name:char! active:boolean",
    "res.users": "name:char! login:char! active:boolean partner_id:many2one=res.partner",
    "res.country.state": "name:char!",
    "crm.team": "name:char! active:boolean",
    "uom.uom": "name:char! active:boolean",
    "account.tax": (
        "name:char! amount:float type_tax_use:selection=sale|purchase price_include:boolean"
        " active:boolean"
    ),
    "account.payment.term": "name:char! active:boolean",
    "product.category": "name:char!",
    "product.pricelist": (
        "name:char! currency_id:many2one=res.currency active:boolean"
        " item_ids:one2many=product.pricelist.item/pricelist_id"
    ),
    "product.pricelist.item": (
        "pricelist_id:many2one=product.pricelist product_id:many2one=product.product"
        " product_tmpl_id:many2one=product.template compute_price:selection=fixed|percentage"
        " min_quantity:float fixed_price:float date_start:datetime date_end:datetime"
    ),
    "product.template": "name:char product_variant_id:many2one=product.product",
    "res.partner": (
        "name:char ref:char vat:char company_registry:char phone:char email:char street:char"
        " street2:char city:char state_id:many2one=res.country.state function:char"
        " parent_id:many2one=res.partner commercial_partner_id:many2one=res.partner"
        " user_id:many2one=res.users is_company:boolean partner_share:boolean"
        " ref_company_ids:one2many=res.company/partner_id customer_rank:integer"
        " user_ids:one2many=res.users/partner_id"
        " supplier_rank:integer type:selection=contact|invoice|delivery active:boolean"
        " credit_limit:float use_partner_credit_limit:boolean"
        " x_erp_grade:char x_erp_year_revenue:float x_erp_last_order_on:date"
        " x_erp_silent_since:date x_erp_credit_limit:float x_erp_receivable:float"
        " x_erp_exposure:float x_erp_oldest_due_on:date x_erp_payment_days:integer"
        " x_erp_blocked:boolean"
    ),
    "product.product": (
        "name:char! default_code:char type:selection=consu|service uom_id:many2one=uom.uom"
        " categ_id:many2one=product.category list_price:float standard_price:float"
        " sale_ok:boolean tracking:selection=none|lot|serial active:boolean bom_count:integer"
        " taxes_id:many2many=account.tax seller_ids:one2many=product.supplierinfo/product_id"
        " orderpoint_ids:one2many=stock.warehouse.orderpoint/product_id"
        " product_tmpl_id:many2one=product.template x_erp_available:float x_erp_next_on:date"
        " x_erp_next:float x_erp_lead_days:integer x_erp_unit_cost:float x_erp_unit_price:float"
        " x_erp_lying:float x_erp_moved_on:date"
    ),
    "product.supplierinfo": (
        "product_id:many2one=product.product partner_id:many2one=res.partner delay:integer"
    ),
    "stock.warehouse.orderpoint": "product_id:many2one=product.product product_min_qty:float",
    "sale.order": (
        f"name:char state:selection={_ORDER_STATES} locked:boolean partner_id:many2one=res.partner!"
        " partner_shipping_id:many2one=res.partner partner_invoice_id:many2one=res.partner"
        " origin:char client_order_ref:char user_id:many2one=res.users team_id:many2one=crm.team"
        " date_order:datetime commitment_date:datetime validity_date:date note:html"
        " pricelist_id:many2one=product.pricelist currency_id:many2one=res.currency"
        " payment_term_id:many2one=account.payment.term opportunity_id:many2one=crm.lead"
        " amount_total:monetary order_line:one2many=sale.order.line/order_id"
        " x_erp_number:char x_erp_state:char x_erp_reason:text x_erp_who:char x_erp_since:datetime"
        " x_erp_review:char x_erp_review_waits_for:char x_erp_review_said:text"
        " x_erp_promised_on:date"
        " x_erp_stage:char x_erp_basis:char x_erp_materials_on:date x_erp_started_on:date"
        " x_erp_produced:float x_erp_produced_on:date x_erp_inspected_on:date"
        " x_erp_expected_on:date x_erp_shipped:float x_erp_shipped_on:date x_erp_waybill:char"
        " x_erp_returned:float x_erp_invoiced_on:date x_erp_paid_on:date x_erp_revenue:float"
        " x_erp_cost:float x_erp_margin:float x_erp_margin_rate:float x_erp_margin_basis:char"
        " x_erp_shipped_amount:float x_erp_invoiced_amount:float x_erp_received_amount:float"
        " x_erp_agrees:boolean x_erp_differs_since:date"
    ),
    "crm.lead": "name:char! partner_id:many2one=res.partner won_status:selection=won|lost|pending",
    "sale.order.line": (
        "order_id:many2one=sale.order! product_id:many2one=product.product name:text"
        " product_uom_qty:float product_uom_id:many2one=uom.uom price_unit:float discount:float"
        " technical_price_unit:float tax_ids:many2many=account.tax price_subtotal:monetary"
        " price_total:monetary qty_delivered:float qty_invoiced:float display_type:char"
        " is_downpayment:boolean x_erp_open:float x_erp_from_stock:float x_erp_buildable:float"
        " x_erp_complete:boolean x_erp_short_of:text"
    ),
    "stock.warehouse": "name:char! code:char! active:boolean",
    "stock.location": (
        "name:char! usage:selection=internal|customer|supplier|transit|production"
        " warehouse_id:many2one=stock.warehouse"
    ),
    "stock.lot": "name:char!",
    "stock.quant": (
        "product_id:many2one=product.product! location_id:many2one=stock.location!"
        " lot_id:many2one=stock.lot owner_id:many2one=res.partner quantity:float"
        " reserved_quantity:float product_uom_id:many2one=uom.uom"
    ),
    "stock.picking": (
        f"name:char state:selection={_MOVE_STATES} partner_id:many2one=res.partner"
        " picking_type_code:selection=incoming|outgoing|internal"
        " location_id:many2one=stock.location"
        " date_done:datetime scheduled_date:datetime carrier_tracking_ref:char"
        " move_ids:one2many=stock.move/picking_id"
    ),
    "stock.move": (
        f"picking_id:many2one=stock.picking production_id:many2one=mrp.production"
        f" product_id:many2one=product.product state:selection={_MOVE_STATES} quantity:float"
        " sale_line_id:many2one=sale.order.line purchase_line_id:many2one=purchase.order.line"
    ),
    "mrp.bom": (
        "code:char product_id:many2one=product.product product_tmpl_id:many2one=product.template"
        " product_qty:float product_uom_id:many2one=uom.uom type:selection=normal|phantom"
        " active:boolean bom_line_ids:one2many=mrp.bom.line/bom_id"
    ),
    "mrp.bom.line": (
        "bom_id:many2one=mrp.bom product_id:many2one=product.product product_qty:float"
        " product_uom_id:many2one=uom.uom"
    ),
    "mrp.production": (
        "name:char state:selection=draft|confirmed|progress|to_close|done|cancel"
        " product_id:many2one=product.product! product_qty:float product_uom_qty:float"
        " qty_produced:float origin:char sale_line_id:many2one=sale.order.line"
        " bom_id:many2one=mrp.bom reservation_state:char date_start:datetime date_finished:datetime"
        " date_deadline:datetime move_finished_ids:one2many=stock.move/production_id"
    ),
    "purchase.order": (
        "name:char state:selection=draft|sent|purchase|cancel partner_id:many2one=res.partner!"
        " date_order:datetime currency_id:many2one=res.currency"
        " order_line:one2many=purchase.order.line/order_id"
    ),
    "purchase.order.line": (
        "order_id:many2one=purchase.order product_id:many2one=product.product product_qty:float"
        " product_uom_qty:float product_uom_id:many2one=uom.uom qty_received:float"
        " date_planned:datetime price_total:monetary tax_ids:many2many=account.tax"
        " display_type:char"
    ),
    "account.move": (
        "name:char state:selection=draft|posted|cancel commercial_partner_id:many2one=res.partner"
        " move_type:selection=out_invoice|out_refund|in_invoice|in_refund invoice_date:date"
        " date:date invoice_date_due:date invoice_origin:char fapiao:char"
        " reversed_entry_id:many2one=account.move currency_id:many2one=res.currency"
        " amount_total:monetary amount_tax:monetary amount_residual:monetary"
        " invoice_line_ids:one2many=account.move.line/move_id"
    ),
    "account.move.line": (
        "move_id:many2one=account.move product_id:many2one=product.product quantity:float"
        " price_total:monetary price_subtotal:monetary sale_line_ids:many2many=sale.order.line"
        " display_type:char payment_id:many2one=account.payment"
    ),
    "account.payment": (
        "name:char state:selection=draft|in_process|paid|canceled partner_id:many2one=res.partner"
        " partner_type:selection=customer|supplier payment_type:selection=inbound|outbound"
        " date:date currency_id:many2one=res.currency amount:monetary memo:char"
    ),
    "account.partial.reconcile": (
        "debit_move_id:many2one=account.move.line credit_move_id:many2one=account.move.line"
        " credit_amount_currency:monetary"
    ),
}  # fmt: skip


def _field(text: str) -> Field:
    name, _, rest = text.partition(":")
    kind, _, more = rest.removesuffix("!").partition("=")
    relation, _, back = more.partition("/") if kind not in ("selection",) else ("", "", "")
    options = tuple(more.split("|")) if kind == "selection" else ()
    return Field(name, kind, relation, back, options, rest.endswith("!"))


_EVERYWHERE = "id:integer create_date:datetime write_date:datetime display_name:char"

MODELS: Mapping[str, Mapping[str, Field]] = {
    model: {field.name: field for field in map(_field, f"{text} {_EVERYWHERE}".split())}
    for model, text in _MODELS.items()
}
"""Fields by model and name."""
COMPUTED = frozenset({
    ("sale.order", "amount_total"), ("sale.order", "name"), ("sale.order.line", "name"),
    ("sale.order.line", "price_subtotal"), ("sale.order.line", "price_total"),
})  # fmt: skip
"""Fields that Odoo fills by itself, as it tells of them."""
