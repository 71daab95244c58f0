"""The forms of a tenant in data: their fields.

Names and which of them are demanded follow the vendor's API pages; `a.b` is a field of the object
`a` of an answer, and `a!b` in what is sent of orders.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sandbox.books import Field, Form

ORDER, CHANGE, QUOTE = "sd/voucherorder", "SCC/voucherorderchange", "sd/quote/salesquotation"
SHIPMENT, INVOICE = "scm/salesout", "sd/vouchersaleinvoice"
RECEIVABLE, PAYMENT = "EFI/receivable", "fi/receivebill"
PURCHASE, RECEIPT, BOM = "scm/purchaseorder", "scm/purinrecord", "mfg/v1.0/bom"
PRODUCTION = "mfg/productionorder"
CUSTOMER, PRODUCT, STAFF = "digitalModel/merchant", "digitalModel/product", "digitalModel/staff"
VENDOR, WAREHOUSE, STOCK = "digitalModel/vendor", "digitalModel/warehouse", "scm/stock"
ORG, CURRENCY, UNIT, TAX, TYPE = "org", "currency", "unit", "tax", "transtype"

OPEN, SUBMITTED, AUDITED, CLOSED, OPPOSED, REJECTED = (
    "open", "submitted", "audited", "closed", "opposed", "rejected",
)  # fmt: skip
STATES = (OPEN, SUBMITTED, AUDITED, CLOSED, OPPOSED, REJECTED)


def _named(names: str, **more: object) -> Iterator[Field]:
    return (Field(name, **more) for name in names.split())  # type: ignore[arg-type]


def _to(target: str, *names: str, required: bool = False) -> Iterator[Field]:
    return (Field(name, type="reference", target=target, required=required) for name in names)


def _fields(*parts: Iterable[Field]) -> tuple[Field, ...]:
    return tuple(one for part in parts for one in part)


def _numbers(names: str, required: bool = False) -> Iterator[Field]:
    return _named(names, type="number", required=required, places=8)


def _days(names: str, required: bool = False) -> Iterator[Field]:
    return _named(names, type="date", required=required)


_CODE = [Field("code", unique=True)]


def _archive(name: str, label: str, *fields: Iterable[Field]) -> Form:
    return Form(name, label, _fields(_CODE, *fields), "code")


def _bill(
    name: str,
    label: str,
    head: Iterable[Iterable[Field]],
    table: str = "",
    row: Iterable[Iterable[Field]] = (),
    number: str = "code",
) -> Form:
    rows = {table: _fields(*row)} if table else {}
    return Form(name, label, _fields(*head), number, rows, STATES)


_DEFINES = " ".join(f"headItem.define{n}" for n in range(1, 6))
_PRICES = "oriUnitPrice oriMoney oriTax natUnitPrice natTaxUnitPrice natMoney natSum natTax"
_LINE_PRICES = " ".join(f"orderDetailPrices.{name}" for name in _PRICES.split())

_ORDER_LINE = _fields(
    _to(PRODUCT, "productId", required=True),
    _to(ORG, "stockOrgId", "settlementOrgId", required=True),
    _to(UNIT, "masterUnitId", "iProductAuxUnitId", "iProductUnitId", required=True),
    _numbers("qty subQty priceQty invExchRate invPriceExchRate", required=True),
    _numbers("unitExchangeType unitExchangeTypePrice", required=True),
    _to(TAX, "taxId", required=True),
    [Field("orderProductType", required=True, options={"SALE": "", "GIFT": "", "REBATE": ""})],
    _numbers(f"oriTaxUnitPrice oriSum {_LINE_PRICES}", required=True),
    _days("consignTime"),
    _named("memo bodyItem.define1 bodyItem.define2", length=200),
    _numbers("lineno taxRate sendQty totalOutStockQuantity invoiceQty invoiceOriSum"),
    [Field("lineClosed", type="bool", writable=False)],
)
_FREE = [Field(one.name, type=one.type, target=one.target, places=8) for one in _ORDER_LINE]
"""The same, none of them demanded."""
_ORDER_HEAD = _fields(
    _CODE,
    _to(ORG, "salesOrgId", "settlementOrgId", required=True),
    _to(TYPE, "transactionTypeId", required=True),
    _days("vouchdate", required=True),
    _to(CUSTOMER, "agentId", "invoiceAgentId", required=True),
    _numbers("payMoney", required=True),
    _to(CURRENCY, "orderPrices.currency", "orderPrices.natCurrency", required=True),
    _numbers("orderPrices.exchRate", required=True),
    [Field("orderPrices.exchangeRateType", required=True)],
    [Field("orderPrices.taxInclusive", type="bool", required=True)],
    _to(STAFF, "corpContact"),
    _days("hopeReceiveDate sendDate"),
    _named(f"saleDepartmentId memo receiver receiveMobile receiveAddress purchaseNo {_DEFINES}"),
    _named("opposeMemo source orderPayType settlement"),
    [Field("lockIn", type="bool"), Field("maker"), Field("editor")],
)
FORMS: Mapping[str, Form] = {
    form.name: form
    for form in (
        _archive(ORG, "业务单元", _named("name")),
        _archive(CURRENCY, "币种", _named("name")),
        _archive(UNIT, "计量单位", _named("name")),
        _archive(TAX, "税目税率", _named("name"), _numbers("rate")),
        _archive(TYPE, "交易类型", _named("name")),
        Form(
            CUSTOMER,
            "客户档案",
            _fields(
                [Field("code", required=True, unique=True), Field("name", required=True)],
                [Field("createOrgCode", required=True), Field("stopStatus", type="bool")],
                [Field("enterpriseNature"), Field("licenseType"), Field("transTypeCode")],
                _named("shortname creditCode contactName contactTel address email"),
                _named("customerClassCode enterpriseName website postCode"),
            ),
            "code",
        ),
        _archive(
            PRODUCT,
            "物料档案",
            _named("name modelDescription manageClassCode manageClassName"),
            _to(UNIT, "unitId"),
            [Field("stopStatus", type="bool"), Field("realProductAttribute")],
        ),
        _archive(STAFF, "员工", _named("name mobile dept_id org_id"), _numbers("enable")),
        _archive(VENDOR, "供应商", _named("name creditcode"), [Field("stop", type="bool")]),
        _archive(WAREHOUSE, "仓库", _named("name org org___code iUsed")),
        Form(
            STOCK,
            "现存量",
            _fields(
                _to(ORG, "org"),
                _to(WAREHOUSE, "warehouse"),
                _to(PRODUCT, "product"),
                _named("batchno stockStatusDoc"),
                _numbers("currentqty availableqty planavailableqty innoticeqty preretailqty"),
            ),
        ),
        Form(ORDER, "销售订单", _ORDER_HEAD, "code", {"orderDetails": _ORDER_LINE}, STATES),
        _bill(
            CHANGE,
            "销售订单变更",
            (
                _to(ORDER, "originalOrderId"),
                _named("code reasonMemo memo receiver receiveMobile receiveAddress purchaseNo"),
                _named("opposeMemo maker editor"),
                _to(STAFF, "corpContact"),
                _days("hopeReceiveDate"),
                _numbers("payMoney changeVersion"),
            ),
            "orderDetails",
            ([Field("originalOrderDetailId"), Field("originalOrderId"), Field("_kind")], _FREE),
        ),
        _bill(
            QUOTE,
            "销售报价单",
            (
                _CODE,
                _to(ORG, "salesOrgId", required=True),
                _to(TYPE, "transactionTypeId", required=True),
                _days("vouchdate validityDateBegin validityDateEnd", required=True),
                _to(CUSTOMER, "agentId", required=True),
                _to(CURRENCY, "currencyPk", "natCurrencyPk", required=True),
                [Field("exchangeRateType", required=True)],
                _numbers("exchRate"),
                _to(STAFF, "corpContact"),
                _named("name memo purchasePo defines.define1 defines.define2"),
                _named("opposeMemo maker editor"),
            ),
            "childs",
            (
                _to(PRODUCT, "productId", required=True),
                _to(UNIT, "masterUnitId", "cqtUnitId", "saleunitId"),
                _numbers("qty subQty priceQty", required=True),
                _to(TAX, "taxRateId"),
                _numbers("oriTaxUnitPrice oriSum oriUnitPrice oriMoney oriTax taxRate"),
                _numbers("natTaxUnitPrice natSum natUnitPrice natMoney natTax"),
                _numbers("invExchRate invPriceExchRate unitExchangeType unitExchangeTypePrice"),
                _to(ORG, "settlementOrgId", "stockOrgId"),
                _named("memo"),
            ),
        ),
        _bill(
            SHIPMENT,
            "销售出库单",
            (
                _CODE,
                _to(ORG, "org"),
                _to(CUSTOMER, "cust"),
                _to(WAREHOUSE, "warehouse"),
                _days("vouchdate"),
                _named("diliverStatus upcode srcBillNO logistics iLogisticId"),
            ),
            "details",
            (
                _to(PRODUCT, "product"),
                _numbers("qty subQty oriSum oriTaxUnitPrice"),
                _named("firstupcode unitName"),
            ),
        ),
        _bill(
            INVOICE,
            "销售发票",
            (
                _CODE,
                _to(CUSTOMER, "agentId"),
                _days("vouchdate"),
                _numbers("invoiceType redType businessState oriSum oriMoney oriTax"),
                _named("currency_code blueInvNo einvoiceHm einvoiceDownUrl"),
            ),
            "saleInvoiceDetails",
            (_to(PRODUCT, "productId"), _numbers("qty oriSum oriTax"), _named("srcVoucherNo")),
        ),
        _bill(
            RECEIVABLE,
            "应收结算清单",
            (_CODE, _to(ORG, "financeOrg"), _days("billDate startDate"), _named("writeOffState")),
            "bodyItem",
            (
                _to(CUSTOMER, "Customer"),
                _numbers("OriTaxIncludedAmount OriTaxExcludedAmount"),
                _named("OriCurrencyName"),
            ),
        ),
        _bill(
            PAYMENT,
            "收款单",
            (
                _CODE,
                _to(ORG, "org"),
                _to(CUSTOMER, "customer"),
                _days("vouchdate"),
                _numbers("oriSum balance"),
                _named("orderno currency_name tradetype_name writeoffstatus auditstatus"),
            ),
        ),
        _bill(
            PURCHASE,
            "采购订单",
            (
                _CODE,
                _to(ORG, "org"),
                _to(VENDOR, "vendor"),
                _days("vouchdate"),
                _named("currency_code"),
            ),
            "purchaseOrders",
            (
                _to(PRODUCT, "product"),
                _numbers("qty totalInQty oriTaxUnitPrice oriSum listTaxRate"),
                _days("recieveDate"),
                _named("inWHStatus"),
            ),
        ),
        _bill(
            RECEIPT,
            "采购入库单",
            (_CODE, _to(ORG, "org"), _to(VENDOR, "vendor"), _days("vouchdate")),
            "purInRecords",
            (_to(PRODUCT, "product"), _numbers("qty"), _named("pocode")),
        ),
        _bill(
            BOM,
            "物料清单",
            (
                [Field("versionCode")],
                _to(PRODUCT, "productId"),
                _named("bomUnitName orgId useType"),
                _numbers("bomType"),
                _days("effectiveDate expiryDate"),
            ),
            "BomComponent",
            (
                _to(PRODUCT, "productId"),
                _numbers("numeratorQuantity denominatorQuantity scrap"),
                _days("effectiveDate expiryDate"),
            ),
            number="versionCode",
        ),
        _bill(
            PRODUCTION,
            "生产订单",
            (_CODE, _to(ORG, "orgId"), _days("vouchdate"), _named("out_sys_code progress")),
            "orderProduct",
            (
                _to(PRODUCT, "productId"),
                _numbers("lineNo quantity completedQuantity incomingQuantity"),
                _numbers("stockStatus materialStatus finishedWorkApplyStatus"),
                _days("startDate finishDate"),
                _named("versionCode"),
            ),
        ),
    )
}
