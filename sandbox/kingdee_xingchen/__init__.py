"""金蝶云星辰 (Kingdee Xingchen): its open platform as far as an order's life needs it."""

from sandbox.company import Company
from sandbox.server import Options

from .application import XingchenSandbox

__all__ = ["XingchenSandbox", "create"]


def create(company: Company | None, options: Options) -> XingchenSandbox:
    """An account set with this company's books."""
    return XingchenSandbox(company, options)
