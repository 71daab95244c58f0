"""Misbehaviour on request: rules that say which call goes wrong, how, and how often."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

ACTIONS = {
    "drop_request": "the connection closes before anything was done",
    "lose_answer": "the work is done, then the connection closes without an answer",
    "delay": "the work is done at once, the answer comes after `seconds`",
    "late": "the request is held for `seconds`, then done: it is still travelling",
    "status": "HTTP `status` before anything was done",
    "status_after": "HTTP `status` although the work was done (a proxy gave up)",
    "html": "HTTP 200 with an HTML page, nothing was done",
    "html_after": "HTTP 200 with an HTML page although the work was done",
    "gbk": "the answer is encoded as GBK without saying so",
    "truncate": "the answer stops in its middle, although the work was done",
    "trickle": "the answer comes byte by byte for `seconds`",
    "system": "the system's own misbehaviour, named by `name` (see its module)",
}
"""What a rule may do, in words."""


@dataclass(slots=True, kw_only=True)
class Rule:
    """One fault. Unset conditions always hold; `operation` and `form` take `*` and `?`."""

    do: str
    name: str = ""
    operation: str = "*"
    form: str = "*"
    rate: float = 1.0
    """Share of matching calls that fail, drawn from the sandbox's seeded generator."""
    skip: int = 0
    """This many matching calls pass first."""
    times: int | None = None
    """At most this many faults; None: without end."""
    seconds: float = 1.0
    status: int = 503
    args: dict[str, Any] = field(default_factory=dict)
    """For `system` rules: whatever that fault needs."""
    seen: int = 0
    fired: int = 0

    def __post_init__(self) -> None:
        if self.do not in ACTIONS:
            raise ValueError(f"unknown fault {self.do!r}; one of: {', '.join(ACTIONS)}")


class Faults:
    """The rules in force. The first rule that matches and fires decides."""

    def __init__(self, seed: int = 1) -> None:
        self._rules: list[Rule] = []
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def set(self, rules: list[dict[str, Any]], seed: int | None = None) -> None:
        """Replace all rules (an empty list heals everything)."""
        made = [Rule(**rule) for rule in rules]
        with self._lock:
            self._rules = made
            if seed is not None:
                self._random.seed(seed)

    def listing(self) -> list[dict[str, Any]]:
        """The rules with how often each was asked and fired."""
        fields = Rule.__dataclass_fields__
        return [{name: getattr(rule, name) for name in fields} for rule in self._rules]

    def pick(self, operation: str, form: str = "", *, system: str | None = None) -> Rule | None:
        """The fault for this call, if any. `system` asks for a system fault of that name."""
        with self._lock:
            for rule in self._rules:
                wanted = (
                    rule.do == "system" and rule.name == system if system else rule.do != "system"
                )
                if not (
                    wanted
                    and fnmatchcase(operation, rule.operation)
                    and fnmatchcase(form, rule.form)
                ):
                    continue
                rule.seen += 1
                spent = rule.times is not None and rule.fired >= rule.times
                if rule.seen <= rule.skip or spent or self._random.random() >= rule.rate:
                    continue
                rule.fired += 1
                return rule
        return None
