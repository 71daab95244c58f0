"""Receivables, invoices, payments, payables and credit.

The forms of finance write their keys in capitals. IV_SALESIC and IV_SALESOC have the same fields.
The entry of CRE_CustArchives is known from SQL alone: its key here is a guess.
"""

_INVOICE_KEYS = "pk=FID number=FBillNo org=FSETTLEORGID indexed=FSRCROWID,FINVOICENO"
_INVOICE = """
    FBillTypeID      BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FDATE            date!        业务日期
    FINVOICENO       text:20      发票号
    FINVOICEDATE     date         发票日期
    FCUSTOMERID      BD_Customer! 客户
    FCURRENCYID      BD_Currency! 币别
    FSETTLEORGID     ORG_Organizations! 结算组织
    FRedBlue         text         红蓝字    0
    FIVCODE          text         发票代码
    FIVNUMBER        text         发票号码
    FSOURCEIVNUMBER  text         原发票号码
    FTAXAMOUNTFOR    money=       税额
    FAFTERTOTALTAXFOR money=      价税合计
    FCancelStatus    text=        作废状态  A
    entry FSALESICENTRY SALESICENTRY 明细 T_IV_SALESICENTRY
    FMATERIALID      BD_MATERIAL! 物料编码
    FPRICEUNITID     BD_UNIT      计价单位
    FPRICEQTY        qty!         计价数量
    FAUXTAXPRICE     price        含税单价
    FTAXRATE         rate         税率%     13
    FDETAILTAXAMOUNTFOR money     税额
    FALLAMOUNTFOR    money        价税合计
    FSALESORDERNO    text         销售订单
    FSRCBILLNO       text         源单编号
    FSRCROWID        int          源单行内码
"""

_PLAN = """
    entry FEntityPlan {name} 计划 {table}
    FENDDATE         date         到期日
    FPAYRATE         rate         比例
    FPAYAMOUNTFOR    money        金额
    FORDERBILLNO     text         订单号
    FWRITTENOFFAMOUNTFOR_P money= 已核销金额 0
"""

FINANCE = f"""
AR_receivable 应收单 pk=FID number=FBillNo org=FSETTLEORGID prefix=AR indexed=FORDERENTRYID
    FBillTypeID      BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FDATE            date!        业务日期
    FENDDATE_H       date!        到期日
    FCUSTOMERID      BD_Customer! 客户
    FCURRENCYID      BD_Currency! 币别
    FSETTLEORGID     ORG_Organizations! 结算组织
    FPAYORGID        ORG_Organizations! 收款组织
    FSALEORGID       ORG_Organizations 销售组织
    FAR_Remark       bytes:255    备注
    FCancelStatus    text=        作废状态  A
    FWRITTENOFFSTATUS text=       核销状态  A
    FALLAMOUNTFOR    money=       价税合计
    entry FEntityDetail AP_PAYABLEENTRY 明细 T_AR_RECEIVABLEENTRY
    FMATERIALID      BD_MATERIAL! 物料编码
    FPRICEUNITID     BD_UNIT      计价单位
    FPriceQty        qty!         计价数量
    FTaxPrice        price        含税单价
    FEntryTaxRate    rate         税率%     13
    FTAXAMOUNTFOR_D  money        税额
    FNoTaxAmountFor_D money       不含税金额
    FALLAMOUNTFOR_D  money        价税合计
    FORDERNUMBER     text         销售订单号
    FORDERENTRYID    int          销售订单分录内码
    FSourceBillNo    text         源单编号
    FIVQTY           qty=         已开票数量 0
    FIVAMOUNTFOR     money=       已开票金额 0
{_PLAN.format(name="AR_RECEIVABLEPLAN", table="T_AR_RECEIVABLEPLAN")}
IV_SALESIC 销售增值税专用发票 prefix=XSZP {_INVOICE_KEYS}
{_INVOICE}
IV_SALESOC 销售普通发票 prefix=XSPP {_INVOICE_KEYS}
{_INVOICE}
AR_RECEIVEBILL 收款单 pk=FID number=FBillNo org=FPAYORGID prefix=SKD
    FBillTypeID      BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FDATE            date!        业务日期
    FCONTACTUNITTYPE text         往来单位类型 BD_Customer
    FCONTACTUNIT     BD_Customer! 往来单位
    FPAYUNITTYPE     text         付款单位类型 BD_Customer
    FPAYUNIT         BD_Customer! 付款单位
    FCURRENCYID      BD_Currency! 币别
    FSETTLECUR       BD_Currency! 结算币别
    FPAYORGID        ORG_Organizations! 收款组织
    FSETTLEORGID     ORG_Organizations 结算组织
    FREMARK          bytes:255    备注
    FTHIRDBILLNO     text:80      第三方单据编号
    FCancelStatus    text=        作废状态  A
    entry FRECEIVEBILLENTRY RECEIVEBILLENTRY 明细 T_AR_RECEIVEBILLENTRY
    FSETTLETYPEID    BD_SETTLETYPE! 结算方式
    FPURPOSEID       assist       收款用途
    FRECTOTALAMOUNTFOR money!     应收金额
    FREALRECAMOUNTFOR_D money     实收金额
    FHANDLINGCHARGEFOR money      手续费
    FPOSTDATE        date         登账日期
    FSALEORDERNO     text         销售订单号
    FCOMMENT         bytes:255    备注
    entry FRECEIVEBILLSRCENTRY RECEIVEBILLSRCENTRY 源单明细 T_AR_RECEIVEBILLSRCENTRY
    FSRCBILLTYPEID   text         源单类型
    FSRCBILLNO       text         源单编号
    FREALRECAMOUNTFOR_S money     本次收款金额

AR_REFUNDBILL 收款退款单 pk=FID number=FBillNo org=FPAYORGID prefix=SKTKD
    FBillTypeID      BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FDATE            date!        业务日期
    FCONTACTUNITTYPE text         往来单位类型 BD_Customer
    FCONTACTUNIT     BD_Customer! 往来单位
    FRECTUNITTYPE    text         收款单位类型 BD_Customer
    FRECTUNIT        BD_Customer! 收款单位
    FCURRENCYID      BD_Currency! 币别
    FSETTLECUR       BD_Currency! 结算币别
    FPAYORGID        ORG_Organizations! 付款组织
    FSETTLEORGID     ORG_Organizations 结算组织
    FREMARK          bytes:255    备注
    FCancelStatus    text=        作废状态  A
    entry FREFUNDBILLENTRY REFUNDBILLENTRY 明细 T_AR_REFUNDBILLENTRY
    FSETTLETYPEID    BD_SETTLETYPE! 结算方式
    FPURPOSEID       assist       原收款用途
    FREFUNDAMOUNTFOR money        应退金额
    FREFUNDAMOUNTFOR_E money!     退款金额
    FNOTE            bytes:255    备注
    entry FREFUNDBILLSRCENTRY REFUNDBILLSRCENTRY 源单明细 T_AR_REFUNDBILLSRCENTRY
    FSOURCETYPE      text         源单类型
    FSRCBILLNO       text         源单编号
    FREALREFUNDAMOUNTFOR_S money  本次退款金额

AP_Payable 应付单 pk=FID number=FBillNo org=FSETTLEORGID prefix=AP
    FBillTypeID      BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FDATE            date!        业务日期
    FENDDATE_H       date!        到期日
    FSUPPLIERID      BD_Supplier! 供应商
    FCURRENCYID      BD_Currency! 币别
    FSETTLEORGID     ORG_Organizations! 结算组织
    FPAYORGID        ORG_Organizations! 付款组织
    FAP_Remark       bytes:255    备注
    FCancelStatus    text=        作废状态  A
    FWRITTENOFFSTATUS text=       核销状态  A
    FALLAMOUNTFOR    money=       价税合计
    entry FEntityDetail AP_PAYABLEENTRY 明细 T_AP_PAYABLEENTRY
    FMATERIALID      BD_MATERIAL! 物料编码
    FPRICEUNITID     BD_UNIT      计价单位
    FPriceQty        qty!         计价数量
    FTaxPrice        price        含税单价
    FEntryTaxRate    rate         税率%     13
    FALLAMOUNTFOR_D  money        价税合计
    FSourceBillNo    text         源单编号
{_PLAN.format(name="AP_PAYABLEPLAN", table="T_AP_PAYABLEPLAN")}
CRE_CustArchives 信用档案 pk=FID number=FBillNo org=FCreateOrgId prefix=XYDA
    FBillNo          text:80      单据编号
    FCreateOrgId     ORG_Organizations 创建组织
    FCurrencyId      BD_Currency  币别
    entry FEntity CRE_CUSTARCHIVESENTRY 信用明细 T_CRE_CUSTARCHIVESENTRY
    FOBJECTID        BD_Customer  信用对象
    FCREDITAMOUNT    money        信用额度
    FOVERDAYS        int          超期天数
"""
