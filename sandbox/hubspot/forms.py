"""The account's objects and their properties, in data. What begins with `erp_`, and what stands
in groups of the company's own, it has added itself."""

from __future__ import annotations

from sandbox.books import Field, Form

STAGES = {
    "appointmentscheduled": "Appointment Scheduled",
    "qualifiedtobuy": "Qualified To Buy",
    "presentationscheduled": "Presentation Scheduled",
    "decisionmakerboughtin": "Decision Maker Bought-In",
    "contractsent": "Contract Sent",
    "closedwon": "Closed Won",
    "closedlost": "Closed Lost",
}
CURRENCIES = {code: code for code in ("CNY", "USD", "EUR")}
ORDER_KINDS = {"standard": "标准销售", "sample": "样品", "consignment": "寄售", "gift": "赠送"}
LINE_KINDS = {"goods": "货品", "gift": "赠品", "service": "服务", "freight": "运费"}
QUOTE_STATUSES = {
    name: name.replace("_", " ").title()
    for name in ("DRAFT", "APPROVAL_NOT_NEEDED", "PENDING_APPROVAL", "REJECTED", "APPROVED")
}

TASK_STATUSES = {
    name: name for name in ("NOT_STARTED", "IN_PROGRESS", "WAITING", "DEFERRED", "COMPLETED")
}
FORECAST_STATUSES = {"draft": "草稿", "confirmed": "已确认", "cancelled": "已取消"}

DATETIME = "any"
"""The books' type of what HubSpot calls `datetime`; it is kept in ISO form, in UTC."""


def text(name: str, label: str = "", length: int = 0, *, unique: bool = False) -> Field:
    return Field(name, label, length=length, unique=unique)


def named(name: str, label: str = "") -> Field:
    return Field(name, label, length=500, required=True)


def numbers(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, type="number", places=8) for name in names)


def days(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, type="date") for name in names)


def texts(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name) for name in names)


def moment(name: str, *, writable: bool = True) -> Field:
    return Field(name, type=DATETIME, writable=writable)


def flag(name: str, *, writable: bool = True) -> Field:
    return Field(name, type="bool", writable=writable)


def choice(name: str, label: str, options: dict[str, str]) -> Field:
    return Field(name, label, "choice", options=options)


def reckoned(name: str) -> Field:
    return Field(name, type="number", writable=False)


OWNER = Field("hubspot_owner_id", "负责人", "reference", target="owners")
MARK = text("erp_reference", "ERP参照号", unique=True)
FORBIDDEN = text("erp_forbidden", "ERP禁用")

OF_COMPANY = (
    *numbers(
        "erp_credit_limit", "erp_receivable", "erp_exposure", "erp_payment_days",
        "erp_year_revenue",
    ),
    *days("erp_oldest_due_on", "erp_last_order_on", "erp_silent_since"),
    flag("erp_blocked"),
    text("erp_grade"),
)  # fmt: skip
OF_PRODUCT = (
    *numbers(
        "erp_available", "erp_next", "erp_lead_days", "erp_unit_cost", "erp_unit_price",
        "erp_lying",
    ),
    *days("erp_next_on", "erp_moved_on"),
)  # fmt: skip
OF_LINE = (
    *numbers("erp_open", "erp_from_stock", "erp_buildable"),
    flag("erp_complete"),
    text("erp_short_of", "缺料", 65_536),
)
OF_ORDER = (
    *texts("erp_number", "erp_state", "erp_reason", "erp_who"),
    moment("erp_since"),
    *texts("erp_review", "erp_review_waits_for"),
    text("erp_review_said", "评审意见", 65_536),
    *texts("erp_production", "erp_basis", "erp_carrier_no", "erp_margin_basis"),
    *numbers(
        "erp_produced", "erp_shipped", "erp_returned", "erp_revenue", "erp_cost", "erp_margin",
        "erp_margin_rate", "erp_shipped_amount", "erp_invoiced_amount", "erp_received_amount",
    ),
    *days(
        "erp_promised_on", "erp_materials_on", "erp_production_started", "erp_produced_on",
        "erp_inspected_on", "erp_expected_on", "erp_shipped_on", "erp_invoiced_on", "erp_paid_on",
        "erp_differs_since",
    ),
    flag("erp_agrees"),
)  # fmt: skip
OF_SALE = (
    OWNER,
    *numbers("order_discount"),
    *days("wanted_date"),
    *texts("customer_order_no", "contract_no", "tracking_no", "payment_terms"),
    *texts("ship_to_address", "ship_to_phone"),
    choice("order_kind", "订单类型", ORDER_KINDS),
    choice("urgency", "紧急程度", {"0": "普通", "1": "加急", "2": "特急"}),
)
"""What this company added to deals, and to orders alike."""

FORMS = (
    Form("owners", "Owners", texts("email", "firstName", "lastName", "type")),
    Form(
        "companies",
        "公司",
        (
            named("name", "公司名称"),
            text("customer_number", "客户编号", 50, unique=True),
            *texts("domain", "phone", "address", "city", "state", "country", "description"),
            text("credit_code", "统一社会信用代码", 18),
            text("erp_number", "ERP编号"),
            OWNER,
            MARK,
            FORBIDDEN,
            *OF_COMPANY,
        ),
        "customer_number",
    ),
    Form(
        "contacts",
        "联系人",
        (
            text("email", "电子邮件", unique=True),
            *texts("firstname", "lastname", "phone", "mobilephone", "jobtitle", "address"),
            OWNER,
            MARK,
            FORBIDDEN,
        ),
        "lastname",
    ),
    Form(
        "products",
        "产品",
        (
            named("name", "产品名称"),
            *texts("hs_sku", "description"),
            *numbers("price", "hs_cost_of_goods_sold"),
            MARK,
            FORBIDDEN,
            *OF_PRODUCT,
        ),
        "hs_sku",
    ),
    Form(
        "deals",
        "交易",
        (
            named("dealname", "交易名称"),
            choice("pipeline", "管道", {"default": "Sales Pipeline"}),
            choice("dealstage", "阶段", STAGES),
            *numbers("amount"),
            moment("closedate"),
            choice("deal_currency_code", "币种", CURRENCIES),
            text("description", "描述"),
            flag("hs_is_closed", writable=False),
            flag("hs_is_closed_won", writable=False),
            *OF_SALE,
            *OF_ORDER,
        ),
        "dealname",
    ),
    Form(
        "line_items",
        "行项目",
        (
            *texts("name", "hs_sku", "description"),
            Field("hs_product_id", "产品", "reference", target="products"),
            *numbers("quantity", "price", "hs_discount_percentage", "hs_position_on_quote"),
            reckoned("amount"),
            *numbers("tax_rate"),
            choice("line_kind", "行类型", LINE_KINDS),
            *days("wanted_date"),
            *OF_LINE,
        ),
        "name",
    ),
    Form(
        "quotes",
        "报价",
        (
            named("hs_title", "标题"),
            text("hs_quote_number"),
            choice("hs_status", "状态", QUOTE_STATUSES),
            moment("hs_expiration_date"),
            choice("hs_currency", "币种", CURRENCIES),
            text("hs_comments"),
            reckoned("hs_quote_amount"),
            *OF_SALE,
        ),
        "hs_quote_number",
    ),
    Form(
        "orders",
        "订单",
        (
            named("hs_order_name", "订单名称"),
            *texts("hs_external_order_id", "hs_external_order_status"),
            choice("hs_currency_code", "币种", CURRENCIES),
            *numbers("hs_total_price"),
            moment("hs_external_created_date"),
            text("hs_order_note"),
            *OF_SALE,
            *OF_ORDER,
        ),
        "hs_external_order_id",
    ),
    Form(
        "tasks",
        "任务",
        (
            *texts("hs_task_subject", "hs_task_body"),
            Field("hs_timestamp", type=DATETIME, required=True),
            choice("hs_task_status", "状态", TASK_STATUSES),
            OWNER,
            text("erp_reference", "ERP参照号"),
        ),
        "hs_task_subject",
    ),
    Form(
        "p_erp_stock",
        "ERP库存",
        (
            named("name", "名称"),
            text("reference", "参照号", unique=True),
            *texts("product_id", "warehouse", "unit"),
            *numbers("on_hand"),
        ),
        "name",
    ),
    Form(
        "p_sales_forecast",
        "销售预测",
        (
            named("name", "名称"),
            *texts("product_id", "company_id", "deal_id", "remark"),
            OWNER,
            *days("starts_on", "ends_on"),
            *numbers("quantity", "probability"),
            choice("status", "状态", FORECAST_STATUSES),
        ),
        "name",
    ),
)  # fmt: skip

SALES = ("deals", "quotes", "orders")
"""What line items belong to."""
TYPES = {
    ("deals", "line_items"): (19, 0), ("line_items", "deals"): (20, 0),
    ("quotes", "line_items"): (67, 0), ("line_items", "quotes"): (68, 0),
    ("orders", "line_items"): (513, 0), ("line_items", "orders"): (514, 0),
    ("deals", "companies"): (341, 5), ("companies", "deals"): (342, 6),
    ("contacts", "companies"): (279, 1), ("companies", "contacts"): (280, 2),
    ("quotes", "companies"): (71, 0), ("companies", "quotes"): (72, 0),
    ("orders", "companies"): (509, 0), ("companies", "orders"): (510, 0),
    ("deals", "contacts"): (3, 0), ("contacts", "deals"): (4, 0),
    ("quotes", "deals"): (64, 0), ("deals", "quotes"): (63, 0),
    ("tasks", "companies"): (192, 0), ("companies", "tasks"): (191, 0),
    ("tasks", "deals"): (216, 0), ("deals", "tasks"): (215, 0),
}  # fmt: skip
"""Which objects can be associated: by which type, and by which one as the primary one, if any."""
