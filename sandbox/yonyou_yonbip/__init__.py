"""用友 YonBIP / YonSuite: its open platform as far as an order's life needs it."""

from sandbox.company import Company
from sandbox.server import Options

from .application import YonBipSandbox

__all__ = ["YonBipSandbox", "create"]


def create(company: Company | None, options: Options) -> YonBipSandbox:
    """A tenant with this company's books."""
    return YonBipSandbox(company, options)
