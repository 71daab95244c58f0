"""Base data (基础资料)."""

BASE_DATA = """
ORG_Organizations 组织机构 pk=FOrgID
    FNumber          text         编码
    FName            text!        名称

SEC_User 用户 pk=FUserID
    FNumber          text         编码
    FName            text!        名称
    FUserAccount     text         用户账号

BOS_BillType 单据类型 pk=FBillTypeID
    FNumber          text         编码
    FName            text!        名称

BD_UNIT 计量单位 pk=FUNITID
    FNumber          text         编码
    FName            text!        名称

BD_Currency 币别 pk=FCURRENCYID
    FNumber          text         编码
    FName            text!        名称
    FCODE            text         货币代码
    FAMOUNTDIGITS    int          金额小数位
    FPRICEDIGITS     int          单价小数位

BD_TaxRate 税率 pk=FID
    FNumber          text         编码
    FName            text!        名称
    FTaxRate         rate         税率

BD_RateType 汇率类型 pk=FRATETYPEID
    FNumber          text         编码
    FName            text!        名称

BD_SETTLETYPE 结算方式 pk=FID
    FNumber          text         编码
    FName            text!        名称

BD_RecCondition 收款条件 pk=FID
    FNumber          text         编码
    FName            text!        名称

BD_StockStatus 库存状态 pk=FStockStatusId
    FNumber          text         编码
    FName            text!        名称

BD_MATERIALCATEGORY 存货类别 pk=FCATEGORYID
    FNumber          text         编码
    FName            text!        名称

BD_Department 部门 pk=FDEPTID
    FNumber          text         编码
    FName            text!        名称
    FCreateOrgId     ORG_Organizations! 创建组织
    FUseOrgId        ORG_Organizations  使用组织
    FIsStock         bool         车间

BD_Supplier 供应商 pk=FSupplierId org=FUseOrgId prefix=VEN allocated
    FNumber          text:80      编码
    FName            text:255!    名称
    FShortName       text:80      简称
    FCreateOrgId     ORG_Organizations! 创建组织
    FUseOrgId        ORG_Organizations  使用组织
    sub FBaseInfo 基本信息
    FSOCIALCRECODE   text:50      统一社会信用代码
    sub FFinanceInfo 财务信息
    FPayCurrencyId   BD_Currency  结算币别
    FPayCondition    assist       付款条件

BD_STOCK 仓库 pk=FStockId
    FNumber          text         编码
    FName            text!        名称
    FCreateOrgId     ORG_Organizations! 创建组织
    FUseOrgId        ORG_Organizations  使用组织

BD_Empinfo 员工 pk=FID
    FNumber          text         员工编号
    FStaffNumber     text         员工编码
    FName            text!        姓名
    FMobile          text         移动电话
    FCreateOrgId     ORG_Organizations! 创建组织
    FUseOrgId        ORG_Organizations  使用组织
    FPostDept        BD_Department 部门

BD_OPERATOR 业务员 pk=FID
    FNumber          text         编码
    FName            text!        名称
    FOperatorType    text         业务员类型  XSY
    FBizOrgId        ORG_Organizations 业务组织
    FStaffId         BD_Empinfo   员工
    FDeptId          BD_Department 部门

BD_Customer 客户 pk=FCUSTID prefix=CUST indexed=F_CRM_Ref org=FUseOrgId allocated
    FCreateOrgId     ORG_Organizations! 创建组织
    FUseOrgId        ORG_Organizations  使用组织
    FNumber          text:80      客户编码
    FName            text:255!    客户名称
    FShortName       text:80      简称
    FCOUNTRY         assist       国家
    FPROVINCIAL      assist       地区
    FADDRESS         bytes:255    通讯地址
    FZIP             text         邮政编码
    FWEBSITE         text         公司网址
    FTEL             text:50      联系电话
    FFAX             text         传真
    FTAXREGISTERCODE text:50      纳税登记号
    FSOCIALCRECODE   text:50      统一社会信用代码
    FINVOICETITLE    text:255     发票抬头
    FGroup           assist       客户分组
    FCustTypeId      assist       客户类别
    FTRADINGCURRID   BD_Currency! 交易币别
    FRECEIVECURRID   BD_Currency  收款币别
    FSETTLETYPEID    BD_SETTLETYPE 结算方式
    FRECCONDITIONID  BD_RecCondition 收款条件
    FTaxType         assist       税分类
    FInvoiceType     text         发票类型
    FTaxRate         BD_TaxRate   默认税率
    FPriority        int          优先级
    FIsGroup         bool         集团客户
    FISCREDITCHECK   bool         启用信用管理
    FIsTrade         bool         是否交易客户
    FCorrespondOrgId ORG_Organizations 对应组织
    FSELLER          BD_OPERATOR  销售员
    FDescription     text         描述
    F_CRM_Ref        text:80      CRM单号
    sub FT_BD_CUSTOMEREXT 客户扩展
    FEnableSL        bool         启用商联在线
    entry FT_BD_CUSTCONTACT BD_CUSTCONTACT 地址信息 T_BD_CUSTCONTACT
    FNUMBER1         text         地点编码
    FNAME1           text         地点名称
    FADDRESS1        bytes:255    详细地址
    FMOBILE          text         移动电话
    FIsDefaultConsignee bool      默认收货地址
    FIsDefaultSettle bool         默认开票地址
    FIsDefaultPayer  bool         默认付款地址
    FIsUsed          bool         启用
    entry FT_BD_CUSTLOCATION BD_CUSTLOCATION 联系人 T_BD_CUSTLOCATION
    FContactId       assist       联系人编码
    FIsDefaultConsigneeCT bool    默认
    entry FT_BD_CUSTBANK BD_CUSTBANK 银行信息 T_BD_CUSTBANK
    FCOUNTRY1        assist       国家
    FOPENBANKNAME    text         开户银行
    FBANKCODE        text         银行账号
    FACCOUNTNAME     text         账户名称
    FCURRENCYID      BD_Currency  币别
    FISDEFAULT1      bool         默认
    entry FT_BD_CUSTORDERORG BD_CUSTORDERORG 下单组织 T_BD_CUSTORDERORG
    FOrderOrgId      ORG_Organizations 下单组织

BD_CommonContact 联系人 pk=FCONTACTID prefix=CXR
    FNumber          text:80      编码
    FName            text:80!     姓名
    FCompanyType     text         类型
    FCustId          BD_Customer  客户
    FMobile          text:50      移动电话
    FEmail           text:80      电子邮箱
    FPost            text:50      职务
    FBizAddress      text:255     详细地址

BD_MATERIAL 物料 pk=FMATERIALID org=FUseOrgId allocated
    FCreateOrgId     ORG_Organizations! 创建组织
    FUseOrgId        ORG_Organizations! 使用组织
    FNumber          text:80      编码
    FName            text:255!    名称
    FSpecification   text:255     规格型号
    FMnemonicCode    text         助记码
    FOldNumber       text         旧物料编码
    FDescription     text         描述
    FMaterialGroup   assist       物料分组
    sub SubHeadEntity 基本
    FErpClsID        text!        物料属性
    FBaseUnitId      BD_UNIT!     基本单位
    FCategoryID      BD_MATERIALCATEGORY! 存货类别
    FIsPurchase      bool         允许采购
    FIsInventory     bool         允许库存
    FIsSale          bool         允许销售
    FIsProduce       bool         允许生产
    FIsSubContract   bool         允许委外
    FTaxRateId       BD_TaxRate   默认税率
    FBARCODE         text         条码
    FSuite           text         套件
    sub SubHeadEntity1 库存
    FStoreUnitID     BD_UNIT      库存单位
    FStockId         BD_STOCK     仓库
    FIsBatchManage   bool         启用批号管理
    FIsKFPeriod      bool         启用保质期管理
    FExpPeriod       int          保质期
    FSafeStock       qty          安全库存
    FIsSNManage      bool         序列号管理
    FSNManageType    text         业务范围
    FUnitConvertDir  text         换算方向
    FCurrencyId      BD_Currency  成本币别
    FRefCost         price        参考成本
    sub SubHeadEntity2 销售
    FSaleUnitId      BD_UNIT      销售单位
    FSalePriceUnitId BD_UNIT      销售计价单位
    FOrderQty        qty          起订量
    FMinQty          qty          最小订货量
    FOutLmtUnit      text         超发控制单位
    sub SubHeadEntity3 采购
    FPurchaseUnitId  BD_UNIT      采购单位
    FPurchasePriceUnitId BD_UNIT  采购计价单位
    FDefaultVendor   BD_Supplier  默认供应商
    sub SubHeadEntity4 计划
    FFixLeadTime     int          固定提前期
    FMinPOQty        qty          最小订货量
    FIncreaseQty     qty          最小包装量
    FPlanSafeStockQty qty         计划安全库存
    sub SubHeadEntity5 生产
    FWorkShopId      BD_Department 生产车间
    FProduceUnitId   BD_UNIT      生产单位
    FProduceBillType BOS_BillType 生产类型
    FIssueType       text         发料方式
    FDefaultRouting  assist       默认工艺路线
"""
