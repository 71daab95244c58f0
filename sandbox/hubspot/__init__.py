"""HubSpot, simulated after the fact sheet: deals with line items, companies, products, write-back.

Values are text; associations lie beside the records; searches are late and end at 10,000. What
nobody knows takes the unpleasant reading, with a switch for the pleasant one (see
`application.SWITCHES`).
"""

from sandbox.company import Company
from sandbox.server import Options

from .application import HubSpotSandbox

__all__ = ["HubSpotSandbox", "create"]


def create(company: Company | None, options: Options) -> HubSpotSandbox:
    """An account with this company's customers, products and orders, the latter as deals."""
    return HubSpotSandbox(company, limits=options.limits, seed=options.seed)
