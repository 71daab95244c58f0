"""用友 U8+: its OpenAPI relay and the agent behind it, as far as an order's life needs them."""

from sandbox.company import Company
from sandbox.server import Options

from .application import U8Sandbox

__all__ = ["U8Sandbox", "create"]


def create(company: Company | None, options: Options) -> U8Sandbox:
    """An account set with this company's books."""
    return U8Sandbox(company, options)
