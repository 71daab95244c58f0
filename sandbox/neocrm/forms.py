"""The objects of this tenant, in data. Names that end in `__c` are its own; of the others most
are general knowledge."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.books import Field, Form, Trade

STATUSES = {"1": "草稿", "2": "审批中", "3": "已生效", "4": "已作废"}
STAGES = {"1": "初步接洽", "2": "方案报价", "3": "赢单", "4": "输单"}
CURRENCIES = {"1": "CNY", "2": "USD", "3": "EUR"}
UNITS = {"1": "Pcs", "2": "Set", "3": "Kg", "4": "m", "5": "Box"}
LINE_KINDS = {"1": "商品", "2": "赠品", "3": "服务", "4": "运费"}
ORDER_KINDS = {"1": "标准", "2": "样品", "3": "寄售", "4": "赠品"}
YES_NO = {"1": "启用", "2": "停用"}
RECORD_TYPES: Mapping[str, tuple[str, ...]] = {"product": ("defaultBusiType", "serviceBusiType")}
"""By object its record types; of the others there is one."""


def text(
    name: str, label: str = "", length: int = 100, *, required: bool = False, unique: bool = False
) -> Field:
    return Field(name, label, length=length, required=required, unique=unique)


def number(name: str, label: str = "", places: int = 4, *, writable: bool = True) -> Field:
    return Field(name, label, "number", places=places, writable=writable)


def choice(name: str, label: str, options: Mapping[str, str]) -> Field:
    return Field(name, label, "choice", options=options)


def link(name: str, target: str, label: str = "", *, required: bool = False) -> Field:
    return Field(name, label, "reference", target=target, required=required)


def day(name: str, label: str = "") -> Field:
    return Field(name, label, "date")


def moment(name: str, label: str = "") -> Field:
    """Milliseconds, as they are written."""
    return Field(name, label, "any")


ENTITY = text("entityType", "业务类型")
OWNER = link("ownerId", "user", "所有人")
MARK = text("erpReference__c", "ERP标识", 150)
FORBIDDEN = text("erpForbidden__c", "ERP禁用", 20)
DELIVERY = (
    text("erpNumber__c", "ERP单号"),
    text("erpState__c", "ERP状态"),
    text("erpReason__c", "ERP原因", 500),
    text("erpWho__c", "ERP处理人"),
    moment("erpSince__c", "ERP状态起始"),
)
REVIEW = (
    text("erpReview__c", "订单评审"),
    text("erpReviewWaitsFor__c", "待评审部门"),
    text("erpReviewSaid__c", "评审意见", 500),
    day("erpPromisedOn__c", "承诺交期"),
)
PROGRESS = (
    text("erpProduction__c", "ERP进度"),
    text("erpBasis__c", "ERP依据"),
    *(
        day(f"erp{name}__c")
        for name in (
            "MaterialsOn", "ProductionStarted", "ProducedOn", "InspectedOn", "ExpectedOn",
            "ShippedOn", "InvoicedOn", "PaidOn",
        )
    ),
    *(number(f"erp{name}__c") for name in ("Produced", "Shipped", "Returned")),
    text("erpCarrierNo__c", "ERP运单号"),
)  # fmt: skip
ORDER_FIGURES = (
    *(
        number(f"erp{name}__c", places=2)
        for name in (
            "Revenue", "Cost", "Margin", "MarginRate", "ShippedAmount", "InvoicedAmount",
            "ReceivedAmount",
        )
    ),
    text("erpMarginBasis__c"),
    Field("erpAgrees__c", "", "bool"),
    day("erpDiffersSince__c"),
)  # fmt: skip
ACCOUNT_FIGURES = (
    *(
        number(f"erp{name}__c", places=2)
        for name in ("CreditLimit", "Receivable", "Exposure", "YearRevenue")
    ),
    number("erpPaymentDays__c", places=0),
    Field("erpBlocked__c", "", "bool"),
    *(day(f"erp{name}__c") for name in ("OldestDueOn", "LastOrderOn", "SilentSince")),
    text("erpGrade__c"),
)
PRODUCT_FIGURES = (
    *(number(f"erp{name}__c") for name in ("Available", "Next", "UnitCost", "UnitPrice", "Lying")),
    number("erpLeadDays__c", places=0),
    *(day(f"erp{name}__c") for name in ("NextOn", "MovedOn")),
)
LINE_FIGURES = (
    *(number(f"erp{name}__c") for name in ("Open", "FromStock", "Buildable")),
    Field("erpComplete__c", "", "bool"),
    text("erpShortOf__c", length=500),
)

ACCOUNT = Form(
    "account",
    "客户",
    (
        ENTITY,
        text("accountName", "客户名称", 200, required=True),
        text("accountCode__c", "客户编号", unique=True),
        text("creditCode__c", "统一社会信用代码", 18),
        text("phone", "电话"),
        text("email", "邮箱"),
        text("address", "地址", 255),
        text("comment", "备注", 2000),
        OWNER,
        MARK,
        FORBIDDEN,
        *ACCOUNT_FIGURES,
    ),
    "accountCode__c",
)
CONTACT = Form(
    "contact",
    "联系人",
    (
        ENTITY,
        text("contactName", "姓名", required=True),
        link("accountId", "account", "客户"),
        text("mobile", "手机"),
        text("email", "邮箱"),
        text("post", "职务"),
        text("address", "地址", 255),
        OWNER,
        MARK,
        FORBIDDEN,
    ),
    "contactName",
)
PRODUCT = Form(
    "product",
    "产品",
    (
        ENTITY,
        text("productName", "产品名称", 200, required=True),
        text("productCode__c", "产品编号", unique=True),
        text("specification__c", "规格型号", 255),
        choice("unit__c", "单位", UNITS),
        number("priceUnit", "标准价格"),
        choice("enableStatus", "启用状态", YES_NO),
        OWNER,
        MARK,
        *PRODUCT_FIGURES,
    ),
    "productCode__c",
)
ORDER = Form(
    "order",
    "订单",
    (
        ENTITY,
        text("po", "订单编号"),
        link("accountId", "account", "客户", required=True),
        choice("poStatus", "订单状态", STATUSES),
        day("transactionDate", "下单日期"),
        number("amount", "订单金额", 2, writable=False),
        number("discount__c", "整单优惠与抹零", 2),
        choice("currencyUnit", "币种", CURRENCIES),
        text("comment", "备注", 2000),
        text("shipAddress__c", "收货地址", 255),
        text("shipPhone__c", "收货电话"),
        day("wantedOn__c", "要求交期"),
        text("customerOrderNo__c", "客户订单号"),
        text("contractNo__c", "合同号"),
        text("trackingNo__c", "计划跟踪号"),
        text("paymentTerms__c", "付款条件"),
        choice("kind__c", "订单类型", ORDER_KINDS),
        choice("urgency__c", "紧急程度", {"0": "普通", "1": "急", "2": "特急"}),
        OWNER,
        *DELIVERY,
        *REVIEW,
        *PROGRESS,
        *ORDER_FIGURES,
    ),
    "po",
)
LINE = Form(
    "orderProduct",
    "订单明细",
    (
        ENTITY,
        link("orderId", "order", "订单", required=True),
        link("productId", "product", "产品", required=True),
        number("quantity", "数量"),
        number("unitPrice", "含税单价", 6),
        number("priceTotal", "价税合计", 2),
        number("taxRate__c", "税率", 2),
        number("lineNo__c", "行号", 0),
        choice("kind__c", "行类型", LINE_KINDS),
        day("wantedOn__c", "要求交期"),
        text("comment", "备注", 2000),
        *LINE_FIGURES,
    ),
)
OPPORTUNITY = Form(
    "opportunity",
    "销售机会",
    (
        ENTITY,
        text("opportunityName", "机会名称", 200, required=True),
        link("accountId", "account", "客户"),
        choice("saleStageId", "阶段", STAGES),
        number("money", "金额", 2),
        text("comment", "备注", 2000),
        OWNER,
        text("erpOrderNo__c", "ERP单号"),
    ),
    "opportunityName",
)
USER = Form(
    "user",
    "用户",
    (
        text("name", "姓名"),
        text("phone", "手机"),
        text("employeeCode", "工号"),
        choice("status", "状态", YES_NO),
    ),
    "employeeCode",
)
STOCK = Form(
    "erpStock__c",
    "ERP库存",
    (
        ENTITY,
        text("name", "名称", required=True),
        text("reference__c", "ERP标识", 150),
        link("product__c", "product", "产品"),
        text("warehouse__c", "仓库"),
        number("onHand__c", "在库"),
        text("unit__c", "单位"),
        OWNER,
    ),
    "name",
)
TODO = Form(
    "erpTodo__c",
    "ERP待办",
    (
        ENTITY,
        text("name", "名称", required=True),
        text("reference__c", "ERP标识", 150),
        text("text__c", "内容", 4000),
        day("dueOn__c", "截止日期"),
        link("order__c", "order", "订单"),
        link("account__c", "account", "客户"),
        Field("done__c", "已了结", "bool"),
        OWNER,
    ),
    "name",
)

FORMS = (ACCOUNT, CONTACT, PRODUCT, ORDER, LINE, OPPORTUNITY, USER, STOCK, TODO)
TRADE = Trade(
    account="account",
    account_name="accountName",
    account_owner="ownerId",
    product="product",
    order="order",
    order_account="accountId",
    order_owner="ownerId",
    order_date="transactionDate",
    order_status="poStatus",
    confirmed="3",
    cancelled="4",
    line="orderProduct",
    line_order="orderId",
    line_product="productId",
    line_no="lineNo__c",
    short={"price": "unitPrice", "kind": "kind__c"},
    usual={"currencyUnit": "1"},
    usual_line={"taxRate__c": 13},
)
