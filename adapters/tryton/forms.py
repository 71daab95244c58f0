"""What we know of models beyond what the server tells of them. Data, never behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

STAMP = "last_modified_at"
"""When a record was last written or, if never, made: the beginning of that transaction."""
STATE = "state"
STOCK = "product.by_warehouse"
"""No model of Tryton's: `product.product`, asked once for each warehouse."""
STOCK_KEY = ("product", "warehouse")
PRODUCT = "product.product"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """How a document that is being carried out is changed: a document of its own (订单修订)."""

    form: str
    button: str
    order: str
    """Its field that names the order."""
    table: str
    """The order's rows."""
    fields: tuple[str, ...]
    """What of a row it changes; it names all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One model. The defaults fit any whose records have no states."""

    is_bill: bool = False
    """It goes through the steps of a sale."""
    back: str = ""
    """Button that makes a draft again."""
    cancel: str = ""
    """Button that cancels a record."""
    amending: Amendment | None = None
    close: Mapping[str, bool] = field(default_factory=dict)
    """Fields by which a record is taken out of use."""
    parents: tuple[str, ...] = ()
    """Fields that point to records whose change is one of this record, too."""
    writes: bool = True
    """Our side creates and changes it."""
    status: str = "full"
    """How well it is supported; see the README."""


_INACTIVE = {"active": False}
_READ = Form(writes=False)
_LIMITED = Form(writes=False, status="limited")

FORMS: Mapping[str, Form] = {
    "sale.sale": Form(
        is_bill=True,
        back="draft",
        cancel="cancel",
        amending=Amendment(
            form="sale.amendment",
            button="validate_amendment",
            order="sale",
            table="lines",
            fields=("product", "quantity", "unit", "unit_price", "description"),
        ),
    ),
    "party.party": Form(close=_INACTIVE),
    PRODUCT: Form(writes=False, parents=("template",)),
    "production": Form(status="limited"),
    "company.employee": Form(writes=False, parents=("party",)),
    "stock.location": _READ,
    "product.uom": _READ,
    "stock.shipment.out": _READ,
    "account.invoice": _READ,
    **dict.fromkeys(
        (
            "account.move.line", "production.bom", "purchase.purchase", "stock.move",
            "stock.shipment.in", "stock.shipment.out.return",
        ),
        _LIMITED,
    ),
}  # fmt: skip
PARTS = (
    "account.invoice[type=out]", "account.invoice[type=in]",
    "account.move.line[account.type.receivable=true,journal.type=cash]",
)  # fmt: skip
"""Forms of which the shipped mappings read a part; see `names`."""
_ANY = Form(status="limited")


def form_of(model: str) -> Form:
    """What is known of a model; of others, what fits one without states."""
    return FORMS.get(model, _ANY)
