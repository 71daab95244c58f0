"""The resources of an account set in data: their fields, and how they are listed.

Names follow the vendor's pages and SDKs. A define field (自定义项) has the length and the kind that
U8 gives it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sandbox.books import Field, Form

ORDER, CUSTOMER, INVENTORY = "saleorder", "customer", "inventory"
PERSON, VENDOR, WAREHOUSE, STOCK = "person", "vendor", "warehouse", "currentstock"
SALEOUT, INVOICE, RECEIVABLE, PAYMENT = "saleout", "saleinvoice", "oughtreceive", "accept"
PURCHASE, PURCHASE_IN, PRODUCT_IN, BOM = "purchaseorder", "purchasein", "productin", "bom"
DEPARTMENT, SALE_TYPE = "department", "saletype"
ENTRY = "entry"

OPEN, AUDITED, CLOSED = "开立", "审核", "关闭"
STATES = (OPEN, AUDITED, CLOSED)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """How a resource is listed."""

    resource: str
    """Before `/batch_get`."""
    code: str = "code"
    """Its code, and the filters `…_begin` and `…_end`."""
    day: str = ""
    """The filters for a bill's day begin so."""
    stamped: bool = False
    """It takes `timestamp_begin` and `timestamp_end`."""
    shows_stamp: bool = False
    newest_first: bool = False
    """By falling codes."""
    heads: tuple[str, ...] = ()
    """The head's fields that it shows; none: all, and rows as well."""
    key: str = ""
    """What a single one is asked for by; empty: its code."""


def _named(names: str, **more: object) -> Iterator[Field]:
    return (Field(name, **more) for name in names.split())  # type: ignore[arg-type]


def _to(target: str, *names: str, required: bool = False) -> Iterator[Field]:
    return (Field(name, type="reference", target=target, required=required) for name in names)


def _numbers(names: str, required: bool = False) -> Iterator[Field]:
    return _named(names, type="number", required=required, places=8)


def _days(names: str) -> Iterator[Field]:
    return _named(names, type="date")


def _fields(*parts: Iterable[Field]) -> tuple[Field, ...]:
    return tuple(one for part in parts for one in part)


def _defines(first: int) -> Iterator[Field]:
    """Sixteen of them: twenty characters, a day, a number, and so on."""
    lengths = {1: 20, 2: 20, 3: 20, 8: 4, 9: 8, 10: 60, 11: 120, 12: 120, 13: 120, 14: 120}
    if first == 22:
        lengths = dict.fromkeys((1, 2, 3, 4), 60) | dict.fromkeys(range(7, 13), 120)
    days = (4, 6) if first == 1 else (15, 16)
    for place in range(1, 17):
        name = f"define{first + place - 1}"
        if place in lengths:
            yield Field(name, length=lengths[place])
        else:
            yield Field(name, type="date" if place in days else "number")


_CODE = [Field("code", required=True, unique=True, length=30)]
_PRICES = "unitprice taxunitprice money sum tax natunitprice natmoney natsum nattax"

FORMS: Mapping[str, Form] = {
    form.name: form
    for form in (
        *(
            Form(name, label, _fields(_CODE, _named("name")), "code")
            for name, label in ((DEPARTMENT, "部门"), (SALE_TYPE, "销售类型"), (WAREHOUSE, "仓库"))
        ),
        Form(
            CUSTOMER,
            "客户档案",
            _fields(
                [Field("code", required=True, unique=True, length=20)],
                _named("name abbrname sort_code", required=True, length=98),
                _named("domain_code address contact phone mobile fax email memo tax_reg_code"),
                _named("ccusexch_name ccusmngtypecode spec_operator devliver_site"),
                _days("ModifyDate seed_date end_date"),
            ),
            "code",
        ),
        Form(
            INVENTORY,
            "存货档案",
            _fields(
                _CODE,
                _named("name specs sort_code main_measure unitgroup_code saunit_code"),
                _numbers("tax_rate"),
                _days("ModifyDate start_date end_date"),
            ),
            "code",
        ),
        Form(
            PERSON,
            "人员",
            _fields(
                _CODE, _named("name cdept_num cdept_name cpsnmobilephone"), _days("cpsn_end_date")
            ),
            "code",
        ),
        Form(
            VENDOR,
            "供应商",
            _fields(_CODE, _named("name abbrname tax_reg_code"), _days("end_date")),
            "code",
        ),
        Form(
            STOCK,
            "现存量",
            _fields(
                _to(WAREHOUSE, "whcode"),
                _to(INVENTORY, "invcode"),
                _named("batch free1 invstd"),
                _numbers("qty availqty outqtysum"),
            ),
        ),
        Form(
            ORDER,
            "销售订单",
            _fields(
                _CODE,
                _days("date dpredatebt dpremodatebt"),
                [Field("businesstype", required=True)],
                _to(SALE_TYPE, "typecode", required=True),
                _to(CUSTOMER, "custcode", required=True),
                _to(DEPARTMENT, "deptcode", required=True),
                _to(PERSON, "personcode"),
                _named("sendaddress ccusperson ccuspersoncode caddcode", length=255),
                [Field("memo", length=255), Field("maker"), Field("verifier"), Field("closer")],
                _numbers("taxrate"),
                _defines(1),
            ),
            "code",
            {
                ENTRY: _fields(
                    _to(INVENTORY, "inventorycode", required=True),
                    _numbers("quantity bgift rowno", required=True),
                    _named("unitcode free1"),
                    _numbers(f"num unitrate quotedprice taxrate {_PRICES} shipped invoiced"),
                    _days("dpredate dpremodate"),
                    _defines(22),
                )
            },
            STATES,
        ),
        Form(
            SALEOUT,
            "销售出库单",
            _fields(
                _CODE,
                _days("date auditdate"),
                _to(WAREHOUSE, "warehousecode"),
                _to(CUSTOMER, "customercode"),
                _named("businesstype source businesscode handler maker memory shipno define10"),
            ),
            "code",
            {
                ENTRY: _fields(
                    _to(INVENTORY, "inventorycode"),
                    _numbers("quantity price cost rowno"),
                    _named("serial subconsignmentcode ordercode"),
                )
            },
            STATES,
        ),
        Form(
            INVOICE,
            "销售发票",
            _fields(
                [Field("invoiceno", required=True, unique=True)],
                _named("vouchertype foreigncurrency memory maker csocode cdlcode verifier"),
                _days("date"),
                _to(CUSTOMER, "customercode"),
                _numbers("isnegative currencyrate taxrate"),
            ),
            "invoiceno",
            {
                ENTRY: _fields(
                    _to(INVENTORY, "inventorycode"),
                    _numbers("quantity originalsum originaltax originalmoney sum irowno"),
                    _named("csocode"),
                )
            },
            STATES,
        ),
        Form(
            RECEIVABLE,
            "应收单",
            _fields(
                [Field("vouchcode", required=True, unique=True)],
                _to(CUSTOMER, "cust_vendor_code"),
                _days("date vouchdate"),
                _named("currency_name digest operator ordercode"),
                _numbers("amount natamount remainamount bdebitcredit"),
            ),
            "vouchcode",
            states=STATES,
        ),
        Form(
            PAYMENT,
            "收款单",
            _fields(
                [Field("vouchcode", required=True, unique=True)],
                _named("vouchtype digest foreigncurrency verifier ordercode"),
                _days("vouchdate"),
                _to(CUSTOMER, "customercode"),
                _numbers("amount originalamount"),
            ),
            "vouchcode",
            states=STATES,
        ),
        Form(
            PURCHASE,
            "采购订单",
            _fields(
                _CODE,
                _days("date"),
                _to(VENDOR, "vendorcode"),
                _named("operation_type_code currency_name maker verifier closer"),
                _numbers("money sum receiptstatus"),
            ),
            "code",
            {
                ENTRY: _fields(
                    _to(INVENTORY, "inventorycode"),
                    _numbers("quantity taxprice taxrate sum rowno receivedqty"),
                    _days("arrivedate"),
                )
            },
            STATES,
        ),
        *(
            Form(
                name,
                label,
                _fields(
                    _CODE,
                    _days("date"),
                    _to(WAREHOUSE, "warehousecode"),
                    _to(VENDOR, "vendorcode"),
                    _named("maker handler memory receivecode"),
                ),
                "code",
                {
                    ENTRY: _fields(
                        _to(INVENTORY, "inventorycode"),
                        _numbers("quantity rowno"),
                        _named("id serial mocode ordercode"),
                    )
                },
                STATES,
            )
            for name, label in ((PURCHASE_IN, "采购入库单"), (PRODUCT_IN, "产成品入库单"))
        ),
        Form(
            BOM,
            "物料清单",
            _fields(
                _named("bomid bomtype version versiondesc status"),
                _to(INVENTORY, "cinvcode"),
                _days("versioneffdate versionenddate"),
                _numbers("parentscrap"),
            ),
            "bomid",
            {
                ENTRY: _fields(
                    _to(INVENTORY, "cinvcode"),
                    _named("opcomponentid sortseq"),
                    _numbers("baseqtyn baseqtyd compscrap"),
                    _days("effbegdate effenddate"),
                )
            },
        ),
    )
}

_BILL = ("code", "date", "state", "maker")
LISTINGS: Mapping[str, Listing] = {
    ORDER: Listing(
        resource="saleorderlist", day="date", stamped=True, shows_stamp=True, newest_first=True,
        heads=(*_BILL, "businesstype", "typecode", "custcode", "deptcode", "memo", "verifier"),
    ),
    CUSTOMER: Listing(resource=CUSTOMER, stamped=True, shows_stamp=True),
    INVENTORY: Listing(resource=INVENTORY),
    PERSON: Listing(resource=PERSON, shows_stamp=True),
    VENDOR: Listing(resource=VENDOR),
    WAREHOUSE: Listing(resource=WAREHOUSE),
    DEPARTMENT: Listing(resource=DEPARTMENT),
    STOCK: Listing(resource=STOCK, code="invcode"),
    SALEOUT: Listing(
        resource="saleoutlist", day="date", shows_stamp=True, newest_first=True, key="id",
        heads=(*_BILL, "id", "warehousecode", "customercode", "handler"),
    ),
    INVOICE: Listing(
        resource="saleinvoicelist", code="invoiceno", day="date", newest_first=True,
        heads=("invoiceno", "date", "vouchertype", "customercode", "state"),
    ),
    RECEIVABLE: Listing(
        resource="oughtreceivelist", code="vouchcode", day="vouchdate", newest_first=True
    ),
    PAYMENT: Listing(resource="acceptlist", code="vouchcode", day="vouchdate", newest_first=True),
    PURCHASE: Listing(
        resource="purchaseorderlist", day="date", newest_first=True,
        heads=(*_BILL, "vendorcode", "verifier", "money", "sum", "receiptstatus"),
    ),
    PURCHASE_IN: Listing(
        resource="purchaseinlist", day="date", newest_first=True, key="id",
        heads=(*_BILL, "id", "warehousecode", "vendorcode"),
    ),
    PRODUCT_IN: Listing(
        resource="productinlist", day="date", newest_first=True, key="id",
        heads=(*_BILL, "id", "warehousecode"),
    ),
    BOM: Listing(resource=BOM, code="bomid"),
}  # fmt: skip
