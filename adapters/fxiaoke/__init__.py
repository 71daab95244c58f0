"""Fxiaoke (纷享销客), the CRM: orders with their lines, accounts, products, write-back."""

from adapters.fxiaoke.adapter import Fxiaoke
from connector import messages

messages.add(__name__)

__all__ = ["Fxiaoke"]
