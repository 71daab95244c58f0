"""Odoo, as CRM or as ERP: orders, partners, products, stock, production and books."""

from adapters.odoo.adapter import Odoo
from connector import messages

messages.add(__name__)

__all__ = ["Odoo"]
