"""The reference adapter: obeys every rule of the contract, against a world in memory."""

from adapters.memory.adapter import MemoryAdapter, MemorySettings
from adapters.memory.world import World

__all__ = ["MemoryAdapter", "MemorySettings", "World"]
