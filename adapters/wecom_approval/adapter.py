"""What WeCom is asked: to put something before people for approval, and what they said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from adapters.wecom_approval.client import Client
from adapters.wecom_approval.instances import TEXTS, request, standing
from adapters.wecom_approval.settings import WeComApprovalSettings
from connector.clock import Clock
from connector.contract import Capabilities, Fields, FormCapabilities, Http, Identity, Settings
from connector.errors import AccessDenied, Rejected
from connector.kit.approvals import OURS, Approvals, Component, Instance, asked, require
from connector.kit.shared import Shared
from connector.messages import say


class WeComApproval(Approvals):
    """An application and its template of approvals."""

    settings_type: ClassVar[type[Settings]] = WeComApprovalSettings
    settings: WeComApprovalSettings
    capabilities: Capabilities = Capabilities(
        other=FormCapabilities(reads="none", operations=frozenset({"create"}), search=False)
    )

    def __init__(self, settings: WeComApprovalSettings, http: Http, clock: Clock) -> None:
        super().__init__(settings, http, clock)
        self._client = Client(settings, http)
        self._template = Shared(self._read_template)

    def check(self) -> Identity:
        self._client.check()
        self._template.get()
        return Identity(self.settings.corpid, user=self.settings.originator)

    def ask(self, fields: Fields) -> str:
        """See `Approvals`."""
        who = asked(fields, self.settings.components)
        wanted = request(self.settings, self._template.get(), fields, who)
        try:
            return self._client.make(wanted)
        except Rejected:
            # The template may have been edited: whoever tries again reads it first.
            self._template.give_up()
            raise

    def withdraw(self, key: str) -> None:
        """See `Approvals`. There is no call for it."""
        raise Rejected(say("wecom_approval_stays"))

    def look(self, keys: Sequence[str]) -> Iterator[Instance]:
        for key in keys:
            found = self._client.instance(key)
            if found is not None:
                yield standing(key, found, self.settings)

    def _read_template(self) -> Mapping[str, Component]:
        """The components of the connection's template, which has what we fill in."""
        template = self._client.template(self.settings.template_id)
        labels = self.settings.components
        ours = [labels[name] for name in OURS if labels.get(name)]
        require(ours, template)
        if wrong := [label for label in ours if template[label].kind not in TEXTS]:
            raise AccessDenied(say("wecom_approval_no_text", names=", ".join(wrong)))
        return template
