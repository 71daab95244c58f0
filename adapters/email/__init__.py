"""E-mail: messages by a mail server, over SMTP."""

from adapters.email.adapter import Email
from connector import messages

messages.add(__name__)

__all__ = ["Email"]
