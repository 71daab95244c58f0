"""What was agreed with customers: prices, and their own numbers for our materials."""

AGREEMENTS = """
BD_SAL_PriceList 销售价目表 pk=FID prefix=XSJMB
    FNumber          text:80      编码
    FName            text:255!    名称
    FCreateOrgId     ORG_Organizations 创建组织
    FCurrencyId      BD_Currency! 币别
    FIsIncludedTax   bool         含税      true
    FLimitCustomer   text         限定客户  1
    FEffectiveDate   date!        生效日
    FExpiryDate      date!        失效日
    entry FEntity SAL_PRICELISTENTRY 价格明细 T_SAL_PRICELISTENTRY
    FMaterialId      BD_MATERIAL! 物料编码
    FUnitID          BD_UNIT      计价单位
    FFROMQTY         qty          从        0
    FTOQTY           qty          至        0
    FPrice           price!       价格
    FEntryEffectiveDate date      生效日期
    FEntryExpiryDate date         失效日期
    FEntryForbidStatus text=      禁用状态  A

SAL_CustMatMapping 客户物料对应表 pk=FID number=FBillNo org=FSaleOrgId prefix=KHWLDYB
    FBillNo          text:80      单据编号
    FSaleOrgId       ORG_Organizations 销售组织
    FCustomerId      BD_Customer  客户
    entry FEntity SAL_CUSTMATMAPPINGENTRY 对应明细 T_SAL_CUSTMATMAPPINGENTRY
    FCustMatNo       text:80!     客户物料编码
    FCustMatName     text:255     客户物料名称
    FMaterialId      BD_MATERIAL! 物料编码
    FEffective       bool         启用      true
    FDefCarry        bool         默认携带
"""
