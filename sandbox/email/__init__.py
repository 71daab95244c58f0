"""A mail server, simulated after RFC 5321: a mailbox to send from, and those that it knows.

Strict where servers differ: what some would put up with is refused here. It speaks SMTP and not
HTTP, so it has no side door: tests hold it in their hands.
"""

from .server import EmailSandbox, start

__all__ = ["EmailSandbox", "start"]
