"""What objects and fields are, and what several objects share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

Options = tuple[tuple[str, str], ...]
"""`(value, label)` pairs: the API speaks values, people see labels."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field, as `describe` shows it."""

    name: str
    label: str
    type: str = "text"
    max_length: int = 0
    """Characters, for text; 0: no limit."""
    places: int = 0
    """Decimal places, for number, currency and percentile; more are rounded away."""
    required: bool = False
    unique: bool = False
    options: Options = ()
    target: str = ""
    """The object that a reference points to."""
    writable: bool = True
    """May be set by create and update; the others have operations of their own."""

    def describe(self) -> dict[str, Any]:
        """This field in the shape of `object/describe`."""
        shape: dict[str, Any] = {
            "api_name": self.name,
            "label": self.label,
            "type": self.type,
            "define_type": "custom" if self.name.endswith("__c") else "package",
            "is_required": self.required,
            "is_unique": self.unique,
            "is_active": True,
        }
        if self.max_length:
            shape["max_length"] = self.max_length
        if self.type in NUMERIC:
            shape["decimal_places"] = self.places
        if self.options:
            shape["options"] = [{"label": label, "value": value} for value, label in self.options]
        if self.target:
            shape["target_api_name"] = self.target
        return shape


NUMERIC = ("number", "currency", "percentile")
"""Written and read as strings."""
DATES = ("date", "date_time")
"""Milliseconds since the epoch; a `date` is midnight in China."""
REFERENCES = ("object_reference", "master_detail")

LIFE_STATUS: Options = (
    ("ineffective", "未生效"),
    ("under_review", "审核中"),
    ("normal", "正常"),
    ("in_change", "变更中"),
    ("invalid", "作废"),
)
IN_APPROVAL = ("under_review", "in_change")
"""A record under approval is locked."""

SYSTEM_FIELDS = (
    Field("_id", "ID", writable=False),
    Field("owner", "负责人", "employee", writable=False),
    Field("life_status", "生命状态", "select_one", options=LIFE_STATUS, writable=False),
    Field(
        "lock_status",
        "锁定状态",
        "select_one",
        options=(("0", "未锁定"), ("1", "锁定")),
        writable=False,
    ),
    Field("create_time", "创建时间", "date_time", writable=False),
    Field("last_modified_time", "最后修改时间", "date_time", writable=False),
    Field("version", "版本", writable=False),
    Field("is_deleted", "是否删除", "true_or_false", writable=False),
)


@dataclass(frozen=True)
class ObjectType:
    """An object: its own fields, and how people call one of its records."""

    name: str
    label: str
    own_fields: tuple[Field, ...]
    number: str = "name"
    """The field with the number that people use."""
    approval: bool = False
    """An approval flow stands on it: a write that triggers approvals starts one."""
    owned: bool = True
    """Records have an owner, who alone sees them besides administrators."""
    master: str = ""
    """For a detail object: the field that points to its master."""
    detail: str = ""
    """For a master object: its detail object."""
    total: str = ""
    """For a master object: the sum of its details' subtotals, less the discount."""

    @cached_property
    def fields(self) -> dict[str, Field]:
        return {each.name: each for each in (*SYSTEM_FIELDS, *self.own_fields)}

    @cached_property
    def pointing(self) -> tuple[str, ...]:
        """The fields whose values are ids of other records or of people."""
        kinds = (*REFERENCES, "employee")
        return tuple(each.name for each in self.fields.values() if each.type in kinds)

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    def describe(self) -> dict[str, Any]:
        return {
            "api_name": self.name,
            "display_name": self.label,
            "define_type": "custom" if self.custom else "package",
            "is_active": True,
            "fields": {name: each.describe() for name, each in self.fields.items()},
        }

    def listing(self) -> dict[str, Any]:
        """This object in the shape of `object/list`."""
        return {
            "describeApiName": self.name,
            "describeDisplayName": self.label,
            "defineType": "custom" if self.custom else "package",
            "isActive": True,
        }


LINE_KINDS: Options = (
    ("goods", "商品"),
    ("gift", "赠品"),
    ("service", "服务"),
    ("freight", "运费"),
)
LINE_UNITS: Options = (
    ("pcs", "个"),
    ("set", "套"),
    ("box", "箱"),
    ("kg", "千克"),
    ("m", "米"),
)
CURRENCIES: Options = (("CNY", "人民币"), ("USD", "美元"), ("EUR", "欧元"), ("HKD", "港元"))

WRITTEN_BACK = (
    Field("erp_number__c", "ERP单号", max_length=50),
    Field("erp_state__c", "ERP状态", max_length=50),
    Field("erp_reason__c", "ERP原因", max_length=500),
    Field("erp_who__c", "ERP处理人", max_length=100),
)
"""What the connector tells the salesperson: number, step, reason, who must act."""
