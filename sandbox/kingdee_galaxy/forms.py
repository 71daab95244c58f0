"""What a form (业务对象) is: its fields, sub-heads and entries, read from plain tables.

A table looks like this; `!` marks a required field, `=` one that only the server writes:

    SAL_SaleOrder 销售订单 pk=FID number=FBillNo org=FSaleOrgId prefix=XSDD
    FDate            date!        日期
    sub FSaleOrderFinance 财务信息
    FSettleCurrId    BD_Currency! 结算币别
    entry FSaleOrderEntry SaleOrderEntry 订单明细 T_SAL_ORDERENTRY
    FQty             qty!         销售数量

A type is one of `KINDS` (`text:80` characters, `bytes:255` UTF-8 bytes) or the id of the form
that a base-data field points to. A fourth column is the value that a new row starts with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

KINDS = frozenset(
    (
        "text",
        "bytes",
        "int",
        "qty",
        "price",
        "money",
        "rate",
        "bool",
        "date",
        "time",
        "assist",
        "list",
    )
)
"""`assist` is base data that the sandbox does not simulate: it keeps the number unchecked.
`list` is a sub-entry kept as it was sent."""

DECIMALS = frozenset(("qty", "price", "money", "rate"))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Field:
    """One field. Its key is unique in its form, also across entries."""

    key: str
    label: str
    kind: str
    """One of `KINDS`, or `base`."""
    size: int = 0
    base: str = ""
    """The form that a `base` field points to."""
    required: bool = False
    server_only: bool = False
    default: str = ""
    entity: str = ""
    """The entry it belongs to; empty for the head and its sub-heads."""

    @property
    def property_name(self) -> str:
        """The name in `View` answers: no leading F, but custom keys stay as they are."""
        return self.key if self.key.startswith("F_") else self.key.removeprefix("F")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entity:
    """An entry (分录) or a sub-head (子单据头)."""

    key: str
    property_name: str
    label: str
    table: str = ""
    """Source entry table, as link blocks name it."""
    fields: dict[str, Field] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Form:
    """One form with everything that reading and writing it needs."""

    id: str
    label: str
    pk: str
    number: str
    org: str
    """The field that holds the bill's organisation; empty if it has none."""
    prefix: str
    """What the server's own numbers start with."""
    allocated: bool
    """Base data that each organisation must have been given (分配)."""
    indexed: tuple[str, ...]
    head: dict[str, Field]
    """Head fields and the fields of all sub-heads."""
    subheads: dict[str, Entity]
    entries: dict[str, Entity]
    fields: dict[str, Field]
    """Every field by key."""
    required: tuple[Field, ...]
    base_data: dict[str, str]
    """Fields that point to base data, and the form they point to."""

    @property
    def is_bill(self) -> bool:
        return self.number == "FBillNo"


HEAD_OF_ALL = """
    FDocumentStatus  text=        单据状态
    FCreatorId       SEC_User=    创建人
    FCreateDate      time=        创建日期
    FModifierId      SEC_User=    最后修改人
    FModifyDate      time=        最后修改日期
    FApproverId      SEC_User=    审核人
    FApproveDate     time=        审核日期
"""
HEAD_OF_BASE_DATA = """
    FForbidStatus    text=        禁用状态  A
    FForbidDate      time=        禁用日期
    FMasterId        int=         主数据内码
"""


def read_forms(text: str) -> Iterable[Form]:
    """The forms of a table; a form starts at a line whose second word is no type."""
    block: list[list[str]] = []
    for line in text.splitlines():
        words = line.split()
        if not words:
            continue
        if any(word.startswith("pk=") for word in words) and block:
            yield _form(block)
            block = []
        block.append(words)
    if block:
        yield _form(block)


def _form(lines: list[list[str]]) -> Form:
    (form_id, label, *options), *rest = lines
    chosen = dict(option.split("=") for option in options if "=" in option)
    number = chosen.get("number", "FNumber")
    common = HEAD_OF_ALL if number == "FBillNo" else HEAD_OF_ALL + HEAD_OF_BASE_DATA
    common = "" if "bare" in options else common
    head: dict[str, Field] = {}
    subheads: dict[str, Entity] = {}
    entries: dict[str, Entity] = {}
    target, entity = head, ""
    for words in [line.split() for line in common.splitlines() if line.strip()] + rest:
        if words[0] == "sub":
            part = Entity(key=words[1], property_name=words[1].removeprefix("F"), label=words[2])
            subheads[part.key], target, entity = part, part.fields, ""
        elif words[0] == "entry":
            part = Entity(key=words[1], property_name=words[2], label=words[3], table=words[4])
            entries[part.key], target, entity = part, part.fields, part.key
        else:
            made = _field(words, entity)
            target[made.key] = made
    for part in subheads.values():
        head.update(part.fields)
    fields = dict(head)
    for part in entries.values():
        fields.update(part.fields)
    indexed = (number, *filter(None, chosen.get("indexed", "").split(",")))
    return Form(
        id=form_id, label=label, pk=chosen["pk"], number=number, org=chosen.get("org", ""),
        prefix=chosen.get("prefix", ""), allocated="allocated" in options, indexed=indexed,
        head=head, subheads=subheads, entries=entries, fields=fields,
        required=tuple(made for made in fields.values() if made.required),
        base_data={made.key: made.base for made in fields.values() if made.base},
    )  # fmt: skip


def _field(words: list[str], entity: str) -> Field:
    key, kind, label, *default = words
    name, _, size = kind.rstrip("!=").partition(":")
    return Field(
        key=key,
        label=label,
        kind=name if name in KINDS else "base",
        size=int(size or 0),
        base="" if name in KINDS else name,
        required=kind.endswith("!"),
        server_only=kind.endswith("="),
        default=default[0] if default else "",
        entity=entity,
    )
