"""What customers send back."""

RETURNS = """
SAL_RETURNNOTICE 退货通知单 pk=FID number=FBillNo org=FSaleOrgId prefix=THTZD indexed=F_CRM_Ref
    FBillTypeID      BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FDate            date!        日期
    FSaleOrgId       ORG_Organizations! 销售组织
    FRetcustId       BD_Customer! 退货客户
    FRetorgId        ORG_Organizations 库存组织
    FSalesManId      BD_OPERATOR  销售员
    FReturnReason    assist       退货原因
    FDescription     bytes:255    备注
    FCloseStatus     text=        关闭状态  A
    FCancelStatus    text=        作废状态  A
    F_CRM_Ref        text:80      CRM单号
    sub SubHeadEntity 财务信息
    FSettleCurrId    BD_Currency  结算币别
    entry FEntity SAL_RETURNNOTICEENTRY 明细信息 T_SAL_RETURNNOTICEENTRY
    FMaterialId      BD_MATERIAL! 物料编码
    FUnitID          BD_UNIT!     销售单位
    FQty             qty!         退货数量
    FStockId         BD_STOCK     仓库
    FRmType          assist       退货类型
    FTaxPrice        price        含税单价
    FEntryTaxRate    rate         税率%     13
    FAllAmount       money        价税合计
    FDeliverydate    date         退货日期
    FOrderNo         text         订单单号
    FSOEntryId       int          销售订单分录内码
    FEntryDescription bytes:255   备注
    FRetStockQty     qty=         退货入库数量 0

SAL_RETURNSTOCK 销售退货单 pk=FID number=FBillNo org=FSaleOrgId prefix=XSTHD indexed=FSOEntryId
    FBillTypeID      BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FDate            date!        日期
    FSaleOrgId       ORG_Organizations! 销售组织
    FStockOrgId      ORG_Organizations! 库存组织
    FRetcustId       BD_Customer! 退货客户
    FSalesManId      BD_OPERATOR  销售员
    FReturnReason    assist       退货原因
    FHeadNote        bytes:255    备注
    FCancelStatus    text=        作废状态  A
    sub SubHeadEntity 财务信息
    FSettleCurrId    BD_Currency  结算币别
    FBillAllAmount   money=       价税合计
    entry FEntity SAL_RETURNSTOCKENTRY 明细信息 T_SAL_RETURNSTOCKENTRY
    FMaterialId      BD_MATERIAL! 物料编码
    FUnitID          BD_UNIT!     库存单位
    FRealQty         qty!         实退数量
    FSalUnitID       BD_UNIT      销售单位
    FSALUNITQTY      qty          销售数量
    FStockId         BD_STOCK!    仓库
    FStockstatusId   BD_StockStatus 库存状态
    FReturnType      assist       退货类型
    FTaxPrice        price        含税单价
    FEntryTaxRate    rate         税率%     13
    FAllAmount       money        价税合计
    FOrderNo         text         订单单号
    FSOEntryId       int          销售订单分录内码
    FSrcBillNo       text=        源单编号
"""
