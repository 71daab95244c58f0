"""What we know of U8's resources beyond what a mapping says. Data, never behaviour.

A form is called like its resource below `/api/`. Lists show heads; rows come with `get`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ORDER, CUSTOMER = "saleorder", "customer"
ENTRY, ROW = "entry", "rowno"
"""The rows of every bill, and the field that tells them apart."""
NUMBERS = frozenset((
    "quantity", "num", "unitrate", "unitprice", "taxunitprice", "quotedprice", "taxrate", "money",
    "sum", "tax", "natunitprice", "natmoney", "natsum", "nattax", "discount", "bgift", "qty",
    "availqty", "inqtysum", "outqtysum", "stopqty", "amount", "natamount", "remainamount",
    "originalamount", "originalsum", "originalmoney", "originaltax", "price", "cost", "taxprice",
    "receiptstatus", "baseqtyn", "baseqtyd", "compscrap", "parentscrap", "currencyrate",
    "tax_rate", "isnegative", "bdebitcredit", "shouldquantity", "define5", "define7", "define15",
    "define16", "define26", "define27", "define34", "define35",
))  # fmt: skip
"""Fields that are numbers; U8 prints all of them as texts."""
STAMP = "timestamp"
SEARCHED = frozenset(f"define{n}" for n in (1, 2, 3, *range(8, 15)))
"""Define fields by which lists of orders can be searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One resource. The defaults fit any bill that is only read."""

    list: str = ""
    """The list's resource; empty: the form's own with `list` behind it."""
    code: str = "code"
    """Its code; lists take it as `…_begin` and `…_end`."""
    key: str = ""
    """By what `get` asks for it; empty: its code."""
    stamped: bool = False
    """Its list takes row versions (`timestamp_begin`, `timestamp_end`)."""
    day: str = "date"
    """Its list takes days of bills as `…_begin`; empty: it does not."""
    whole: bool = False
    """Its list shows all there is of a record."""
    full: bool = False
    """Nothing tells what changed: it is read whole each time."""
    stock: bool = False
    """Rows without a key of their own."""
    named: frozenset[str] = frozenset()
    """Fields that the vendor's pages name, rows' ones as `entry/field`."""

    verbs: frozenset[str] = frozenset()
    """What can be done with it: add, edit, verify, close."""
    demanded: tuple[str, ...] = ()
    """Fields that an edit must carry, whether they change or not."""
    is_bill: bool = False
    """It goes through steps."""
    search: bool = False
    """Its list can be searched by define fields."""
    status: str = "full"
    """How well it is supported; see the README."""


def _names(text: str, table: str = "") -> frozenset[str]:
    return frozenset(f"{table}/{name}" if table else name for name in text.split())


_HEAD_DEFINES = " ".join(f"define{n}" for n in range(1, 17))
_ROW_DEFINES = " ".join(f"define{n}" for n in range(22, 38))


def _archive(resource: str, named: str, *, status: str = "full", stock: bool = False) -> Form:
    """Base data: its list shows all there is, and nothing tells what changed."""
    return Form(
        list=resource,
        code="invcode" if stock else "code",
        day="",
        whole=True,
        full=True,
        stock=stock,
        named=_names(named),
        status=status,
    )


FORMS: Mapping[str, Form] = {
    ORDER: Form(
        list="saleorderlist",
        stamped=True,
        named=_names(
            "code date businesstype typecode typename state custcode cusname cusabbname deptcode"
            " deptname personcode personname dpremodatebt dpredatebt sendaddress ccusperson"
            f" ccuspersoncode caddcode taxrate memo maker verifier closer {_HEAD_DEFINES}"
        )
        | _names(
            "inventorycode inventoryname invstd unitcode unitname unitrate quantity num unitprice"
            " quotedprice taxunitprice money sum tax taxrate discount natdiscount discountrate"
            " natmoney natunitprice nattax natsum bgift rowno dpredate dpremodate free1"
            f" {_ROW_DEFINES}",
            ENTRY,
        ),
        verbs=frozenset(("add", "verify", "close")),
        demanded=("businesstype", "typecode", "custcode", "deptcode"),
        is_bill=True,
        search=True,
    ),
    CUSTOMER: Form(
        list=CUSTOMER,
        stamped=True,
        day="",
        whole=True,
        named=_names(
            "code name abbrname sort_code domain_code industry address bank_open bank_acc_number"
            " contact phone fax mobile devliver_site ModifyDate seed_date end_date memo"
            " ccusexch_name ccusmngtypecode spec_operator tax_reg_code email"
        ),
        verbs=frozenset(("add", "edit")),
        demanded=("name", "abbrname", "sort_code"),
    ),
    "inventory": _archive(
        "inventory",
        "code name invaddcode specs sort_code main_measure saunit_code unitgroup_code start_date"
        " end_date ModifyDate tax_rate",
    ),
    "person": _archive(
        "person", "code name cdept_num cpsnmobilephone cpsn_end_date", status="limited"
    ),
    "department": _archive("department", "code name"),
    "vendor": _archive("vendor", "code name abbrname tax_reg_code end_date", status="limited"),
    "warehouse": _archive("warehouse", "code name"),
    "currentstock": _archive(
        "currentstock",
        "whcode whname invcode invname invstd batch free1 qty stopqty inqtysum outqtysum availqty",
        stock=True,
    ),
    "bom": Form(
        list="bom",
        code="bomid",
        day="",
        full=True,
        named=_names("bomid version status cinvcode versioneffdate versionenddate")
        | _names("cinvcode opcomponentid baseqtyn baseqtyd compscrap effbegdate effenddate", ENTRY),
        status="limited",
    ),
    "saleout": Form(key="id", named=_names("define10 handler") | _names("ordercode", ENTRY)),
    "saleinvoice": Form(
        code="invoiceno",
        named=_names("verifier isnegative vouchertype foreigncurrency")
        | _names("irowno csocode originaltax", ENTRY),
        status="limited",
    ),
    "oughtreceive": Form(
        code="vouchcode",
        day="vouchdate",
        whole=True,
        named=_names("vouchcode vouchdate date cust_vendor_code amount remainamount currency_name"),
        status="limited",
    ),
    "accept": Form(
        code="vouchcode",
        day="vouchdate",
        whole=True,
        named=_names("vouchcode vouchdate vouchtype customercode amount digest foreigncurrency"),
        status="limited",
    ),
    "purchaseorder": Form(
        named=_names("receiptstatus closer verifier") | _names("arrivedate taxrate", ENTRY),
        status="limited",
    ),
    "purchasein": Form(
        key="id", named=_names("handler") | _names("id rowno serial", ENTRY), status="limited"
    ),
    "productin": Form(
        key="id",
        named=_names("handler") | _names("mocode ordercode rowno serial", ENTRY),
        status="limited",
    ),
}
_ANY = Form(status="limited")


def form_of(name: str) -> Form:
    """What is known of a form; of others, what fits any bill."""
    return FORMS.get(name, _ANY)


def list_of(name: str) -> str:
    """The resource of its list."""
    return form_of(name).list or f"{name}list"
