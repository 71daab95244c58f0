"""The definition of approvals (审批定义): the components of its form, and its nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector import exact
from connector.errors import AccessDenied
from connector.kit.approvals import Component, by_name
from connector.messages import say


@dataclass(frozen=True, slots=True)
class Node:
    """One whose people the originator chooses."""

    id: str
    own: str
    """The id that the company gave it; empty: none."""
    name: str


@dataclass(frozen=True, slots=True)
class Definition:
    """As Feishu describes it."""

    active: bool
    components: Mapping[str, Component]
    """By their names."""
    nodes: tuple[Node, ...]

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Definition:
        widgets = widgets_of(found)
        known = ((str(w.get("name")), Component(str(w["id"]), str(w["type"]))) for w in widgets)
        nodes = tuple(
            Node(str(n["node_id"]), str(n.get("custom_node_id") or ""), str(n.get("name") or ""))
            for n in found.get("node_list") or ()
            if n.get("need_approver")
        )
        return cls(found.get("status") == "ACTIVE", by_name(known), nodes)

    def node(self, wanted: str) -> str:
        """The id of the node that is wanted, or of the only one. Raises AccessDenied."""
        found = [one for one in self.nodes if not wanted or wanted in (one.id, one.own)]
        if len(found) != 1:
            names = ", ".join(f"{one.name} ({one.own or one.id})" for one in self.nodes)
            raise AccessDenied(say("feishu_approval_node", names=names or "-"))
        return found[0].id


def widgets_of(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The components of a form: they come as JSON inside of JSON."""
    try:
        form = exact.loads(str(found.get("form") or "[]"))
    except exact.NotJson:
        form = None
    return [one for one in form if isinstance(one, dict)] if isinstance(form, list) else []
