"""Forecasts. Fields are unconfirmed."""

PLANNING = """
PLN_FORECAST 预测单 pk=FID number=FBillNo org=FForeOrgId prefix=YCD indexed=F_CRM_Ref
    FBillTypeID      BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FDate            date         单据日期
    FForeOrgId       ORG_Organizations! 预测组织
    FDescription     bytes:255    备注
    FCancelStatus    text=        作废状态  A
    F_CRM_Ref        text:80      CRM单号
    entry FEntity PLN_FORECASTENTRY 明细 T_PLN_FORECASTENTRY
    FMaterialId      BD_MATERIAL! 物料编码
    FUnitID          BD_UNIT!     单位
    FQty             qty!         数量
    FCustId          BD_Customer  客户
    FStartDate       date!        预测开始日期
    FEndDate         date!        预测结束日期
    FBomId           ENG_BOM      BOM版本
    FMtoNo           text:80      计划跟踪号
    FCloseStatus     text=        关闭状态  A
"""
