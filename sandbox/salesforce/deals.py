"""What comes before an order, in data: opportunities, quotes, contracts."""

from __future__ import annotations

from sandbox.books import Field, Form

from .fields import (
    MONEY_IN,
    OWNER,
    QUOTE_STATUSES,
    STAGES,
    TOLD,
    auto,
    choice,
    day,
    number,
    ref,
    text,
    total,
)

OPPORTUNITY = Form(
    "Opportunity",
    "业务机会",
    (
        text("Name", "名称", 120, required=True),
        ref("AccountId", "Account", "客户"),
        day("CloseDate", "结束日期", required=True),
        choice("StageName", "阶段", STAGES, required=True),
        number("Probability", "可能性", 0),
        Field("IsClosed", "已关闭", "bool", writable=False),
        Field("IsWon", "已赢得", "bool", writable=False),
        total("Amount", "金额"),
        text("Description", "描述", 32_000),
        OWNER,
        MONEY_IN,
        text("Order_No__c", "订单编号", 50),
        *TOLD,
    ),
    "Order_No__c",
)
OPPORTUNITY_LINE = Form(
    "OpportunityLineItem",
    "业务机会产品",
    (
        ref("OpportunityId", "Opportunity", "业务机会", required=True),
        ref("Product2Id", "Product2", "产品", required=True),
        number("Quantity", "数量", 2, required=True),
        number("UnitPrice", "单价", 2, required=True),
        total("TotalPrice", "总价"),
        day("ServiceDate", "日期"),
        text("Description", "行描述"),
        number("Tax_Rate__c", "税率", 2),
    ),
)
QUOTE = Form(
    "Quote",
    "报价",
    (
        auto("QuoteNumber", "报价编号"),
        text("Name", "报价名称", required=True),
        ref("OpportunityId", "Opportunity", "业务机会", required=True),
        Field("AccountId", "客户", "reference", target="Account", writable=False),
        choice("Status", "状态", QUOTE_STATUSES),
        day("ExpirationDate", "到期日期"),
        total("TotalPrice", "总价"),
        text("Description", "描述", 32_000),
        MONEY_IN,
    ),
    "QuoteNumber",
)
QUOTE_LINE = Form(
    "QuoteLineItem",
    "报价行项目",
    (
        ref("QuoteId", "Quote", "报价", required=True),
        ref("Product2Id", "Product2", "产品", required=True),
        number("Quantity", "数量", 2, required=True),
        number("UnitPrice", "单价", 2, required=True),
        number("Discount", "折扣", 2),
        total("TotalPrice", "总价"),
        day("ServiceDate", "日期"),
        text("Description", "行描述"),
        number("SortOrder", "次序", 0),
        number("Tax_Rate__c", "税率", 2),
    ),
)
CONTRACT = Form(
    "Contract",
    "合同",
    (
        auto("ContractNumber", "合同编号"),
        ref("AccountId", "Account", "客户", required=True),
        day("StartDate", "开始日期"),
        day("EndDate", "结束日期"),
        day("CompanySignedDate", "签署日期"),
        text("Status", "状态", 40),
        OWNER,
    ),
    "ContractNumber",
)
