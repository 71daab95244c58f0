"""Salesforce, the CRM: orders with their lines, accounts, products, quotes, write-back."""

from adapters.salesforce.adapter import Salesforce
from connector import messages

messages.add(__name__)

__all__ = ["Salesforce"]
