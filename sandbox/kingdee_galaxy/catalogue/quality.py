"""Inspections, and what production really cost.

Both are told through fields that a site adds: `F_CRM_Rework` says that goods go back into
production, and CRM_ProductionCost is a form of its own (see the adapter's README).
"""

QUALITY = """
QM_InspectBill 检验单 pk=FID number=FBillNo org=FInspectOrgId prefix=JYD indexed=FSrcBillNo
    FBillTypeID      BOS_BillType! 单据类型
    FBillNo          text:80      单据编号
    FBusinessType    text         业务类型
    FDate            date!        单据日期
    FSourceOrgId     ORG_Organizations 来源组织
    FInspectOrgId    ORG_Organizations! 质检组织
    FInspectorId     BD_Empinfo   质检员
    FCancelStatus    text=        作废状态  A
    entry FEntity QM_INSPECTBILLENTRY 检验明细 T_QM_INSPECTBILLENTRY
    FMaterialId      BD_MATERIAL! 物料编码
    FUnitID          BD_UNIT      单位
    FInspectQty      qty!         检验数量
    FQualifiedQty    qty          合格数量
    FUnqualifiedQty  qty          不合格数量
    FInspectResult   text         检验结果
    FSrcBillNo       text         源单编号
    FSrcEntryId      int          源单分录内码
    FMemo            text:255     备注
    F_CRM_Rework     bool         返工

CRM_ProductionCost 生产成本 pk=FID number=FBillNo org=F_CRM_Org prefix=SCCB indexed=F_CRM_MoNumber
    FBillNo          text:80      单据编号
    FDate            date!        日期
    F_CRM_Org        ORG_Organizations 组织
    F_CRM_MoNumber   text:80      生产订单编号
    F_CRM_MoEntryId  int          生产订单分录内码
    F_CRM_OrderNo    text:80      销售订单号
    F_CRM_Material   BD_MATERIAL! 产品
    F_CRM_Qty        qty          合格数量
    F_CRM_Currency   BD_Currency  币别
    F_CRM_MaterialCost money      材料成本
    F_CRM_LabourCost money        人工成本
    F_CRM_OverheadCost money      制造费用
"""
