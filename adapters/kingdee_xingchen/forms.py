"""What we know of forms beyond what a mapping says. Data, never behaviour.

A form is called by its path below `/jdy/v2/`. Lists show heads; the whole record comes by its
detail. Fields are those of the vendor's own SDK.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ORDER, CUSTOMER, STOCK = "scm/sal_order", "bd/customer", "scm/inventory"
ID, ROWS = "id", "material_entity"
"""The key of every record and row; the rows of every bill."""
NUMBERS = frozenset((
    "qty", "inv_qty", "return_qty", "valid_qty", "price", "tax_price", "cess", "tax_amount",
    "dis_amount", "discount", "amount", "all_amount", "total_amount", "bill_dis_amount",
    "bill_dis_rate", "cus_exchange_rate", "rate", "tax_rate", "min_inventory_qty",
    "max_inventory_qty", "sec_inventory_qty", "sub_qty", "must_qty", "sub_out_qty", "un_out_qty",
))  # fmt: skip
"""Fields that are numbers, and come as texts in some answers."""
CODES = frozenset(("enable", "bill_status", "bill_close_state", "io_status", "pick_status"))
"""Fields with a code that comes as a number here and as its digits there: read as text."""
SENSITIVE = frozenset((
    "contact_phone", "contact_address", "mobile", "phone", "email", "addr", "address", "bank",
    "bank_account", "contact_persons",
))  # fmt: skip
"""Fields that come encrypted unless the application is granted plain text."""
CREATED = ("create_start_time", "create_end_time")
MODIFIED = ("modify_start_time", "modify_end_time")

Times = tuple[str, str]
"""The parameters by which a list takes a span of time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form. The defaults fit any bill that is only read."""

    times: tuple[Times, ...] = (CREATED, MODIFIED)
    """Spans that its list takes. By the first of them everything is found: whether what nobody has
    modified yet counts as modified, nobody knows."""
    number: str = "bill_no"
    full: bool = False
    """Rows without a key of their own, read whole each time; no detail."""
    row_keys: tuple[str, ...] = (ID,)
    """What tells the rows of its list apart."""
    entity: str = ""
    """How operations call it; empty: our side takes no steps with it."""
    saves: bool = False
    """Our side may write it."""
    kept: frozenset[str] = frozenset()
    """Head fields of a save that a detail shows by the same name."""
    kept_rows: frozenset[str] = frozenset()
    """Likewise of its rows; none that is reckoned from others."""
    demanded: frozenset[str] = frozenset()
    """Fields that a save must carry, rows' ones as `table/field`."""
    named: frozenset[str] = frozenset()
    """Further fields that the vendor's SDK names, written as in `demanded`."""
    status: str = "full"
    """How well it is supported; see the README."""


def _names(text: str, table: str = "") -> frozenset[str]:
    return frozenset(f"{table}/{name}" if table else name for name in text.split())


def _archive(named: str = "", status: str = "limited") -> Form:
    return Form(number="number", named=_names(named), status=status)


FORMS: Mapping[str, Form] = {
    ORDER: Form(
        entity="sal_bill_order",
        saves=True,
        kept=_names(
            "bill_no bill_date customer_id emp_id dept_id remark contact_linkman contact_phone"
            " contact_country_id contact_province_id contact_city_id contact_district_id"
            " contact_address delivery_type_id bill_dis_amount bill_dis_rate cus_currency_id"
            " cus_exchange_rate payment_entry attachments_url custom_field"
        ),
        kept_rows=_names(
            "id material_id stock_id sp_id qty unit_id aux_prop_id tax_price cess all_amount"
            " delivery_date comment is_free custom_entity_field"
        ),
        demanded=_names("customer_id") | _names("material_id qty unit_id", ROWS),
        named=_names("settle_status io_status real_io_status bill_close_state audit_time")
        | _names("inv_qty return_qty price amount tax_amount entry_status src_bill_no seq", ROWS),
    ),
    CUSTOMER: Form(
        number="number",
        saves=True,
        kept=_names(
            "number name group_id c_level_id saler_id sale_dept_id rate invoice_name taxpayer_no"
            " bank bank_account country_id province_id city_id district_id addr remark"
            " contact_persons custom_field"
        ),
        demanded=_names("name"),
    ),
    "bd/material": _archive(
        "parent_id base_unit_id model barcode help_code is_batch is_serial is_kf_period"
        " is_multi_unit tax_rate stock_id min_inventory_qty max_inventory_qty sec_inventory_qty"
        " cost_method custom_field",
        "full",
    ),
    "bd/measure_unit": _archive(),
    "bd/store": _archive(),
    "bd/emp": _archive(),
    "bd/department": _archive(),
    STOCK: Form(
        full=True,
        row_keys=("material_id", "stock_id", "sp_id", "aux_prop_id", "batch_no", "kf_date"),
        named=_names("batch_no kf_date valid_date valid_qty"),
    ),
    "scm/sal_out_bound": Form(status="limited"),
    "scm/sal_in_bound": Form(status="limited"),
    "pm/mo_taskbill": Form(
        times=(("begin_time", "end_time"),),
        named=_names("transtype io_status realiostatus pick_status bill_close_state"),
        status="limited",
    ),
    "arap/ar_credit": Form(status="limited"),
}
_ANY = Form(status="limited")


def form_of(name: str) -> Form:
    """What is known of a form; of others, what fits any bill."""
    return FORMS.get(name, _ANY)
