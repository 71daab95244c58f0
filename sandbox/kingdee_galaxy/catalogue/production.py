"""Bills of material, production orders, picking and receipts."""

PRODUCTION = """
PRD_MO 生产订单 pk=FID number=FBillNo org=FPrdOrgId prefix=MO indexed=FSaleOrderNo,FSaleOrderEntryId
    FBillType        BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FDate            date!        单据日期
    FPrdOrgId        ORG_Organizations! 生产组织
    FPlannerID       assist       计划员
    FWorkGroupId     assist       计划组
    FOwnerTypeId     text         货主类型  BD_OwnerOrg
    FOwnerId         ORG_Organizations 货主
    FIsRework        bool         返工
    FIsEntrust       bool         组织受托加工
    FBusinessType    text         业务类型
    FDescription     text         备注
    FCancelStatus    text=        作废状态  A
    F_CRM_Ref        text:80      CRM单号
    entry FTreeEntity TreeEntity 明细 T_PRD_MOENTRY
    FMaterialId      BD_MATERIAL! 物料编码
    FProductType     text         产品类型  1
    FUnitId          BD_UNIT!     单位
    FQty             qty!         数量
    FPlanStartDate   time!        计划开工时间
    FPlanFinishDate  time!        计划完工时间
    FWorkShopID      BD_Department! 生产车间
    FBomId           ENG_BOM      BOM版本
    FRequestOrgId    ORG_Organizations 需求组织
    FStockInOrgId    ORG_Organizations 入库组织
    FStockId         BD_STOCK     仓库
    FMTONo           text         计划跟踪号
    FProjectNo       text         项目编号
    FLot             assist       批号
    FYieldRate       rate         成品率
    FSaleOrderNo     text         销售订单号
    FSaleOrderId     int          销售订单内码
    FSaleOrderEntryId int         销售订单分录内码
    FSrcBillType     text         源单类型
    FSrcBillNo       text         源单编号
    FReqSrc          text         需求来源
    FStatus          text=        业务状态  1
    FStockInQuaQty   qty=         合格品入库数量 0
    FNoStockInQty    qty=         未入库数量
    FScrapQty        qty=         报废数量  0
    FPickMtrlStatus  text=        领料状态  1
    FPlanConfirmDate time=        计划确认日期
    FConveyDate      time=        下达日期
    FStartDate       time=        开工日期
    FFinishDate      time=        完工日期
    FCloseDate       time=        结案日期
    FCostDate        time=        结算日期

PRD_INSTOCK 生产入库单 pk=FID number=FBillNo org=FPrdOrgId prefix=SCRK indexed=FMoBillNo,FMoEntryId
    FBillType        BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FDate            date!        日期
    FPrdOrgId        ORG_Organizations! 生产组织
    FStockOrgId      ORG_Organizations! 入库组织
    FOwnerTypeId0    text         货主类型  BD_OwnerOrg
    FOwnerId0        ORG_Organizations! 货主
    FDescription     text         备注
    FCancelStatus    text=        作废状态  A
    entry FEntity PRD_INSTOCKENTRY 明细 T_PRD_INSTOCKENTRY
    FMaterialId      BD_MATERIAL! 物料编码
    FUnitID          BD_UNIT!     单位
    FBaseUnitId      BD_UNIT!     基本单位
    FProductType     text         产品类型  1
    FInStockType     text!        入库类型
    FMustQty         qty          应收数量
    FRealQty         qty          实收数量
    FStockId         BD_STOCK!    仓库
    FStockStatusId   BD_StockStatus! 库存状态
    FLot             assist       批号
    FMoBillNo        text!        生产订单编号
    FMoId            int          生产订单内码
    FMoEntryId       int          生产订单分录内码
    FMoEntrySeq      int          生产订单行号
    FSrcBillType     text         源单类型
    FSrcBillNo       text         源单编号
    FOwnerTypeId     text!        货主类型
    FOwnerId         ORG_Organizations! 货主
    FKeeperTypeId    text!        保管者类型
    FKeeperId        ORG_Organizations! 保管者
    FWorkShopId1     BD_Department 生产车间
    FIsFinished      bool         完工
    FMtoNo           text         计划跟踪号

PRD_PickMtrl 生产领料单 pk=FID number=FBillNo org=FPrdOrgId prefix=SCLL indexed=FMoEntryId
    FBillType        BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FDate            date!        日期
    FPrdOrgId        ORG_Organizations! 生产组织
    FStockOrgId      ORG_Organizations! 发料组织
    FDescription     text         备注
    FCancelStatus    text=        作废状态  A
    entry FEntity PRD_PickMtrlData 明细 T_PRD_PICKMTRLDATA
    FMaterialId      BD_MATERIAL! 物料编码
    FUnitID          BD_UNIT!     单位
    FAppQty          qty          申请数量
    FActualQty       qty!         实发数量
    FBaseActualQty   qty=         基本单位实发数量
    FStockId         BD_STOCK!    仓库
    FStockStatusId   BD_StockStatus 库存状态
    FMoBillNo        text!        生产订单编号
    FMoId            int          生产订单内码
    FMoEntryId       int          生产订单分录内码
    FMtoNo           text         计划跟踪号

ENG_BOM 物料清单 pk=FID org=FUseOrgId prefix=BOM indexed=FMaterialID
    FCreateOrgId     ORG_Organizations 创建组织
    FUseOrgId        ORG_Organizations 使用组织
    FNumber          text         BOM版本
    FName            text         BOM简称
    FMaterialID      BD_MATERIAL! 父项物料编码
    FUNITID          BD_UNIT      父项物料单位
    FBOMCATEGORY     text         BOM分类   1
    FBOMUSE          text         BOM用途   99
    entry FTreeEntity TreeEntity 子项明细 T_ENG_BOMCHILD
    FMaterialIDchild BD_MATERIAL! 子项物料编码
    FMATERIALTYPE    text         子项类型  1
    FDOSAGETYPE      text         用量类型  2
    FCHILDUNITID     BD_UNIT      子项单位
    FNumerator       qty          分子
    FDenominator     qty          分母      1
    FSCRAPRATE       rate         变动损耗率% 0
    FReplaceGroup    int          项次
    FEffectDate      date         生效日期
    FEXPIREDATE      date         失效日期
    FISSUETYPE       text         发料方式
    FMEMO            text         备注
"""
