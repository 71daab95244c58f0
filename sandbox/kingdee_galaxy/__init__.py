"""金蝶云星空 (Kingdee Cloud Galaxy, K3Cloud): its Web API as far as an order's life needs it."""

from .sandbox import KingdeeGalaxySandbox

__all__ = ["KingdeeGalaxySandbox"]
