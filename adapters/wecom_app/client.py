"""The one call: a message from an application to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.kit.wecom import Application


class Client(Application):
    """See `Application`."""

    def send(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        """What WeCom says of a message that it has taken."""
        return self.post("/cgi-bin/message/send", message, writes=True)
