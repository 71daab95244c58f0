"""Other channels: whatever the library `apprise` knows how to tell, by its URLs."""

from adapters.apprise.adapter import AppriseChannel
from connector import messages

messages.add(__name__)

__all__ = ["AppriseChannel"]
