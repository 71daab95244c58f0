"""One authenticated call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import bad_parameter
from .fields import ObjectType
from .objects import OBJECTS

CUSTOM_PATH = "/cgi/crm/custom/"


@dataclass(frozen=True, slots=True)
class Call:
    route: str
    form: str
    body: Mapping[str, Any]
    user: str
    """The employee in whose name it acts."""

    @property
    def data(self) -> Mapping[str, Any]:
        data = self.body.get("data")
        if not isinstance(data, dict):
            raise bad_parameter("the parameter data is missing or illegal")
        return data

    @property
    def kind(self) -> ObjectType:
        """The object it is about, whatever the path."""
        kind = OBJECTS.get(self.form)
        if kind is None:
            raise bad_parameter(f"对象[{self.form}]不存在")
        return kind

    @property
    def kind_by_path(self) -> ObjectType:
        """The object it is about; custom objects have paths of their own."""
        if self.kind.custom != self.route.startswith(CUSTOM_PATH):
            raise bad_parameter(f"对象[{self.form}]不支持该接口")
        return self.kind

    def wants(self, name: str) -> bool:
        """A top-level switch that is on unless the call says false."""
        return self.body.get(name, True) is not False

    def ids(self, name: str) -> list[str]:
        """The list of record ids under `name`."""
        ids = self.data.get(name)
        if not isinstance(ids, list) or not ids:
            raise bad_parameter(f"the parameter {name} is missing or illegal")
        return [str(each) for each in ids]


def form_of(body: Any) -> str:
    """The object that a body names: in `data`, or inside `object_data` for create and update."""
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict):
        return ""
    inner = data.get("object_data")
    if isinstance(inner, dict):
        return str(inner.get("dataObjectApiName", ""))
    return str(data.get("dataObjectApiName") or data.get("apiName") or "")
