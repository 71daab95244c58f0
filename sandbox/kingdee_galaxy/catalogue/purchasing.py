"""Requisitions, purchase orders and what comes in.

`FOrderQty` of a requisition is not confirmed: what was ordered of a row has some name.
"""

PURCHASING = """
PUR_Requisition 采购申请单 pk=FID number=FBillNo org=FApplicationOrgId prefix=CGSQ indexed=F_CRM_Ref
    FBillTypeID      BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FApplicationDate date!        申请日期
    FRequestType     text!        申请类型
    FApplicationOrgId ORG_Organizations! 申请组织
    FApplicationDeptId BD_Department 申请部门
    FApplicantId     BD_Empinfo   申请人
    FCurrencyId      BD_Currency  币别
    FNote            bytes:255    备注
    FCloseStatus     text=        关闭状态  A
    FCancelStatus    text=        作废状态  A
    F_CRM_Ref        text:80      CRM单号
    entry FEntity ReqEntry 明细信息 T_PUR_ReqEntry
    FRequireOrgId    ORG_Organizations! 需求组织
    FMaterialId      BD_MATERIAL! 物料编码
    FMaterialDesc    text         物料说明
    FUnitId          BD_UNIT!     申请单位
    FReqQty          qty          申请数量
    FApproveQty      qty          批准数量
    FBaseReqQty      qty=         申请基本数量
    FPurchaseOrgId   ORG_Organizations 采购组织
    FReceiveOrgId    ORG_Organizations 收料组织
    FSuggestSupplierId BD_Supplier 建议供应商
    FArrivalDate     date         到货日期
    FMtoNo           text:80      计划跟踪号
    FDEMANDBILLNO    text         需求单据编号
    FDEMANDBILLENTRYID int        需求单据分录内码
    FEntryNote       bytes:255    备注
    FOrderQty        qty=         订单数量  0
    FMrpCloseStatus  text=        业务关闭  A

PUR_PurchaseOrder 采购订单 pk=FID number=FBillNo org=FPurchaseOrgId prefix=CGDD indexed=FReqEntryId
    FBillTypeID      BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FDate            date!        采购日期
    FPurchaseOrgId   ORG_Organizations! 采购组织
    FSupplierId      BD_Supplier! 供应商
    FPurchaserId     assist       采购员
    FCloseStatus     text=        关闭状态  A
    FCancelStatus    text=        作废状态  A
    sub FPOOrderFinance 财务信息
    FSettleCurrId    BD_Currency  结算币别
    FBillAllAmount   money=       价税合计
    entry FPOOrderEntry POOrderEntry 明细信息 T_PUR_POORDERENTRY
    FMaterialId      BD_MATERIAL! 物料编码
    FUnitId          BD_UNIT!     采购单位
    FQty             qty!         采购数量
    FBaseUnitQty     qty=         采购基本数量
    FPriceUnitId     BD_UNIT      计价单位
    FTaxPrice        price        含税单价
    FEntryTaxRate    rate         税率%     13
    FAllAmount       money=       价税合计
    FDeliveryDate    time         交货日期
    FRequireOrgId    ORG_Organizations 需求组织
    FReceiveOrgId    ORG_Organizations 收料组织
    FStockUnitID     BD_UNIT      库存单位
    FMtoNo           text:80      计划跟踪号
    FDEMANDBILLNO    text         需求单据编号
    FDEMANDBILLENTRYID int        需求单据分录内码
    FSrcBillNo       text=        源单编号
    FReqEntryId      int=         申请单分录内码
    FEntryNote       bytes:255    备注
    FReceiveQty      qty=         累计收料数量 0
    FStockInQty      qty=         累计入库数量 0
    FRemainStockInQty qty=        剩余入库数量 0
    FMrpCloseStatus  text=        业务关闭  A
    FMrpTerminateStatus text=     业务终止  A

STK_InStock 采购入库单 pk=FID number=FBillNo org=FStockOrgId prefix=CGRK indexed=FPOORDERENTRYID
    FBillTypeID      BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FDate            date!        入库日期
    FStockOrgId      ORG_Organizations! 收料组织
    FPurchaseOrgId   ORG_Organizations! 采购组织
    FSupplierId      BD_Supplier! 供应商
    FCancelStatus    text=        作废状态  A
    sub FInStockFin 财务信息
    FSettleCurrId    BD_Currency  结算币别
    entry FInStockEntry InStockEntry 明细信息 T_STK_INSTOCKENTRY
    FMaterialId      BD_MATERIAL! 物料编码
    FUnitID          BD_UNIT!     库存单位
    FMustQty         qty          应收数量
    FRealQty         qty!         实收数量
    FBaseUnitQty     qty=         库存基本数量
    FStockId         BD_STOCK!    仓库
    FStockStatusId   BD_StockStatus 库存状态
    FLot             assist       批号
    FTaxPrice        price        含税单价
    FEntryTaxRate    rate         税率%     13
    FAllAmount       money=       价税合计
    FPOOrderNo       text         订单单号
    FPOORDERENTRYID  int          订单分录内码
    FSrcBillNo       text=        源单编号
    FMtoNo           text:80      计划跟踪号
"""
