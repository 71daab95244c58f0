"""Neocrm (销售易), simulated after the fact sheet.

Tokens by password and security token, two ways to query with answers of different shape, codes
that are numbers or text, empty fields left out, dates as milliseconds. What nobody knows takes
the unpleasant reading, with a switch for the pleasant one (see `application.SWITCHES`); error
codes from 990000 on are invented here.
"""

from sandbox.company import Company
from sandbox.server import Options

from .application import NeocrmSandbox

__all__ = ["NeocrmSandbox", "create"]


def create(company: Company | None, options: Options) -> NeocrmSandbox:
    """A tenant with this company's customers, products and orders."""
    return NeocrmSandbox(company, limits=options.limits, seed=options.seed)
