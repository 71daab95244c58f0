"""HubSpot, the CRM: won deals with their line items, companies, products, write-back."""

from adapters.hubspot.adapter import HubSpot
from connector import messages

messages.add(__name__)

__all__ = ["HubSpot"]
