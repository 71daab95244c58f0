"""Quotes, planned orders, and two forms that a site makes itself: contracts and projects.

Keys of the quote and of the planned order are general knowledge; `CRM_…` forms are as the
connector's documentation tells a site to make them.
"""

OFFERS = """
SAL_QUOTATION 销售报价单 pk=FID number=FBillNo org=FSaleOrgId prefix=XSBJ indexed=F_CRM_Ref
    FBillTypeID      BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FDate            date!        日期
    FSaleOrgId       ORG_Organizations! 销售组织
    FCustId          BD_Customer! 客户
    FSalerId         BD_OPERATOR  销售员
    FEffectiveDate   date         生效日期
    FExpiryDate      date         失效日期
    FNote            bytes:255    备注
    FCancelStatus    text=        作废状态  A
    F_CRM_Ref        text:80      CRM单号
    F_CRM_Opinion    text:255=    审批意见
    sub FSALQUOTATIONFIN 财务信息
    FSettleCurrId    BD_Currency! 结算币别
    FIsIncludedTax   bool         是否含税  true
    FBillAllAmount   money=       价税合计
    FBillAmount      money=       金额
    FBillTaxAmount   money=       税额
    entry FQUOTATIONENTRY QUOTATIONENTRY 报价明细 T_SAL_QUOTATIONENTRY
    FMaterialId      BD_MATERIAL! 物料编码
    FUnitID          BD_UNIT!     销售单位
    FPriceUnitId     BD_UNIT      计价单位
    FQty             qty!         数量
    FPrice           price        单价
    FTaxPrice        price        含税单价
    FEntryTaxRate    rate         税率%     13
    FTaxRate         rate=        税率      13
    FDiscountRate    rate         折扣率%
    FDiscount        money=       折扣额
    FAmount          money=       金额
    FTaxAmount       money=       税额
    FAllAmount       money        价税合计
    FIsFree          bool         是否赠品
    FDeliveryDate    date         要货日期
    FEntryNote       bytes:255    备注

PLN_PLANORDER 计划订单 pk=FID number=FBillNo org=FDemandOrgId prefix=JHDD indexed=F_CRM_Ref
    FBillTypeID      BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FDemandOrgId     ORG_Organizations! 需求组织
    FSupplyOrgId     ORG_Organizations 供应组织
    FMaterialId      BD_MATERIAL! 物料编码
    FUnitId          BD_UNIT!     单位
    FFirmQty         qty!         确认订单量
    FDemandDate      date         需求日期
    FPlanStartDate   date         采购/生产日期
    FPlanFinishDate  date         到货/完工日期
    FReleaseType     text         投放类型  1
    FSaleOrderNo     text         销售订单号
    FMtoNo           text:80      计划跟踪号
    FDescription     bytes:255    备注
    F_CRM_Ref        text:80      CRM单号

CRM_Contract 销售合同 pk=FID number=FBillNo org=F_CRM_Org prefix=HT indexed=F_CRM_Ref
    FBillNo          text:80      合同编号
    F_CRM_Org        ORG_Organizations! 组织
    F_CRM_Customer   BD_Customer! 客户
    F_CRM_Saler      BD_OPERATOR  销售员
    F_CRM_SignDate   date!        签订日期
    F_CRM_EndDate    date         结束日期
    F_CRM_Currency   BD_Currency! 币别
    F_CRM_Amount     money        合同金额
    F_CRM_Terms      bytes:255    特殊条款
    F_CRM_Ref        text:80      CRM单号
    F_CRM_Opinion    text:255=    审批意见
    entry FEntity Entity 合同明细 T_CRM_CONTRACTENTRY
    F_CRM_Material   BD_MATERIAL! 物料
    F_CRM_Unit       BD_UNIT!     单位
    F_CRM_Qty        qty!         数量
    F_CRM_TaxRate    rate         税率%
    F_CRM_AllAmount  money        价税合计

CRM_Project 项目立项单 pk=FID number=FBillNo org=F_CRM_Org prefix=XM indexed=F_CRM_Ref
    FBillNo          text:80      项目编号
    F_CRM_Org        ORG_Organizations! 组织
    F_CRM_Title      text:200!    项目名称
    F_CRM_Customer   BD_Customer  客户
    F_CRM_OrderNo    text:80      销售订单号
    F_CRM_Manager    BD_OPERATOR  项目经理
    F_CRM_StartDate  date         计划开始
    F_CRM_EndDate    date         计划结束
    F_CRM_Amount     money        合同额
    F_CRM_Budget     money        预算
    F_CRM_Note       bytes:255    说明
    F_CRM_Ref        text:80      CRM单号
    F_CRM_Opinion    text:255=    审批意见
"""
