"""`resubmitCheckKey` (MDD幂等): one key, one document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.clock import SandboxClock

from .faults import Fault

HOUR = 3600.0
LONGEST = 32


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a key's first call."""

    at: float
    data: Any = None
    fault: Fault | None = None


class Resubmitted:
    """Remembers keys by form. After an hour only the document's id is left of an answer."""

    def __init__(self, clock: SandboxClock, switches: Mapping[str, Any]) -> None:
        self._clock = clock
        self._switches = switches
        self._known: dict[tuple[str, str], Done] = {}

    def once(self, form: str, key: str, work: Callable[[], Any]) -> Any:
        """Do the work, unless this key has done it. Raises Fault."""
        if len(key) > LONGEST:
            raise Fault("310024", "参数resubmitCheckKey长度超过限制")
        if not key:
            return work()
        now, known = self._clock.now().timestamp(), self._known.get((form, key))
        if known and now - known.at < HOUR:
            if known.fault:
                raise known.fault
            return known.data
        if known and known.data is not None:
            raise Fault(self._switches["duplicate_code"], "重复提交", data={"id": _id(known.data)})
        try:
            data = work()
        except Fault as fault:
            if self._switches["burnt_keys"]:
                self._known[form, key] = Done(now, fault=fault)
            raise
        self._known[form, key] = Done(now, data)
        return data


def _id(data: Any) -> Any:
    return data[0]["id"] if isinstance(data, list) else data["id"]
