"""A service that the library tells by JSON, behind real sockets."""

from __future__ import annotations

from adapters.apprise import AppriseChannel
from sandbox.apprise import AppriseSandbox
from tests.adapters.telling import Told


class World(Told):
    adapter_type = AppriseChannel
    sandbox_type = AppriseSandbox
    system = "apprise"
    form = "notification"
    usual = {"timeout": 10}

    def address(self, options: str) -> str:
        """The service's, with options."""
        _, env = self.sandbox.settings(self.url)
        return f"{env['APPRISE_URL']}?{options}"
