"""The forms of an account set in data: their fields, as the vendor's SDK names them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sandbox.books import Field, Form

ORDER, SHIPMENT, RETURN = "scm/sal_order", "scm/sal_out_bound", "scm/sal_in_bound"
STOCK, TASK, PAYMENT = "scm/inventory", "pm/mo_taskbill", "arap/ar_credit"
CUSTOMER, MATERIAL, UNIT = "bd/customer", "bd/material", "bd/measure_unit"
STORE, EMP, DEPARTMENT = "bd/store", "bd/emp", "bd/department"
ROWS = "material_entity"

OPEN, AUDITED = "Z", "C"
BY_HAND = "H"
"""Of `bill_close_state`."""
ENTITIES = {"sal_bill_order": ORDER, "bd_customer": CUSTOMER}
"""What operations are known for."""
SAVED = (ORDER, CUSTOMER)
"""What calls may save."""
SENSITIVE = frozenset(("contact_phone", "contact_address", "mobile", "addr", "contact_persons"))
COMPUTED = frozenset((
    "price", "amount", "tax_amount", "total_amount", "inv_qty", "return_qty", "seq", "entry_status",
    "bill_close_state", "audit_time", "io_status", "real_io_status", "settle_status",
))  # fmt: skip
"""What calls do not set, or what follows from other fields."""


def _named(names: str, **more: object) -> Iterator[Field]:
    return (Field(name, **more) for name in names.split())  # type: ignore[arg-type]


def _to(target: str, *names: str, required: bool = False) -> Iterator[Field]:
    return (Field(name, type="reference", target=target, required=required) for name in names)


def _fields(*parts: Iterable[Field]) -> tuple[Field, ...]:
    return tuple(one for part in parts for one in part)


def _numbers(names: str, *, required: bool = False) -> Iterator[Field]:
    return _named(names, type="number", required=required, places=8)


def _any(names: str) -> Iterator[Field]:
    return _named(names, type="any")


_NUMBER = [Field("number", unique=True), Field("name", required=True), Field("enable")]


def _archive(name: str, label: str, *fields: Iterable[Field]) -> Form:
    return Form(name, label, _fields(_NUMBER, *fields), "number")


_LINE = _fields(
    _to(MATERIAL, "material_id", required=True),
    _numbers("qty", required=True),
    _to(UNIT, "unit_id", required=True),
    _to(STORE, "stock_id"),
    _numbers("price tax_price cess tax_amount discount dis_amount amount all_amount inv_qty"),
    _numbers("return_qty seq"),
    _named("delivery_date", type="date"),
    _named("comment src_bill_no entry_status sp_id aux_prop_id"),
    [Field("is_free", type="bool")],
    _any("custom_entity_field"),
)
_HEAD = _fields(
    [Field("bill_no", unique=True), Field("bill_date", type="date")],
    _to(CUSTOMER, "customer_id", required=True),
    _to(EMP, "emp_id"),
    _to(DEPARTMENT, "dept_id"),
    _named("remark contact_linkman contact_phone contact_address", length=255),
    _numbers("bill_dis_amount total_amount cus_exchange_rate"),
    _named("cus_currency_id bill_close_state audit_time io_status real_io_status settle_status"),
    _any("custom_field payment_entry"),
)


def _bill(name: str, label: str, head: Iterable[Field], row: Iterable[Field] = ()) -> Form:
    rows = {ROWS: tuple(row)} if row else {}
    return Form(name, label, tuple(head), "bill_no", rows, (OPEN, AUDITED))


FORMS: Mapping[str, Form] = {
    form.name: form
    for form in (
        _archive(
            CUSTOMER,
            "客户",
            _named("group_id c_level_id invoice_name taxpayer_no addr remark", length=255),
            _to(EMP, "saler_id"),
            _numbers("rate"),
            _any("contact_persons custom_field"),
        ),
        _archive(MATERIAL, "商品", _named("model barcode parent_id"), _to(UNIT, "base_unit_id")),
        _archive(UNIT, "计量单位"),
        _archive(STORE, "仓库"),
        _archive(EMP, "职员", _named("mobile"), _to(DEPARTMENT, "department_id")),
        _archive(DEPARTMENT, "部门"),
        _bill(ORDER, "销售订单", _HEAD, _LINE),
        _bill(SHIPMENT, "销售出库单", _HEAD, _LINE),
        _bill(RETURN, "销售退货单", _HEAD, _LINE),
        _bill(
            TASK,
            "生产任务单",
            _fields(
                [Field("bill_no", unique=True), Field("bill_date", type="date")],
                _to(DEPARTMENT, "dept_id"),
                _named("transtype io_status realiostatus pick_status bill_close_state audit_time"),
            ),
            _LINE,
        ),
        _bill(PAYMENT, "收款单", _HEAD),
        Form(
            STOCK,
            "即时库存",
            _fields(
                _to(MATERIAL, "material_id"),
                _to(STORE, "stock_id"),
                _named("sp_id aux_prop_id batch_no kf_date valid_date"),
                _numbers("qty valid_qty"),
            ),
        ),
    )
}
