"""Neocrm (销售易), the CRM: orders with their lines, accounts, products, write-back."""

from adapters.neocrm.adapter import Neocrm
from connector import messages

messages.add(__name__)

__all__ = ["Neocrm"]
