"""Kingdee Cloud Galaxy (金蝶云星空): bills and base data over its WebAPI."""

from adapters.kingdee_galaxy.adapter import KingdeeGalaxy

__all__ = ["KingdeeGalaxy"]
