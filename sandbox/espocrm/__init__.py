"""EspoCRM, simulated after its replies as observed and after its documentation.

One second of resolution in UTC, links as two attributes each, PHP-style filters, a database
that compares text without case; names that an entity does not have are ignored without a
word. Orders and products are those of the Sales Pack extension. What nobody knows takes the
unpleasant reading, with a switch for the pleasant one (see `application.SWITCHES`).
"""

from sandbox.company import Company
from sandbox.server import Options

from .application import EspoCrmSandbox

__all__ = ["EspoCrmSandbox", "create"]


def create(company: Company | None, options: Options) -> EspoCrmSandbox:
    """An instance with this company's customers, products and orders. It limits no calls."""
    return EspoCrmSandbox(company, seed=options.seed)
