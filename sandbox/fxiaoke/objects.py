"""The tenant's objects and fields.

Names that end in `__c` are this invented tenant's own. Preset objects and fields follow
public models and general knowledge: real tenants differ, `object/describe` tells how.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

Options = tuple[tuple[str, str], ...]
"""`(value, label)` pairs: the API speaks values, people see labels."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field, as `describe` shows it."""

    name: str
    label: str
    type: str = "text"
    max_length: int = 0
    """Characters, for text; 0: no limit."""
    places: int = 0
    """Decimal places, for number, currency and percentile; more are rounded away."""
    required: bool = False
    unique: bool = False
    options: Options = ()
    target: str = ""
    """The object that a reference points to."""
    writable: bool = True
    """May be set by create and update; the others have operations of their own."""

    def describe(self) -> dict[str, Any]:
        """This field in the shape of `object/describe`."""
        shape: dict[str, Any] = {
            "api_name": self.name,
            "label": self.label,
            "type": self.type,
            "define_type": "custom" if self.name.endswith("__c") else "package",
            "is_required": self.required,
            "is_unique": self.unique,
            "is_active": True,
        }
        if self.max_length:
            shape["max_length"] = self.max_length
        if self.type in NUMERIC:
            shape["decimal_places"] = self.places
        if self.options:
            shape["options"] = [{"label": label, "value": value} for value, label in self.options]
        if self.target:
            shape["target_api_name"] = self.target
        return shape


NUMERIC = ("number", "currency", "percentile")
"""Written and read as strings."""
DATES = ("date", "date_time")
"""Milliseconds since the epoch; a `date` is midnight in China."""
REFERENCES = ("object_reference", "master_detail")

LIFE_STATUS: Options = (
    ("ineffective", "未生效"),
    ("under_review", "审核中"),
    ("normal", "正常"),
    ("in_change", "变更中"),
    ("invalid", "作废"),
)
IN_APPROVAL = ("under_review", "in_change")
"""A record under approval is locked."""

SYSTEM_FIELDS = (
    Field("_id", "ID", writable=False),
    Field("owner", "负责人", "employee", writable=False),
    Field("life_status", "生命状态", "select_one", options=LIFE_STATUS, writable=False),
    Field(
        "lock_status",
        "锁定状态",
        "select_one",
        options=(("0", "未锁定"), ("1", "锁定")),
        writable=False,
    ),
    Field("create_time", "创建时间", "date_time", writable=False),
    Field("last_modified_time", "最后修改时间", "date_time", writable=False),
    Field("version", "版本", writable=False),
    Field("is_deleted", "是否删除", "true_or_false", writable=False),
)


@dataclass(frozen=True)
class ObjectType:
    """An object: its own fields, and how people call one of its records."""

    name: str
    label: str
    own_fields: tuple[Field, ...]
    number: str = "name"
    """The field with the number that people use."""
    approval: bool = False
    """An approval flow stands on it: a write that triggers approvals starts one."""
    owned: bool = True
    """Records have an owner, who alone sees them besides administrators."""
    master: str = ""
    """For a detail object: the field that points to its master."""
    detail: str = ""
    """For a master object: its detail object."""

    @cached_property
    def fields(self) -> dict[str, Field]:
        return {each.name: each for each in (*SYSTEM_FIELDS, *self.own_fields)}

    @cached_property
    def pointing(self) -> tuple[str, ...]:
        """The fields whose values are ids of other records or of people."""
        kinds = (*REFERENCES, "employee")
        return tuple(each.name for each in self.fields.values() if each.type in kinds)

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    def describe(self) -> dict[str, Any]:
        return {
            "api_name": self.name,
            "display_name": self.label,
            "define_type": "custom" if self.custom else "package",
            "is_active": True,
            "fields": {name: each.describe() for name, each in self.fields.items()},
        }

    def listing(self) -> dict[str, Any]:
        """This object in the shape of `object/list`."""
        return {
            "describeApiName": self.name,
            "describeDisplayName": self.label,
            "defineType": "custom" if self.custom else "package",
            "isActive": True,
        }


UNITS: Options = (("Pcs", "件"), ("Set", "套"), ("Kg", "千克"), ("m", "米"), ("Box", "箱"))
LINE_KINDS: Options = (
    ("goods", "商品"),
    ("gift", "赠品"),
    ("service", "服务"),
    ("freight", "运费"),
)
ORDER_KINDS: Options = (
    ("standard", "标准销售"),
    ("sample", "样品"),
    ("consignment", "寄售"),
    ("gift", "赠送"),
)
TERMS: Options = (
    ("cod", "货到付款"),
    ("advance", "款到发货"),
    ("net30", "月结30天"),
    ("net60", "月结60天"),
    ("net90", "月结90天"),
)
LINE_UNITS: Options = (
    ("pcs", "个"),
    ("set", "套"),
    ("box", "箱"),
    ("kg", "千克"),
    ("m", "米"),
)
CURRENCIES: Options = (("CNY", "人民币"), ("USD", "美元"), ("EUR", "欧元"), ("HKD", "港元"))

WRITTEN_BACK = (
    Field("erp_number__c", "ERP单号", max_length=50),
    Field("erp_state__c", "ERP状态", max_length=50),
    Field("erp_reason__c", "ERP原因", max_length=500),
    Field("erp_who__c", "ERP处理人", max_length=100),
)
"""What the connector tells the salesperson: number, step, reason, who must act."""

FORBIDDEN = Field("erp_forbidden__c", "ERP禁用", max_length=20)

ACCOUNT = ObjectType(
    "AccountObj",
    "客户",
    (
        Field("name", "客户名称", max_length=200, required=True),
        Field("account_no", "客户编号", max_length=50, unique=True),
        Field("tel", "电话", "phone_number", max_length=100),
        Field("email", "邮件", "email", max_length=100),
        Field("address", "详细地址", max_length=500),
        Field("credit_code__c", "统一社会信用代码", max_length=30),
        Field("erp_reference__c", "ERP 参照号", max_length=100),
        FORBIDDEN,
        *WRITTEN_BACK,
    ),
    number="account_no",
)
CONTACT = ObjectType(
    "ContactObj",
    "联系人",
    (
        Field("name", "姓名", max_length=100, required=True),
        Field("account_id", "客户名称", "object_reference", target="AccountObj"),
        Field("mobile1", "手机1", "phone_number", max_length=100),
        Field("add", "地址", max_length=500),
        Field("erp_reference__c", "ERP 参照号", max_length=100),
        FORBIDDEN,
    ),
)
PRODUCT = ObjectType(
    "ProductObj",
    "产品",
    (
        Field("name", "产品名称", max_length=200, required=True),
        Field("product_code", "产品编码", max_length=100, unique=True),
        Field("erp_reference__c", "ERP 参照号", max_length=100),
        Field("unit", "单位", "select_one", options=UNITS),
        Field("price", "标准价格", "currency", places=4),
        Field(
            "product_status",
            "上下架",
            "select_one",
            options=(("1", "已上架"), ("2", "已下架")),
        ),
        Field("product_spec", "规格属性", max_length=200),
        Field("erp_stock_total__c", "ERP可用库存", "number", places=4),
    ),
    number="product_code",
)
SALES_ORDER = ObjectType(
    "SalesOrderObj",
    "销售订单",
    (
        Field("name", "销售订单编号", max_length=100, unique=True),
        Field("account_id", "客户名称", "object_reference", required=True, target="AccountObj"),
        Field("order_time", "下单日期", "date"),
        Field("order_amount", "销售订单金额(元)", "currency", places=2),
        Field("discount_amount__c", "整单优惠与抹零", "currency", places=2),
        Field("mc_currency", "币种", "select_one", options=CURRENCIES),
        Field("kind__c", "订单类型", "select_one", options=ORDER_KINDS),
        Field("payment_terms__c", "付款条件", "select_one", options=TERMS),
        Field("remark", "备注", "long_text", max_length=2000),
        Field("ship_to_add", "收货地址", max_length=500),
        Field("ship_to_tel", "收货人电话", "phone_number", max_length=100),
        Field("customer_order_no__c", "客户订单号", max_length=100),
        Field("delivery_date", "交货日期", "date"),
        *WRITTEN_BACK,
        Field("erp_since__c", "ERP状态起始", "date_time"),
        Field("erp_production__c", "生产状态", max_length=50),
        Field("erp_basis__c", "进度依据", max_length=50),
        Field("erp_materials_on__c", "关键部件到料日期", "date"),
        Field("erp_inspected_on__c", "质检合格日期", "date"),
        Field("erp_expected_on__c", "预计完工日期", "date"),
        Field("erp_returned__c", "退货数量", "number", places=4),
        Field("erp_invoiced_on__c", "开票日期", "date"),
        Field("erp_paid_on__c", "收款日期", "date"),
        Field("erp_production_started__c", "开工日期", "date"),
        Field("erp_produced__c", "完工数量", "number", places=4),
        Field("erp_produced_on__c", "完工日期", "date"),
        Field("erp_shipped__c", "发货数量", "number", places=4),
        Field("erp_shipped_on__c", "发货日期", "date"),
        Field("erp_carrier_no__c", "物流单号", max_length=100),
    ),
    approval=True,
    detail="SalesOrderProductObj",
)
ORDER_LINE = ObjectType(
    "SalesOrderProductObj",
    "订单产品",
    (
        Field("name", "订单产品编号", max_length=100),
        Field("order_id", "销售订单编号", "master_detail", required=True, target="SalesOrderObj"),
        Field("product_id", "产品名称", "object_reference", required=True, target="ProductObj"),
        Field("quantity", "数量", "number", places=4, required=True),
        Field("sales_price", "销售单价", "currency", places=6),
        Field("subtotal", "小计", "currency", places=2),
        Field("kind__c", "行类型", "select_one", options=LINE_KINDS),
        Field("unit__c", "单位", "select_one", options=LINE_UNITS),
        Field("tax_rate__c", "税率", "percentile", places=2),
        Field("delivery_date__c", "要求交期", "date"),
        Field("line_no__c", "行号", "number"),
        Field("remark", "备注", "long_text", max_length=2000),
    ),
    master="order_id",
)
PERSONNEL = ObjectType(
    "PersonnelObj",
    "人员",
    (
        Field("name", "姓名", max_length=100, required=True),
        Field("phone", "手机", "phone_number", max_length=100),
        Field("number__c", "ERP业务员编码", max_length=50),
        Field("dept", "主属部门", max_length=100),
    ),
    owned=False,
)
DEPARTMENT = ObjectType(
    "DepartmentObj",
    "部门",
    (Field("name", "部门名称", max_length=100, required=True),),
    owned=False,
)
STOCK = ObjectType(
    "erp_stock__c",
    "ERP库存",
    (
        Field("name", "名称", max_length=100, required=True),
        Field("reference__c", "外部编码", max_length=100),
        Field("product__c", "产品", "object_reference", target="ProductObj"),
        Field("warehouse__c", "仓库", max_length=100),
        Field("on_hand__c", "现有量", "number", places=4),
        Field("unit__c", "单位", max_length=20),
    ),
)

OBJECTS = {
    each.name: each
    for each in (
        ACCOUNT,
        CONTACT,
        PRODUCT,
        SALES_ORDER,
        ORDER_LINE,
        PERSONNEL,
        DEPARTMENT,
        STOCK,
    )
}
