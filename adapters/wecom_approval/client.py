"""The calls: a template, and instances made and read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connector.errors import OutcomeUnknown, Rejected, Transient
from connector.kit.approvals import Component, by_name
from connector.kit.wecom import Application
from connector.messages import say

WRONG = "301025"
"""A parameter is not right: of a read, there is no such instance."""


class Client(Application):
    """See `Application`."""

    def template(self, id: str) -> Mapping[str, Component]:
        """The components of a template by their names."""
        told = self.post("/cgi-bin/oa/gettemplatedetail", {"template_id": id}, writes=False)
        return by_name(_components(_part(told, "template_content")))

    def make(self, instance: Mapping[str, Any]) -> str:
        """The number of an instance that was made."""
        told = self.post("/cgi-bin/oa/applyevent", instance, writes=True)
        if not told.get("sp_no"):
            raise OutcomeUnknown(say("wecom_approval_unclear", name="sp_no"), answer=str(told))
        return str(told["sp_no"])

    def instance(self, key: str) -> Mapping[str, Any] | None:
        """An instance as it is now; None: there is none."""
        try:
            told = self.post("/cgi-bin/oa/getapprovaldetail", {"sp_no": key}, writes=False)
        except Rejected as refusal:
            if refusal.code != WRONG:
                raise
            return None
        return _part(told, "info")


def _part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    if not isinstance(found, dict):
        raise Transient(say("wecom_approval_unclear", name=name), answer=str(told))
    return found


def _components(content: Mapping[str, Any]) -> Iterator[tuple[str, Component]]:
    """By each of their names: they have one for each language."""
    for control in content.get("controls") or ():
        of = control["property"]
        for title in {one.get("text") for one in of.get("title") or ()} - {None, ""}:
            yield str(title), Component(str(of["id"]), str(of["control"]))
