"""金蝶云星空 (Kingdee Cloud Galaxy, K3Cloud): its Web API as far as an order's life needs it."""

from sandbox.company import Company
from sandbox.server import Options

from .application import KingdeeGalaxySandbox

__all__ = ["KingdeeGalaxySandbox", "create"]


def create(company: Company | None, options: Options) -> KingdeeGalaxySandbox:
    """An account set with this company's books."""
    return KingdeeGalaxySandbox(
        company, numbering=options.numbering, limits=options.limits, seed=options.seed
    )
