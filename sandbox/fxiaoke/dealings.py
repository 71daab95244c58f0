"""What salespeople deal in besides orders: quotes, contracts, returns, forecasts, projects and
what is to be paid when.

Names of objects follow public code; those of most fields are general knowledge, or invented
where they end in `__c`. A forecast and a project are objects that this tenant made itself.
"""

from __future__ import annotations

from .fields import CURRENCIES, LINE_KINDS, LINE_UNITS, WRITTEN_BACK, Field, ObjectType

PRODUCT = Field("product_id", "产品名称", "object_reference", required=True, target="ProductObj")
ACCOUNT = Field("account_id", "客户名称", "object_reference", required=True, target="AccountObj")
AMOUNTS = (
    Field("quantity", "数量", "number", places=4, required=True),
    Field("sales_price", "销售单价", "currency", places=6),
    Field("subtotal", "小计", "currency", places=2),
    Field("tax_rate__c", "税率", "percentile", places=2),
    Field("line_no__c", "行号", "number"),
    Field("remark", "备注", "long_text", max_length=2000),
)
LINE = (
    Field("name", "编号", max_length=100),
    PRODUCT,
    *AMOUNTS,
    Field("kind__c", "行类型", "select_one", options=LINE_KINDS),
    Field("unit__c", "单位", "select_one", options=LINE_UNITS),
    Field("delivery_date__c", "要求交期", "date"),
)
HEAD = (
    ACCOUNT,
    Field("mc_currency", "币种", "select_one", options=CURRENCIES),
    Field("discount_amount__c", "整单优惠与抹零", "currency", places=2),
    Field("remark", "备注", "long_text", max_length=2000),
    *WRITTEN_BACK,
    Field("erp_since__c", "ERP状态起始", "date_time"),
)

QUOTE = ObjectType(
    "QuoteObj",
    "报价单",
    (
        Field("name", "报价单编号", max_length=100, unique=True),
        *HEAD,
        Field("quote_time", "报价日期", "date"),
        Field("valid_until__c", "有效期至", "date"),
        Field("quote_amount", "报价单金额", "currency", places=2),
    ),
    approval=True,
    detail="QuoteLinesObj",
    total="quote_amount",
)
QUOTE_LINE = ObjectType(
    "QuoteLinesObj",
    "报价单明细",
    (
        *LINE,
        Field("quote_id", "报价单编号", "master_detail", required=True, target="QuoteObj"),
    ),
    master="quote_id",
)
CONTRACT = ObjectType(
    "SaleContractObj",
    "销售合同",
    (
        Field("name", "合同编号", max_length=100, unique=True),
        *HEAD,
        Field("title__c", "合同名称", max_length=200),
        Field("sign_date__c", "签订日期", "date"),
        Field("end_date__c", "结束日期", "date"),
        Field("contract_amount__c", "合同金额", "currency", places=2),
    ),
    approval=True,
    detail="SaleContractLineObj",
    total="contract_amount__c",
)
CONTRACT_LINE = ObjectType(
    "SaleContractLineObj",
    "销售合同产品",
    (
        *LINE,
        Field(
            "sale_contract_id", "合同编号", "master_detail", required=True,
            target="SaleContractObj",
        ),
    ),
    master="sale_contract_id",
)  # fmt: skip
RETURN = ObjectType(
    "ReturnedGoodsInvoiceObj",
    "退货单",
    (
        Field("name", "退货单编号", max_length=100, unique=True),
        *HEAD,
        Field("order_id", "销售订单编号", "object_reference", target="SalesOrderObj"),
        Field("returned_goods_time", "退货日期", "date"),
        Field("returned_goods_inv_amount", "退货单金额", "currency", places=2),
        Field("returned_goods_reason", "退货原因", max_length=200),
        Field(
            "handling__c", "处理方式", "select_one",
            options=(("refund", "退货退款"), ("replace", "退货补货")),
        ),
    ),
    approval=True,
    detail="ReturnedGoodsInvoiceProductObj",
    total="returned_goods_inv_amount",
)  # fmt: skip
RETURN_LINE = ObjectType(
    "ReturnedGoodsInvoiceProductObj",
    "退货单产品",
    (
        Field("name", "编号", max_length=100),
        PRODUCT,
        *AMOUNTS,
        Field(
            "returned_goods_inv_id", "退货单编号", "master_detail", required=True,
            target="ReturnedGoodsInvoiceObj",
        ),
        Field("order_number__c", "原订单编号", max_length=100),
        Field(
            "order_product_id", "订单产品", "object_reference", target="SalesOrderProductObj"
        ),
    ),
    master="returned_goods_inv_id",
)  # fmt: skip
FORECAST = ObjectType(
    "sales_forecast__c",
    "销售预测",
    (
        Field("name", "预测编号", max_length=100, unique=True),
        Field("product__c", "产品", "object_reference", required=True, target="ProductObj"),
        Field("account__c", "客户", "object_reference", target="AccountObj"),
        Field("starts_on__c", "开始日期", "date", required=True),
        Field("ends_on__c", "结束日期", "date", required=True),
        Field("quantity__c", "预测数量", "number", places=4, required=True),
        Field("probability__c", "概率", "percentile", places=2),
        Field("opportunity__c", "商机", max_length=100),
        Field("remark__c", "备注", "long_text", max_length=2000),
        *WRITTEN_BACK,
        Field("erp_since__c", "ERP状态起始", "date_time"),
    ),
    approval=True,
)
PROJECT = ObjectType(
    "project__c",
    "项目",
    (
        Field("name", "项目编号", max_length=100, unique=True),
        Field("title__c", "项目名称", max_length=200, required=True),
        Field("account__c", "客户", "object_reference", target="AccountObj"),
        Field("order__c", "销售订单", "object_reference", target="SalesOrderObj"),
        Field("starts_on__c", "计划开始", "date"),
        Field("ends_on__c", "计划结束", "date"),
        Field("amount__c", "合同额", "currency", places=2),
        Field("budget__c", "预算", "currency", places=2),
        Field("remark__c", "说明", "long_text", max_length=2000),
        *WRITTEN_BACK,
        Field("erp_since__c", "ERP状态起始", "date_time"),
    ),
    approval=True,
)
PAYMENT_PLAN = ObjectType(
    "PaymentPlanObj",
    "回款计划",
    (
        Field("name", "回款计划编号", max_length=100),
        ACCOUNT,
        Field(
            "order_id", "销售订单编号", "object_reference", required=True, target="SalesOrderObj"
        ),
        Field("plan_payment_time", "计划回款日期", "date"),
        Field("plan_payment_amount", "计划回款金额", "currency", places=2),
        Field("advance__c", "预收", "true_or_false"),
        Field("blocks_shipment__c", "款到发货", "true_or_false"),
    ),
)  # fmt: skip

DEALINGS = (
    QUOTE,
    QUOTE_LINE,
    CONTRACT,
    CONTRACT_LINE,
    RETURN,
    RETURN_LINE,
    FORECAST,
    PROJECT,
    PAYMENT_PLAN,
)
