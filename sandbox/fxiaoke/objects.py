"""The tenant's objects and fields.

Names that end in `__c` are this invented tenant's own. Preset objects and fields follow
public models and general knowledge: real tenants differ, `object/describe` tells how.
"""

from __future__ import annotations

from .computed import OF_ACCOUNT, OF_LINE, OF_ORDER, OF_PRODUCT
from .dealings import DEALINGS
from .fields import (
    CURRENCIES,
    LINE_KINDS,
    LINE_UNITS,
    WRITTEN_BACK,
    Field,
    ObjectType,
    Options,
)

UNITS: Options = (("Pcs", "件"), ("Set", "套"), ("Kg", "千克"), ("m", "米"), ("Box", "箱"))
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
URGENCIES: Options = (("0", "普通"), ("1", "加急"), ("2", "特急"))

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
        *OF_ACCOUNT,
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
        *OF_PRODUCT,
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
        Field("urgency__c", "紧急程度", "select_one", options=URGENCIES),
        Field("contract_no__c", "合同编号", max_length=100),
        Field("project_no__c", "项目编号", max_length=100),
        *WRITTEN_BACK,
        Field("erp_since__c", "ERP状态起始", "date_time"),
        Field("erp_review__c", "订单评审", max_length=50),
        Field("erp_review_waits_for__c", "待评审部门", max_length=200),
        Field("erp_review_said__c", "评审意见", max_length=500),
        Field("erp_promised_on__c", "承诺交期", "date"),
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
        *OF_ORDER,
    ),
    approval=True,
    detail="SalesOrderProductObj",
    total="order_amount",
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
        *OF_LINE,
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
TODO = ObjectType(
    "erp_todo__c",
    "ERP待办",
    (
        Field("name", "名称", max_length=100, required=True),
        Field("reference__c", "外部编码", max_length=100),
        Field("text__c", "内容", "long_text", max_length=4000),
        Field("due_on__c", "截止日期", "date"),
        Field("order__c", "销售订单", "object_reference", target="SalesOrderObj"),
        Field("account__c", "客户", "object_reference", target="AccountObj"),
        Field("done__c", "已了结", "true_or_false"),
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
        TODO,
        *DEALINGS,
    )
}
