"""Acme Books: bills out, items in."""

from acme_books.adapter import AcmeBooks
from connector import messages

messages.add(__name__)

__all__ = ["AcmeBooks"]
