"""A simulated system in which people approve things, and the adapter that speaks to it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any, ClassVar

from connector.contract import Write
from connector.kit.approvals import FORM, Instance
from connector.mapping.writing import Writer
from connector.objects import Approval
from connector.objects.base import plain
from sandbox.server import start
from tests.adapters.simulated import World, mapping_of

LOST = ["lose_answer", "html_after", "truncate", "status_after"]
"""What can become of an answer."""
BOTH = "manager01,user002"
"""Who can be asked, by their ids there."""


class Asked(World):
    """Such a system: subclass it and say which."""

    system: ClassVar[str]
    usual: ClassVar[Mapping[str, Any]] = {"rate": ""}
    fillable: ClassVar[Mapping[str, Any]] = {}
    """Settings with which people can fill in what is asked."""
    wrong: ClassVar[Mapping[str, Any]]
    """Settings with which nobody is let in."""
    secret: ClassVar[str]
    """What must never be shown."""

    def __init__(self, company: Any = None, **options: Any) -> None:
        self.sandbox = self.sandbox_type(**options)
        self.url, self.stop = start(self.sandbox)
        self._numbers = count(1)

    @staticmethod
    def small_company(orders: int) -> Any:
        """None: it is filled by what is asked in it."""

    def ask(self, who: str, settings: Mapping[str, Any] | None = None, **more: Any) -> str:
        """Ask somebody; the key of what was made."""
        return str(self.adapter(**(settings or {})).write(self.write(who=who, **more)).key)

    def write(self, **more: Any) -> Write:
        """What the engine asks for, as the mapping writes it."""
        approval = Approval(
            number=f"A{next(self._numbers)}",
            channel="oa",
            review=1,
            department="production",
            title="订单评审 SO-1",
        )
        told = plain(approval.model_copy(update={"text": "客户：甲公司\n数量：30", **more}))
        mapping = mapping_of(self.system, "approval")
        made = Writer(mapping)(told)
        mark = (mapping.reference, f"hub:{told['number']}") if mapping.reference else None
        return Write(FORM, "", dict(made.fields), reference=mark)

    def withdraw(self, key: str) -> None:
        """Take one back."""
        self.adapter().write(Write(FORM, key, {}, verb="cancel"))

    def look(self, key: str) -> Instance:
        """How one stands."""
        (found,) = self.adapter().look([key])
        assert isinstance(found, Instance)
        return found

    def promise(self, key: str, who: str, date: str, comment: str = "") -> None:
        """Somebody agrees, and fills in a date."""
        self.people("fill", key=key, who=who, 承诺交期=date)
        self.people("approve", key=key, who=who, comment=comment)

    @property
    def asked(self) -> list[dict[str, Any]]:
        """What was made there, oldest first."""
        found: list[dict[str, Any]] = self.sandbox.records(FORM)
        return found
