"""The entity types of this instance, in data. Fields with a `c` before their name are its own."""

from __future__ import annotations

from sandbox.books import Field, Form, Trade

STATUSES = {name: name for name in ("Draft", "In Review", "In Progress", "Completed", "Canceled")}
QUOTE_STATUSES = {
    name: name for name in ("Draft", "In Review", "Presented", "Approved", "Rejected", "Canceled")
}
STAGES = {name: name for name in ("Prospecting", "Negotiation", "Closed Won", "Closed Lost")}
TASK_STATUSES = {
    name: name for name in ("Not Started", "Started", "Completed", "Canceled", "Deferred")
}
CURRENCIES = {code: code for code in ("CNY", "USD", "EUR")}
UNITS = {code: code for code in ("Pcs", "Set", "Kg", "m", "Box")}
LINE_KINDS = {kind: kind for kind in ("goods", "gift", "service", "freight")}
ORDER_KINDS = {kind: kind for kind in ("standard", "sample", "consignment", "gift")}
PRODUCT_STATUSES = {name: name for name in ("Available", "Unavailable")}

MONEY = frozenset({
    "amount", "listPrice", "unitPrice", "grandTotalAmount", "cPriceWithTax", "cAmountWithTax",
    "cDiscount",
})  # fmt: skip
"""Currency fields; their attribute `…Currency` is the record's `currency`."""


def text(
    name: str, label: str = "", length: int = 100, *, required: bool = False, writable: bool = True
) -> Field:
    return Field(name, label, length=length, required=required, writable=writable)


def number(
    name: str, label: str = "", places: int = 4, *, required: bool = False, writable: bool = True
) -> Field:
    return Field(name, label, "number", places=places, required=required, writable=writable)


def choice(name: str, label: str, options: dict[str, str]) -> Field:
    return Field(name, label, "choice", options=options)


def link(name: str, target: str, label: str = "", *, required: bool = False) -> Field:
    return Field(name, label, "reference", target=target, required=required)


def day(name: str, label: str = "") -> Field:
    return Field(name, label, "date")


def moment(name: str, label: str = "") -> Field:
    """Kept as it is written, `YYYY-MM-DD HH:MM:SS` in UTC."""
    return Field(name, label, "any")


SYSTEM = (
    text("modifiedBy", "修改人", writable=False),
    Field("versionNumber", "版本", "number", places=0, writable=False),
)
"""What every record carries besides its stamps."""
MARK = text("cErpReference", "ERP标识", 150)
FORBIDDEN = text("cErpForbidden", "ERP禁用", 20)

DELIVERY = (
    text("cErpNumber", "ERP单号"),
    text("cErpState", "ERP状态"),
    text("cErpReason", "ERP原因", 500),
    text("cErpWho", "ERP处理人"),
    moment("cErpSince", "ERP状态起始"),
)
REVIEW = (
    text("cErpReview", "订单评审"),
    text("cErpReviewWaitsFor", "待评审部门"),
    text("cErpReviewSaid", "评审意见", 500),
    day("cErpPromisedOn", "承诺交期"),
)
PROGRESS = (
    text("cErpProduction", "ERP进度"),
    text("cErpBasis", "ERP依据"),
    *(
        day(f"cErp{name}")
        for name in (
            "MaterialsOn", "ProductionStarted", "ProducedOn", "InspectedOn", "ExpectedOn",
            "ShippedOn", "InvoicedOn", "PaidOn",
        )
    ),
    *(number(f"cErp{name}") for name in ("Produced", "Shipped", "Returned")),
    text("cErpCarrierNo", "ERP运单号"),
)  # fmt: skip
ORDER_FIGURES = (
    *(
        number(f"cErp{name}", places=2)
        for name in (
            "Revenue", "Cost", "Margin", "MarginRate", "ShippedAmount", "InvoicedAmount",
            "ReceivedAmount",
        )
    ),
    text("cErpMarginBasis"),
    Field("cErpAgrees", "", "bool"),
    day("cErpDiffersSince"),
)  # fmt: skip
ACCOUNT_FIGURES = (
    *(
        number(f"cErp{name}", places=2)
        for name in ("CreditLimit", "Receivable", "Exposure", "YearRevenue")
    ),
    number("cErpPaymentDays", places=0),
    Field("cErpBlocked", "", "bool"),
    *(day(f"cErp{name}") for name in ("OldestDueOn", "LastOrderOn", "SilentSince")),
    text("cErpGrade"),
)
PRODUCT_FIGURES = (
    *(number(f"cErp{name}") for name in ("Available", "Next", "UnitCost", "UnitPrice", "Lying")),
    number("cErpLeadDays", places=0),
    *(day(f"cErp{name}") for name in ("NextOn", "MovedOn")),
)
LINE_FIGURES = (
    *(number(f"cErp{name}") for name in ("Open", "FromStock", "Buildable")),
    Field("cErpComplete", "", "bool"),
    text("cErpShortOf", length=500),
)
SHIP_TO = tuple(
    text(f"shippingAddress{part}", length=255) for part in ("Street", "City", "State", "Country")
)

ACCOUNT = Form(
    "Account",
    "客户",
    (
        *SYSTEM,
        text("name", "名称", 249, required=True),
        text("cNumber", "客户编号"),
        text("cCreditCode", "统一社会信用代码", 18),
        text("emailAddress", "邮箱"),
        text("phoneNumber", "电话"),
        *(text(f"billingAddress{part}", length=255) for part in ("Street", "City", "State")),
        text("description", "说明", 0),
        link("assignedUser", "User", "负责人"),
        MARK,
        FORBIDDEN,
        *ACCOUNT_FIGURES,
    ),
    "cNumber",
)
CONTACT = Form(
    "Contact",
    "联系人",
    (
        *SYSTEM,
        text("name", "姓名", writable=False),
        text("firstName", "名"),
        text("lastName", "姓", required=True),
        link("account", "Account", "客户"),
        text("phoneNumber", "手机"),
        text("emailAddress", "邮箱"),
        text("title", "职位", writable=False),
        text("addressStreet", "地址", 255),
        MARK,
        FORBIDDEN,
    ),
    "name",
)
PRODUCT = Form(
    "Product",
    "产品",
    (
        *SYSTEM,
        text("name", "名称", 249, required=True),
        text("partNumber", "产品编号"),
        choice("status", "状态", PRODUCT_STATUSES),
        number("listPrice", "标价"),
        text("cSpecification", "规格型号", 255),
        choice("cUnit", "单位", UNITS),
        MARK,
        *PRODUCT_FIGURES,
    ),
    "partNumber",
)
SALE = (
    *SYSTEM,
    text("name", "名称", writable=False),
    text("number", "编号"),
    link("account", "Account", "客户", required=True),
    link("assignedUser", "User", "负责人"),
    choice("amountCurrency", "币种", CURRENCIES),
    number("amount", "不含税金额", 2, writable=False),
    number("grandTotalAmount", "应付总额", 2, writable=False),
    number("cDiscount", "整单优惠与抹零", 2),
    text("description", "备注", 0),
)
ITEM = (
    *SYSTEM,
    text("name", "名称", 255),
    link("product", "Product"),
    number("quantity", "数量", required=True),
    number("listPrice", "标价"),
    number("unitPrice", "不含税单价", 6),
    number("amount", "不含税金额", 2, writable=False),
    number("taxRate", "税率", 2),
    number("order", "行号", 0),
    text("description", "备注", 0),
    choice("cKind", "行类型", LINE_KINDS),
    number("cPriceWithTax", "含税单价", 6),
    number("cAmountWithTax", "价税合计", 2),
    day("cWantedOn", "要求交期"),
)
ORDER = Form(
    "SalesOrder",
    "销售订单",
    (
        *SALE,
        choice("status", "状态", STATUSES),
        day("dateOrdered", "下单日期"),
        *SHIP_TO,
        day("cWantedOn", "要求交期"),
        text("cCustomerOrderNo", "客户订单号"),
        text("cContractNo", "合同号"),
        text("cTrackingNo", "计划跟踪号"),
        choice("cKind", "订单类型", ORDER_KINDS),
        choice("cUrgency", "紧急程度", {"0": "0", "1": "1", "2": "2"}),
        text("cPaymentTerms", "付款条件"),
        *DELIVERY,
        *REVIEW,
        *PROGRESS,
        *ORDER_FIGURES,
    ),
    "number",
)
LINE = Form(
    "SalesOrderItem",
    "销售订单明细",
    (*ITEM, link("salesOrder", "SalesOrder", required=True), *LINE_FIGURES),
)
QUOTE = Form(
    "Quote",
    "报价单",
    (*SALE, choice("status", "状态", QUOTE_STATUSES), day("dateQuoted", "报价日期")),
    "number",
)
QUOTE_LINE = Form("QuoteItem", "报价单明细", (*ITEM, link("quote", "Quote", required=True)))
OPPORTUNITY = Form(
    "Opportunity",
    "商机",
    (
        *SYSTEM,
        text("name", "名称", 249, required=True),
        link("account", "Account", "客户"),
        choice("stage", "阶段", STAGES),
        number("amount", "金额", 2, required=True),
        number("probability", "概率", 0, required=True),
        day("closeDate", "预计成交"),
        link("assignedUser", "User", "负责人"),
        text("cErpReference", "ERP标识", 150),
        *DELIVERY,
    ),
    "name",
)
USER = Form(
    "User",
    "用户",
    (
        *SYSTEM,
        text("name", "姓名"),
        text("userName", "用户名"),
        text("phoneNumber", "电话"),
        Field("isActive", "启用", "bool"),
    ),
    "userName",
)
TASK = Form(
    "Task",
    "任务",
    (
        *SYSTEM,
        text("name", "名称", 249, required=True),
        choice("status", "状态", TASK_STATUSES),
        day("dateEndDate", "截止日期"),
        text("description", "说明", 0),
        link("assignedUser", "User", "负责人"),
        text("parentType", "上级类型"),
        text("parentId", "上级"),
        MARK,
    ),
    "name",
)
STOCK = Form(
    "CErpStock",
    "ERP库存",
    (
        *SYSTEM,
        text("name", "名称", required=True),
        text("reference", "ERP标识", 150),
        link("product", "Product", "产品"),
        text("warehouse", "仓库"),
        number("onHand", "在库"),
        text("unit", "单位"),
    ),
    "name",
)

FORMS = (
    ACCOUNT, CONTACT, PRODUCT, ORDER, LINE, QUOTE, QUOTE_LINE, OPPORTUNITY, USER, TASK, STOCK,
)  # fmt: skip
TRADE = Trade(
    account="Account",
    account_name="name",
    account_owner="assignedUser",
    product="Product",
    order="SalesOrder",
    order_account="account",
    order_owner="assignedUser",
    order_date="dateOrdered",
    order_status="status",
    confirmed="In Progress",
    cancelled="Canceled",
    line="SalesOrderItem",
    line_order="salesOrder",
    line_product="product",
    line_no="order",
    short={"price": "cPriceWithTax", "kind": "cKind"},
    usual={"amountCurrency": "CNY"},
    usual_line={"taxRate": 13},
)
