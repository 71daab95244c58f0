"""Salesforce, simulated after the fact sheet: a CRM org with orders, opportunities and quotes.

REST with SOQL, ids of 18 characters, a recycle bin, collections of 200 with an outcome each,
OAuth by JWT bearer or client credentials. Fields that end in `__c` are this org's own; those of
standard objects follow general knowledge. What nobody knows takes the unpleasant reading, with
a switch for the pleasant one (see `application.SWITCHES`).
"""

from sandbox.company import Company
from sandbox.server import Options

from .application import SalesforceSandbox

__all__ = ["SalesforceSandbox", "create"]


def create(company: Company | None, options: Options) -> SalesforceSandbox:
    """An org with this company's customers, products and orders."""
    return SalesforceSandbox(company, limits=options.limits, seed=options.seed)
