"""Tryton, the ERP: sales, parties, stock and whatever else its modules hold, over JSON-RPC."""

from adapters.tryton.adapter import Tryton
from connector import messages

messages.add(__name__)

__all__ = ["Tryton"]
