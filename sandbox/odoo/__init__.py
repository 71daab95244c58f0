"""Odoo 19, simulated as observed on a real one: as a CRM's or as an ERP's side of a company.

JSON-2 and the protocols before it; whole seconds shown and compared; a change of a row that moves
its order only through the total; external ids by `load`; prices that are recomputed when a
quantity changes; confirmed orders that make deliveries and productions.
"""

from sandbox.company import Company
from sandbox.server import Options

from .application import OdooSandbox

__all__ = ["OdooSandbox", "create"]


def create(company: Company | None, options: Options) -> OdooSandbox:
    """A database with this company."""
    return OdooSandbox(company, side=options.side, seed=options.seed)
