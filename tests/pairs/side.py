"""A system as its people see it: started with a company in it, used, and looked at."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from sandbox.company.model import Company
from sandbox.server import Application, start


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order: so much of a material at a price with 13 % tax in it."""

    material: str
    quantity: Decimal
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price


@dataclass(frozen=True, slots=True)
class Told:
    """What the CRM's order shows of the ERP."""

    number: str
    """The bill's number there."""
    state: str
    shipped: Decimal | None
    """What has left; None: nothing is said."""


@dataclass(frozen=True, slots=True)
class Booked:
    """A living order of the ERP that the connector has made."""

    reference: str
    """Our mark on it; ends with the CRM's key of the order."""
    number: str
    amounts: tuple[tuple[str, Decimal, Decimal], ...]
    """`(material, quantity, amount with tax)` of its rows, sorted."""


class Side(ABC):
    """One system, running."""

    adapter: ClassVar[str]
    patience: ClassVar[float] = 0.7
    """Seconds within which it answers here, as a proof that cannot wait long sets it."""
    haste: ClassVar[Mapping[str, Any]] = {}
    """Settings of its own by which such a proof waits for less."""
    slow: ClassVar[bool] = False
    """It is a real one, and takes its time over every order."""

    @abstractmethod
    def __init__(self, company: Company, folder: Path) -> None:
        """Start it with this company; `folder` is its own."""

    @abstractmethod
    def connection(self) -> tuple[dict[str, Any], dict[str, str]]:
        """The connection as a configuration states it, and its secrets for the environment."""

    @abstractmethod
    def pass_time(self, seconds: float) -> None:
        """Its clock goes on."""

    def work(self) -> None:  # noqa: B027 - most have nothing of the kind
        """It does what is its own to do: programs of its site run."""

    @abstractmethod
    def stop(self) -> None:
        """End it."""


class Crm(Side):
    """Where orders come from."""

    @abstractmethod
    def order(self, customer: str, lines: Sequence[Line]) -> str:
        """A salesperson enters an order, approved; its key."""

    @abstractmethod
    def told(self, key: str) -> Told:
        """What it shows of the ERP."""


class Erp(Side):
    """Where orders go."""

    @abstractmethod
    def booked(self) -> list[Booked]:
        """What the connector has made and nobody has voided."""

    @abstractmethod
    def made(self) -> list[str]:
        """Our mark on every order that was ever created by a call, voided and deleted ones too."""

    @abstractmethod
    def ship(self, number: str) -> None:
        """All of an order leaves, by its number."""

    @abstractmethod
    def trouble(self, rate: float, seed: int) -> None:
        """From now on so many of its answers are lost, the work being done; 0: none."""


class Simulated(Side):
    """A system that is simulated."""

    system: Any

    def __init__(self, company: Company, folder: Path) -> None:
        self.system = self.filled(company)
        self._url, self._stop = start(self.system)

    @abstractmethod
    def filled(self, company: Company) -> Application:
        """The system with this company in it."""

    def connection(self) -> tuple[dict[str, Any], dict[str, str]]:
        settings, secrets = self.system.settings(self._url)
        return dict(settings), dict(secrets)

    def pass_time(self, seconds: float) -> None:
        self.system.clock.advance(seconds)

    def stop(self) -> None:
        self._stop()

    def trouble(self, rate: float, seed: int) -> None:
        rules = [{"do": "lose_answer", "rate": rate}] if rate else []
        self.system.faults.set(rules, seed)

    def created(self, form: str, field: str) -> list[str]:
        """What a field of this form was given by every call that created one, by the ledger."""
        return [
            str(entry.data[field]).strip()
            for entry in self.system.ledger
            if (entry.kind, entry.operation, entry.form) == ("commit", "create", form)
            and entry.by == "api" and entry.data.get(field)
        ]  # fmt: skip

    def people(self, name: str, /, **arguments: Any) -> Any:
        """Somebody does something in its pages."""
        with self.system.lock:
            calls: Mapping[str, Callable[..., Any]] = self.system.people()
            return calls[name](**arguments)

    def records(self, form: str) -> list[dict[str, Any]]:
        with self.system.lock:
            found: list[dict[str, Any]] = self.system.records(form)
            return found
