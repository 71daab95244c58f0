"""What we know of forms beyond what a mapping says. Data, never behaviour.

A form is called by its path below `/yonbip/`. Lists print bills as flat rows: the head's fields
and one row's together, some of the row's under a name of their own. `listed` says which fields a
list is documented to show as the whole record does; whatever else is wanted is asked for record by
record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ORDER, CHANGE = "sd/voucherorder", "SCC/voucherorderchange"
ENUMERATIONS = frozenset((
    "status", "verifystate", "verifyState", "quoteStatus", "auditstatus", "enable", "invoiceType",
    "businessState", "redType", "writeOffState", "writeoffstatus", "inWHStatus", "bomType",
    "OrderProduct_stockStatus", "OrderProduct_materialStatus",
))  # fmt: skip
"""Fields with a code that comes as a number here and as its digits there: read as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form. The defaults fit any bill that is only read."""

    list: str = "list"
    """The list's path below the form's."""
    ordered: bool = False
    """The list is documented to take an order (`queryOrders`)."""
    nested: bool = False
    """Its filters stand in `conditions`."""
    text_pages: bool = False
    """Its page numbers are texts."""
    bare: bool = False
    """Its answer is an array, without a count."""
    since: str = ""
    """It takes no filters: only this parameter, the time from which on records are wanted."""
    stock: str = ""
    """It is no list but all there is, in one answer of this method."""
    stamp: str = "pubts"
    table: str = ""
    """Its rows, as whole records call them."""
    row_id: str = "id"
    """How the list calls a row's key."""
    prefix: str = ""
    """What the list puts before names of a row's fields."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Row fields that are called otherwise in the list."""
    listed: frozenset[str] = frozenset()
    """Fields that the list shows, rows' ones as `table/field`; empty: all that are wanted."""
    many: str = ""
    """Method that gives several whole records."""
    named: frozenset[str] = frozenset()
    """Further fields that the vendor's pages name, written as in `listed`."""

    save: str = ""
    """Method that saves one record; empty: our side writes none."""
    update: str = ""
    """Another one for records that exist."""
    edits: bool = True
    """Records that exist can be changed."""
    verbs: Mapping[str, str] = field(default_factory=dict)
    """Actions by their name here: submit, audit, unaudit, cancel, close, close_rows."""
    flat: frozenset[str] = frozenset()
    """Objects whose fields are sent as `object!field`."""
    demanded: tuple[str, ...] = ()
    """Head fields that a save must carry, whether they change or not."""
    translated: frozenset[str] = frozenset()
    """Texts that are sent by language."""
    is_bill: bool = False
    """It goes through steps."""
    status: str = "full"
    """How well it is supported; see the README."""


def _names(text: str, table: str = "") -> frozenset[str]:
    return frozenset(f"{table}/{name}" if table else name for name in text.split())


_DEFINES = " ".join(f"headItem.define{n}" for n in range(1, 61))
_ROW_DEFINES = " ".join(f"bodyItem.define{n}" for n in range(1, 61))

FORMS: Mapping[str, Form] = {
    ORDER: Form(
        ordered=True,
        table="orderDetails",
        row_id="orderDetailId",
        prefix="orderDetails_",
        listed=_names(
            "id code vouchdate pubts createTime salesOrgId salesOrgId_name transactionTypeId"
            " agentId agentId_name settlementOrgId purchaseNo payMoney orderPrices.currency"
            " orderPrices.originalName orderPrices.exchRate nextStatus statusCode payStatusCode"
            f" status verifystate isWfControlled lockIn opposeMemo {_DEFINES}"
        )
        | _names(
            "id productId productCode productName skuCode orderProductType qty subQty priceQty"
            " qtyName oriTaxUnitPrice oriSum taxRate taxItems consignTime stockOrgId sendQty"
            " totalOutStockQuantity invoiceQty invoiceOriSum lineno"
            f" orderDetailPrices.oriMoney orderDetailPrices.oriTax {_ROW_DEFINES}",
            "orderDetails",
        ),
        named=_names("corpContact hopeReceiveDate receiver receiveMobile receiveAddress memo")
        | _names("memo", "orderDetails"),
        save="singleSave",
        verbs={
            "submit": f"{ORDER}/batchsubmit",
            "audit": f"{ORDER}/batchaudit",
            "unaudit": f"{ORDER}/batchunaudit",
            "cancel": f"{ORDER}/oppose",
            "close": f"{ORDER}/close",
            "close_rows": f"{ORDER}/lineclose",
        },
        flat=frozenset(("orderPrices", "orderDetailPrices")),
        demanded=(
            "salesOrgId",
            "transactionTypeId",
            "vouchdate",
            "agentId",
            "invoiceAgentId",
            "settlementOrgId",
            "payMoney",
            "orderPrices.currency",
            "orderPrices.natCurrency",
            "orderPrices.exchRate",
            "orderPrices.exchangeRateType",
            "orderPrices.taxInclusive",
        ),
        is_bill=True,
    ),
    CHANGE: Form(
        ordered=True,
        save="singleSave",
        verbs={
            "submit": f"{CHANGE}/batchsubmit",
            "audit": "sd/voucherorderchange/audit",
            "forget": f"{CHANGE}/delete",
        },
        flat=frozenset(("orderPrices", "orderDetailPrices")),
        is_bill=True,
        status="limited",
    ),
    "sd/quote/salesquotation": Form(
        nested=True,
        table="childs",
        row_id="childs_id",
        prefix="childs_",
        listed=_names("id code vouchdate pubts status verifystate quoteStatus defines.define1"),
        save="save",
        edits=False,
        verbs={
            "submit": "sd/quote/salesquotation/submit",
            "audit": "sd/quote/salesquotation/batchaudit",
            "unaudit": "sd/quote/salesquotation/unaudit",
        },
        is_bill=True,
        status="limited",
    ),
    "digitalModel/merchant": Form(
        list="newlist",
        bare=True,
        since="pubts",
        stamp="modifyTime",
        many="newBatchDetail",
        save="idempotent/newinsert",
        update="newupdate",
        demanded=("code", "name", "createOrgCode", "enterpriseNature"),
        translated=_names("name shortname address scope"),
        named=_names("shortname creditCode contactTel email address licenseType"),
    ),
    "digitalModel/product": Form(list="integration/querylist", since="beginTime", stamp=""),
    "digitalModel/staff": Form(
        since="pubts", named=_names("mobile dept_id org_id"), status="limited"
    ),
    "digitalModel/vendor": Form(since="pubts", named=_names("creditcode stop")),
    "digitalModel/warehouse": Form(list="batchQueryDetail", since="startTs"),
    "scm/stock": Form(
        stock="QueryCurrentStocksByCondition",
        named=_names("batchno stockStatusDoc preretailqty"),
    ),
    "scm/salesout": Form(
        table="details",
        row_id="details_id",
        prefix="details_",
        renamed={"productCode": "product_cCode"},
        named=_names("logistics"),
    ),
    "sd/vouchersaleinvoice": Form(
        table="saleInvoiceDetails",
        row_id="saleInvoiceDetailId",
        named=_names("einvoiceHm blueInvNo businessState einvoiceDownUrl"),
    ),
    "EFI/receivable": Form(
        since="open_modifyTime_begin", stamp="modifyTime", text_pages=True, status="limited"
    ),
    "fi/receivebill": Form(
        list="list/v2", nested=True, text_pages=True, named=_names("org orderno"), status="limited"
    ),
    "scm/purchaseorder": Form(
        ordered=True,
        table="purchaseOrders",
        row_id="purchaseOrders_id",
        prefix="purchaseOrders_",
        named=_names("listTaxRate", "purchaseOrders"),
    ),
    "scm/purinrecord": Form(table="purInRecords", row_id="purInRecords_id"),
    "mfg/v1.0/bom": Form(
        table="BomComponent",
        row_id="bomComponentId",
        prefix="BomComponent_",
        renamed={"productId": "bomComponentProductId"},
        named=_names("orgId"),
    ),
    "mfg/productionorder": Form(
        table="orderProduct",
        row_id="orderProduct_id",
        prefix="OrderProduct_",
        named=_names("OrderProduct_versionCode OrderProduct_materialStatus"),
    ),
}
_ANY = Form(status="limited")


def form_of(name: str) -> Form:
    """What is known of a form; of others, what fits any bill."""
    return FORMS.get(name, _ANY)
