"""The objects of this org, in data. Names that end in `__c` are its own."""

from __future__ import annotations

from sandbox.books import Field, Form

from .deals import CONTRACT, OPPORTUNITY, OPPORTUNITY_LINE, QUOTE, QUOTE_LINE
from .fields import (
    FORBIDDEN,
    LINE_KINDS,
    MONEY_IN,
    OWNER,
    STATUSES,
    TASK_STATUSES,
    TOLD,
    UNITS,
    URGENCIES,
    auto,
    choice,
    day,
    flag,
    mark,
    number,
    ref,
    text,
    total,
)

ACCOUNT = Form(
    "Account",
    "客户",
    (
        text("Name", "客户名称", required=True),
        text("AccountNumber", "客户编号", 40),
        text("Phone", "电话", 40),
        text("BillingState", "开票省", 80),
        text("BillingCity", "开票市", 40),
        text("BillingStreet", "开票街道"),
        text("Description", "描述", 32_000),
        text("Email__c", "邮件", 100),
        text("Credit_Code__c", "统一社会信用代码", 30),
        OWNER,
        MONEY_IN,
        mark(),
        FORBIDDEN,
        *(number(f"Erp_{name}__c", places=2) for name in ("Credit_Limit", "Receivable", "Exposure",
                                                          "Year_Revenue")),
        *(day(f"Erp_{name}__c") for name in ("Oldest_Due_On", "Last_Order_On", "Silent_Since")),
        number("Erp_Payment_Days__c", "平均回款天数", 0),
        flag("Erp_Blocked__c", "停止发货"),
        text("Erp_Grade__c", "客户等级(RFM)", 10),
    ),
    "AccountNumber",
)  # fmt: skip
CONTACT = Form(
    "Contact",
    "联系人",
    (
        Field("Name", "姓名", length=121, writable=False),
        text("LastName", "姓", 80, required=True),
        text("FirstName", "名", 40),
        ref("AccountId", "Account", "客户"),
        text("MobilePhone", "手机", 40),
        text("Email", "邮件", 80),
        text("Title", "职务", 128),
        text("MailingStreet", "邮寄街道"),
        OWNER,
        mark(),
        FORBIDDEN,
    ),
    "Name",
)
PRODUCT = Form(
    "Product2",
    "产品",
    (
        text("Name", "产品名称", required=True),
        text("ProductCode", "产品代码"),
        text("Description", "产品描述", 4000),
        text("Family", "产品系列", 40),
        choice("QuantityUnitOfMeasure", "计量单位", UNITS),
        flag("IsActive", "有效"),
        mark(),
        *(number(f"Erp_{name}__c") for name in ("Available", "Next", "Unit_Cost", "Unit_Price",
                                                "Lying")),
        *(day(f"Erp_{name}__c") for name in ("Next_On", "Moved_On")),
        number("Erp_Lead_Days__c", "全新制造天数", 0),
    ),
    "ProductCode",
)  # fmt: skip
PRICE = Form(
    "PricebookEntry",
    "价格手册条目",
    (
        ref("Product2Id", "Product2", "产品", required=True),
        number("UnitPrice", "标价", 2, required=True),
        flag("IsActive", "有效"),
        MONEY_IN,
    ),
)
ORDER = Form(
    "Order",
    "订单",
    (
        auto("OrderNumber", "订单编号"),
        ref("AccountId", "Account", "客户", required=True),
        day("EffectiveDate", "订单开始日期", required=True),
        choice("Status", "状态", STATUSES, required=True),
        text("Type", "订单类型", 40),
        text("PoNumber", "采购订单号", 80),
        ref("ContractId", "Contract", "合同"),
        ref("ShipToContactId", "Contact", "收货联系人"),
        text("ShippingState", "收货省", 80),
        text("ShippingCity", "收货市", 40),
        text("ShippingStreet", "收货街道"),
        text("Description", "描述", 32_000),
        total("TotalAmount", "订单金额"),
        OWNER,
        MONEY_IN,
        number("Discount_Amount__c", "整单优惠与抹零", 2),
        day("Delivery_Date__c", "交货日期"),
        choice("Urgency__c", "紧急程度", URGENCIES),
        text("Payment_Terms__c", "付款条件", 40),
        text("Project_No__c", "项目编号", 100),
        *TOLD,
    ),
    "OrderNumber",
)
ORDER_LINE = Form(
    "OrderItem",
    "订单产品",
    (
        ref("OrderId", "Order", "订单", required=True),
        ref("Product2Id", "Product2", "产品", required=True),
        number("Quantity", "数量", 2, required=True),
        number("UnitPrice", "单价", 2, required=True),
        total("TotalPrice", "总价"),
        day("ServiceDate", "交付日期"),
        text("Description", "行描述"),
        number("Line_No__c", "行号", 0),
        choice("Kind__c", "行类型", LINE_KINDS),
        number("Tax_Rate__c", "税率", 2),
        *(number(f"Erp_{name}__c") for name in ("Open", "From_Stock", "Buildable")),
        flag("Erp_Complete__c", "已齐套"),
        text("Erp_Short_Of__c", "缺料", 500),
    ),
)
USER = Form(
    "User",
    "用户",
    (
        text("Name", "姓名", 121),
        text("Username", "用户名", 80),
        text("EmployeeNumber", "员工编号", 20),
        text("MobilePhone", "手机", 40),
        text("Department", "部门", 80),
        flag("IsActive", "启用"),
    ),
    "EmployeeNumber",
)
TASK = Form(
    "Task",
    "任务",
    (
        text("Subject", "主题"),
        text("Description", "备注", 32_000),
        choice("Status", "状态", {name: name for name in TASK_STATUSES}),
        day("ActivityDate", "到期日期"),
        text("WhatId", "相关项", 18),
        OWNER,
        text("Erp_Reference__c", "ERP标识", 100),
    ),
)
STOCK = Form(
    "Erp_Stock__c",
    "ERP库存",
    (
        text("Name", "名称", 80),
        mark("Reference__c"),
        ref("Product__c", "Product2", "产品"),
        text("Warehouse__c", "仓库", 100),
        number("On_Hand__c", "现有量"),
        text("Unit__c", "单位", 20),
    ),
    "Name",
)

FORMS = (
    USER, ACCOUNT, CONTACT, PRODUCT, PRICE, CONTRACT, ORDER, ORDER_LINE, OPPORTUNITY,
    OPPORTUNITY_LINE, QUOTE, QUOTE_LINE, TASK, STOCK,
)  # fmt: skip
PREFIXES = {
    "User": "005", "Account": "001", "Contact": "003", "Product2": "01t", "PricebookEntry": "01u",
    "Contract": "800", "Order": "801", "OrderItem": "802", "Opportunity": "006",
    "OpportunityLineItem": "00k", "Quote": "0Q0", "QuoteLineItem": "0QL", "Task": "00T",
    "Erp_Stock__c": "a00",
}  # fmt: skip
"""The first three characters of an object's ids."""
DETAILS = {
    "Order": ("OrderItem", "OrderId", "TotalAmount"),
    "Opportunity": ("OpportunityLineItem", "OpportunityId", "Amount"),
    "Quote": ("QuoteLineItem", "QuoteId", "TotalPrice"),
}
"""Of a form its lines, their field with its id, and the field of its own that adds them up."""
MASTERS = {line: (form, by) for form, (line, by, _) in DETAILS.items()}
"""Of a form of lines what they belong to."""
