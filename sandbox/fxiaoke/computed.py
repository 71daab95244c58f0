"""Fields that this tenant added for what is computed from both sides."""

from __future__ import annotations

from .fields import Field

OF_LINE = (
    Field("erp_open__c", "未交数量", "number", places=4),
    Field("erp_from_stock__c", "现货数量", "number", places=4),
    Field("erp_buildable__c", "可齐套数量", "number", places=4),
    Field("erp_complete__c", "已齐套", "true_or_false"),
    Field("erp_short_of__c", "缺料", max_length=500),
)
OF_PRODUCT = (
    Field("erp_available__c", "可承诺量", "number", places=4),
    Field("erp_next_on__c", "下次可承诺日期", "date"),
    Field("erp_next__c", "届时可承诺量", "number", places=4),
    Field("erp_lead_days__c", "全新制造天数", "number"),
    Field("erp_unit_cost__c", "估算成本", "currency", places=4),
    Field("erp_unit_price__c", "估算报价(含税)", "currency", places=4),
    Field("erp_lying__c", "在库数量", "number", places=4),
    Field("erp_moved_on__c", "最近动销日期", "date"),
)
OF_ORDER = (
    Field("erp_revenue__c", "已交收入(不含税)", "currency", places=2),
    Field("erp_cost__c", "成本", "currency", places=2),
    Field("erp_margin__c", "毛利", "currency", places=2),
    Field("erp_margin_rate__c", "毛利率", "percentile", places=2),
    Field("erp_margin_basis__c", "成本依据", max_length=20),
    Field("erp_shipped_amount__c", "发货金额", "currency", places=2),
    Field("erp_invoiced_amount__c", "开票金额", "currency", places=2),
    Field("erp_received_amount__c", "回款金额", "currency", places=2),
    Field("erp_agrees__c", "三流一致", "true_or_false"),
    Field("erp_differs_since__c", "不一致起始日", "date"),
)
OF_ACCOUNT = (
    Field("erp_credit_limit__c", "信用额度", "currency", places=2),
    Field("erp_receivable__c", "应收余额", "currency", places=2),
    Field("erp_exposure__c", "信用占用", "currency", places=2),
    Field("erp_oldest_due_on__c", "最早到期日", "date"),
    Field("erp_payment_days__c", "平均回款天数", "number"),
    Field("erp_blocked__c", "停止发货", "true_or_false"),
    Field("erp_grade__c", "客户等级(RFM)", max_length=10),
    Field("erp_year_revenue__c", "近一年销售额", "currency", places=2),
    Field("erp_last_order_on__c", "最近下单", "date"),
    Field("erp_silent_since__c", "预计流失日", "date"),
)
