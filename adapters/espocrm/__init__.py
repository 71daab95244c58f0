"""EspoCRM: orders with their lines, accounts, products, write-back."""

from adapters.espocrm.adapter import EspoCrm
from connector import messages

messages.add(__name__)

__all__ = ["EspoCrm"]
