"""Being let in: accounts of caller and enterprise, tokens, trade ids. Nothing is signed."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from sandbox.clock import SandboxClock

from .faults import BAD_APP, BAD_TOKEN, NOT_GRANTED

CALLER, ENTERPRISE = "example_dev", "example_ent"
APP_KEY = "opa0000111122223333"
APP_SECRET = "44445555666677778888999900001111"  # noqa: S105 - a simulated one
LIFE = 7200


class Auth:
    """Gives out tokens and looks at them."""

    def __init__(self, clock: SandboxClock, switches: Mapping[str, Any], random: Random) -> None:
        self._clock = clock
        self._switches = switches
        self._random = random
        self._ends: dict[str, float] = {}

    def token(self, given: Mapping[str, str]) -> dict[str, Any]:
        """A new token; it may end the one before."""
        wanted = {"from_account": CALLER, "app_key": APP_KEY, "app_secret": APP_SECRET}
        if any(given.get(name) != value for name, value in wanted.items()):
            raise BAD_APP
        if self._switches["one_token"]:
            self._ends.clear()
        text = self.fresh()
        self._ends[text] = self._now() + LIFE
        return {"token": {"id": text, "appKey": APP_KEY, "expiresIn": LIFE}}

    def trade(self, given: Mapping[str, str]) -> dict[str, Any]:
        """A new trade id."""
        self._known(given)
        return {"trade": {"id": self.fresh()}}

    def admit(self, given: Mapping[str, str]) -> None:
        """Raises unless a call carries a token that is good now, for an enterprise that allowed
        it."""
        self._known(given)
        if given.get("to_account") != self._switches["enterprise"]:
            raise NOT_GRANTED

    def fresh(self) -> str:
        """What nobody has guessed before."""
        return self._random.randbytes(16).hex()

    def end_all(self) -> None:
        """No token is good any more."""
        self._ends.clear()

    def _known(self, given: Mapping[str, str]) -> None:
        if given.get("from_account") != CALLER or given.get("app_key") != APP_KEY:
            raise BAD_APP
        if self._ends.get(given.get("token", ""), 0) <= self._now():
            raise BAD_TOKEN

    def _now(self) -> float:
        return self._clock.now().timestamp()
