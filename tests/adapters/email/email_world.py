"""A mail server behind real sockets."""

from __future__ import annotations

from adapters.email import Email
from sandbox.email import EmailSandbox, start
from tests.adapters.telling import Told


class World(Told):
    adapter_type = Email
    sandbox_type = EmailSandbox
    start = staticmethod(start)
    system = "email"
    form = "mail"
    usual = {"to": ["zhang.san@example.com"], "timeout": 5, "connect_timeout": 5}
