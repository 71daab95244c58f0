"""Kingdee Cloud Galaxy (金蝶云星空): bills and base data over its WebAPI."""

from adapters.kingdee_galaxy.adapter import KingdeeGalaxy
from connector import messages

messages.add(__name__)

__all__ = ["KingdeeGalaxy"]
