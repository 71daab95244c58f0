"""What the fields of this org are made of: their kinds, the values of its picklists."""

from __future__ import annotations

from sandbox.books import Field

STATUSES = {
    "Draft": "草稿",
    "In Approval": "审批中",
    "Activated": "已激活",
    "Cancelled": "已取消",
}
STAGES = {name: name for name in ("Prospecting", "Negotiation", "Closed Won", "Closed Lost")}
QUOTE_STATUSES = {
    name: name
    for name in ("Draft", "Needs Review", "In Review", "Approved", "Rejected", "Presented",
                 "Accepted", "Denied")
}  # fmt: skip
TASK_STATUSES = (
    "Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred",
)  # fmt: skip
CURRENCIES = {"CNY": "人民币", "USD": "美元", "EUR": "欧元", "HKD": "港元"}
UNITS = {"Pcs": "件", "Set": "套", "Kg": "千克", "m": "米", "Box": "箱"}
ORDER_KINDS = {"standard": "标准销售", "sample": "样品", "consignment": "寄售", "gift": "赠送"}
LINE_KINDS = {"goods": "商品", "gift": "赠品", "service": "服务", "freight": "运费"}
URGENCIES = {"0": "普通", "1": "加急", "2": "特急"}

MONEY = frozenset({
    "TotalAmount", "UnitPrice", "ListPrice", "TotalPrice", "Amount", "Discount_Amount__c",
})  # fmt: skip
"""Currency fields; the others of type number are plain numbers."""
EXTERNAL = frozenset({"Erp_Reference__c", "Reference__c"})
"""External ids: unique, and told apart by letter case."""
CURRENCY = "CurrencyIsoCode"
"""There only where the org has several currencies."""


def text(name: str, label: str = "", length: int = 255, *, required: bool = False) -> Field:
    return Field(name, label, length=length, required=required)


def auto(name: str, label: str) -> Field:
    """A number that the org draws itself."""
    return Field(name, label, length=30, writable=False)


def number(name: str, label: str = "", places: int = 4, *, required: bool = False) -> Field:
    return Field(name, label, "number", places=places, required=required)


def total(name: str, label: str) -> Field:
    """An amount that the org reckons."""
    return Field(name, label, "number", places=2, writable=False)


def day(name: str, label: str = "", *, required: bool = False) -> Field:
    return Field(name, label, "date", required=required)


def flag(name: str, label: str = "") -> Field:
    return Field(name, label, "bool")


def moment(name: str, label: str = "") -> Field:
    return Field(name, label, "any")


def choice(name: str, label: str, options: dict[str, str], *, required: bool = False) -> Field:
    return Field(name, label, "choice", options=options, required=required)


def ref(name: str, target: str, label: str = "", *, required: bool = False) -> Field:
    return Field(name, label, "reference", target=target, required=required)


def mark(name: str = "Erp_Reference__c") -> Field:
    return Field(name, "ERP标识", length=100, unique=True)


OWNER = ref("OwnerId", "User", "所有人")
MONEY_IN = choice(CURRENCY, "币种", CURRENCIES)
FORBIDDEN = text("Erp_Forbidden__c", "ERP禁用", 20)

TOLD = (
    text("Erp_Number__c", "ERP单号", 50),
    text("Erp_State__c", "ERP状态", 50),
    text("Erp_Reason__c", "ERP原因", 500),
    text("Erp_Who__c", "ERP处理人", 100),
    moment("Erp_Since__c", "ERP状态起始"),
    text("Erp_Review__c", "订单评审", 50),
    text("Erp_Review_Waits_For__c", "待评审部门", 200),
    text("Erp_Review_Said__c", "评审意见", 500),
    day("Erp_Promised_On__c", "承诺交期"),
    text("Erp_Production__c", "生产状态", 50),
    text("Erp_Basis__c", "进度依据", 50),
    *(
        day(f"Erp_{name}__c")
        for name in ("Materials_On", "Production_Started", "Produced_On", "Inspected_On",
                     "Expected_On", "Shipped_On", "Invoiced_On", "Paid_On")
    ),
    *(number(f"Erp_{name}__c") for name in ("Produced", "Shipped", "Returned")),
    text("Erp_Carrier_No__c", "物流单号", 100),
    *(
        number(f"Erp_{name}__c", places=2)
        for name in ("Revenue", "Cost", "Margin", "Margin_Rate", "Shipped_Amount",
                     "Invoiced_Amount", "Received_Amount")
    ),
    text("Erp_Margin_Basis__c", "成本依据", 20),
    flag("Erp_Agrees__c", "三流一致"),
    day("Erp_Differs_Since__c", "不一致起始日"),
)  # fmt: skip
"""What the connector tells on an order."""


def relationship(name: str) -> str:
    """What stands before the point where a field of the record referred to is meant."""
    return name[:-3] + "__r" if name.endswith("__c") else name.removesuffix("Id")
