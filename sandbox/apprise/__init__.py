"""A service that the library `apprise` tells by JSON: `json://` in its URLs.

It stands for all the others: what the library makes of answers is the same with each.
"""

from sandbox.company import Company
from sandbox.server import Options

from .application import AppriseSandbox

__all__ = ["AppriseSandbox", "create"]


def create(company: Company | None, options: Options) -> AppriseSandbox:
    """A service; the company says nothing in it."""
    return AppriseSandbox(seed=options.seed)
