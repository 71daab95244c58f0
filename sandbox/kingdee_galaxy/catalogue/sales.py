"""Sales orders, outbounds and stock.

`FReplaceQty` is a name of ours: nobody told how the server keeps what is to be sent again.

Not every required key of the fact sheet is one that a server insists on when a person types
the bill: choosing a material fills the units. Over the API they are asked for.
"""

SALES = """
SAL_SaleOrder 销售订单 pk=FID number=FBillNo org=FSaleOrgId prefix=XSDD indexed=F_CRM_Ref
    FBillTypeID      BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FDate            date!        日期
    FSaleOrgId       ORG_Organizations! 销售组织
    FCustId          BD_Customer! 客户
    FSalerId         BD_OPERATOR! 销售员
    FSaleGroupId     assist       销售组
    FSaleDeptId      BD_Department 销售部门
    FReceiveId       BD_Customer  收货方
    FSettleId        BD_Customer  结算方
    FChargeId        BD_Customer  付款方
    FReceiveAddress  bytes:510    收货方地址
    FLinkMan         text:50      收货人姓名
    FLinkPhone       text:50      联系电话
    FNote            bytes:255    备注
    FBusinessType    text         业务类型  NORMAL
    FNetOrderBillNo  text:80      移动销售订单号
    FCloseStatus     text=        关闭状态  A
    FCloseDate       time=        关闭日期
    FCancelStatus    text=        作废状态  A
    FCancelDate      time=        作废日期
    FVersionNo       text=        版本号    000
    F_CRM_Ref        text:80      CRM单号
    F_CRM_Opinion    text:255=    审批意见
    sub FSaleOrderFinance 财务信息
    FSettleCurrId    BD_Currency! 结算币别
    FRecConditionId  BD_RecCondition 收款条件
    FSettleModeId    BD_SETTLETYPE 结算方式
    FIsIncludedTax   bool         是否含税  true
    FPriceListId     assist       价目表
    FExchangeTypeId  BD_RateType  汇率类型
    FExchangeRate    rate         汇率      1
    FBillAllAmount   money=       价税合计
    FBillAmount      money=       金额
    FBillTaxAmount   money=       税额
    entry FSaleOrderEntry SaleOrderEntry 订单明细 T_SAL_ORDERENTRY
    FRowType         text         产品类型  Standard
    FMapId           assist       客户物料编码
    FMaterialId      BD_MATERIAL! 物料编码
    FAuxPropId       assist       辅助属性
    FUnitID          BD_UNIT!     销售单位
    FQty             qty!         销售数量
    FBaseUnitQty     qty=         销售基本数量
    FPriceUnitId     BD_UNIT!     计价单位
    FPrice           price        单价
    FTaxPrice        price        含税单价
    FEntryTaxRate    rate         税率%     13
    FDiscountRate    rate         折扣率%
    FDiscount        money=       折扣额
    FTaxRate         rate=        税率      13
    FAmount          money=       金额
    FTaxAmount       money=       税额
    FAllAmount       money        价税合计
    FIsFree          bool         是否赠品
    FDeliveryDate    time!        要货日期
    FStockOrgId      ORG_Organizations 库存组织
    FSettleOrgIds    ORG_Organizations! 结算组织
    FSupplyOrgId     ORG_Organizations 供应组织
    FOwnerTypeId     text         货主类型  BD_OwnerOrg
    FOwnerId         ORG_Organizations 货主
    FReserveType     text!        预留类型
    FStockUnitID     BD_UNIT!     库存单位
    FOUTLMTUNIT      text!        超发控制单位类型
    FOutLmtUnitID    BD_UNIT      超发控制单位
    FMtoNo           text:80      计划跟踪号
    FEntryNote       bytes:255    备注
    FSOStockId       BD_STOCK     仓库
    FOrderEntryPlan  list         交货明细
    FStockOutQty     qty=         累计出库数量    0
    FRemainOutQty    qty=         剩余未出数量    0
    FDeliQty         qty=         累计发货通知数量 0
    FReturnQty       qty=         累计退货数量    0
    FReplaceQty      qty=         退货补货数量    0
    FInvoiceQty      qty=         累计开票数量    0
    FSrcBillNo       text=        源单编号
    FMrpCloseStatus  text=        业务关闭  A
    FMrpFreezeStatus text=        业务冻结  A
    FMrpTerminateStatus text=     业务终止  A
    F_CRM_LineRef    text:80      CRM行号
    entry FSaleOrderPlan SaleOrderPlan 收款计划 T_SAL_ORDERPLAN
    FNeedRecAdvance  bool         是否预收
    FRecAdvanceRate  rate         应收比例
    FRecAdvanceAmount money       应收金额
    FMustDate        date         到期日
    FControlSend     text         控制发货
    FIsOutStockByRecamount bool   按实收控制

SAL_OUTSTOCK 出库单 pk=FID number=FBillNo org=FStockOrgId prefix=XSCKD indexed=FSOEntryId,FSoorDerno
    FBillTypeID      BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FDate            date!        日期
    FSaleOrgId       ORG_Organizations! 销售组织
    FStockOrgId      ORG_Organizations! 发货组织
    FCustomerID      BD_Customer! 客户
    FSalesManID      BD_OPERATOR  销售员
    FCarrierID       BD_Supplier  承运商
    FCarriageNO      text:80      运输单号
    FNote            bytes:255    备注
    FCancelStatus    text=        作废状态  A
    sub SubHeadEntity 财务信息
    FSettleCurrID    BD_Currency! 结算币别
    FSettleOrgID     ORG_Organizations! 结算组织
    FExchangeRate    rate         汇率      1
    FBillAllAmount   money=       价税合计
    entry FEntity SAL_OUTSTOCKENTRY 明细信息 T_SAL_OUTSTOCKENTRY
    FMaterialID      BD_MATERIAL! 物料编码
    FUnitID          BD_UNIT!     库存单位
    FRealQty         qty!         实发数量
    FMustQty         qty          应发数量
    FStockID         BD_STOCK!    仓库
    FStockStatusID   BD_StockStatus 库存状态
    FLot             assist       批号
    FOwnerTypeID     text         货主类型  BD_OwnerOrg
    FOwnerID         ORG_Organizations 货主
    FSalUnitID       BD_UNIT      销售单位
    FSALUNITQTY      qty          销售数量
    FSALBASEQTY      qty          销售基本数量
    FPriceBaseQty    qty          计价基本数量
    FTaxPrice        price        含税单价
    FEntryTaxRate    rate         税率%
    FAllAmount       money        价税合计
    FIsFree          bool         是否赠品
    FSoorDerno       text         订单单号
    FSOEntryId       int          销售订单分录内码
    FSrcBillNo       text=        源单编号
    FMtoNo           text         计划跟踪号
    FLogisticsNos    text         物流单号

STK_Inventory 即时库存 pk=FID number=FID indexed=FMaterialId bare
    FID              text=        内码
    FMaterialId      BD_MATERIAL  物料编码
    FStockOrgId      ORG_Organizations 库存组织
    FStockId         BD_STOCK     仓库
    FStockStatusId   BD_StockStatus 库存状态
    FOwnerTypeId     text         货主类型
    FOwnerId         ORG_Organizations 货主
    FKeeperId        ORG_Organizations 保管者
    FLot             assist       批号
    FBaseUnitId      BD_UNIT      基本单位
    FBaseQty         qty          库存量(基本单位)
    FStockUnitId     BD_UNIT      库存主单位
    FQty             qty          库存量(主单位)
    FSecQty          qty          库存量(辅单位)
    FBaseLockQty     qty          锁库量(基本单位)
    FBaseAVBQty      qty          可用量(基本单位)
    FAVBQty          qty          可用量(主单位)
    FMtoNo           text         计划跟踪号
    FProjectNo       text         项目编号
    FProduceDate     date         生产日期
    FExpiryDate      date         有效期至
    FUpdateTime      time         更新时间
"""


def _change_of(table: str) -> str:
    """The change document: an order's fields, and which order it changes."""
    lines = table.strip().splitlines()
    lines[0] = (
        "SAL_XORDER 销售订单新变更单 pk=FID number=FBillNo org=FSaleOrgId prefix=XBG indexed=FPKIDX"
    )
    rows = next(place for place, line in enumerate(lines) if "entry FSaleOrderEntry" in line)
    lines.insert(rows + 1, "FEntryPKIDX int= 原订单分录内码")
    lines.insert(rows + 2, "FChangeType text 变更类型")
    lines.insert(1, "FPKIDX int= 原订单内码")
    lines.insert(2, "FEffectStatus text= 生效状态 A")
    return "\n".join(lines).replace("T_SAL_ORDER", "T_SAL_XORDER")


SALES += _change_of(SALES.strip().split("\n\n")[0])
