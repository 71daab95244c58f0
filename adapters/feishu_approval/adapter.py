"""What Feishu is asked: to put something before people for approval, and what they said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from adapters.feishu_approval.client import Client
from adapters.feishu_approval.definition import Definition
from adapters.feishu_approval.instances import MARK, TEXTS, request, standing, uuid_of
from adapters.feishu_approval.settings import FeishuApprovalSettings
from connector.clock import Clock
from connector.contract import (
    Capabilities,
    Fields,
    FormCapabilities,
    Http,
    Identity,
    Record,
    Settings,
    Shape,
)
from connector.errors import AccessDenied, Rejected
from connector.kit.approvals import OURS, Approvals, Instance, asked, record, require
from connector.kit.shared import Shared
from connector.messages import say


class FeishuApproval(Approvals):
    """An application and its definition of approvals. Feishu makes one instance for one mark."""

    settings_type: ClassVar[type[Settings]] = FeishuApprovalSettings
    settings: FeishuApprovalSettings
    capabilities: Capabilities = Capabilities(
        other=FormCapabilities(reads="none", operations=frozenset({"create", "cancel"}))
    )

    def __init__(self, settings: FeishuApprovalSettings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        self._client = Client(settings, http, clock)
        self._definition = Shared(self._read_definition)

    def check(self) -> Identity:
        self._client.check()
        self._definition.get()
        return Identity(self.settings.app_id, user=self.settings.originator)

    def find(self, shape: Shape, field: str, values: Sequence[str]) -> Iterator[Record]:
        """By our mark alone, which no two instances have."""
        for value in values if field == MARK else ():
            found = self._client.instance(uuid_of(value))
            if found is not None and found.get("instance_code"):
                one = record(standing(str(found["instance_code"]), found, self.settings))
                one.fields[field] = value
                yield one

    def ask(self, fields: Fields) -> str:
        """See `Approvals`."""
        who = asked(fields, self.settings.components)
        wanted = request(self.settings, self._definition.get(), fields, who)
        try:
            return self._client.make(wanted)
        except (Rejected, AccessDenied):
            # The definition may have been edited: whoever tries again reads it first.
            self._definition.give_up()
            raise

    def withdraw(self, key: str) -> None:
        """See `Approvals`. What is over is left alone: an instance that was approved would be
        reopened."""
        if not self._is_open(key):
            return
        try:
            self._client.cancel(key)
        except Rejected:
            if self._is_open(key):
                raise

    def look(self, keys: Sequence[str]) -> Iterator[Instance]:
        for key in keys:
            found = self._client.instance(key)
            if found is not None:
                yield standing(key, found, self.settings)

    def _is_open(self, key: str) -> bool:
        return any(one.state == "open" for one in self.look([key]))

    def _read_definition(self) -> Definition:
        """The one of the connection, which is in use and has what we, and others, fill in."""
        definition, labels = self._client.definition(), self.settings.components
        if not definition.active:
            raise AccessDenied(say("feishu_approval_inactive"))
        require(labels.values(), definition.components)
        ours = [labels[name] for name in OURS if labels.get(name)]
        if wrong := [one for one in ours if definition.components[one].kind not in TEXTS]:
            raise AccessDenied(say("feishu_approval_no_text", names=", ".join(wrong)))
        definition.node(self.settings.node)
        return definition
