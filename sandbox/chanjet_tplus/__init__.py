"""畅捷通 T+Cloud: its open platform as far as an order's life needs it."""

from sandbox.company import Company
from sandbox.server import Options

from .application import TPlusSandbox

__all__ = ["TPlusSandbox", "create"]


def create(company: Company | None, options: Options) -> TPlusSandbox:
    """An account set with this company's books."""
    return TPlusSandbox(company, options)
