"""The generated company's salespeople and customers, with the flaws that real ones have."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from .credit_code import ALPHABET, check_character
from .model import Customer, Person
from .names import CITIES, Names, branch, misspelt

DEPARTMENTS = ("销售一部", "销售二部", "大客户部")
UNKNOWN_TO_ERP = 2
"""Salespeople for whom nobody made an ERP record: the last ones."""
DUPLICATES, DUPLICATED = 20, 8
"""So many accounts repeat one of the first 8."""
WRONG_CODES, WITHOUT_CODE, NOT_IN_ERP = 9, 25, 17
"""Accounts with a wrong credit code, with none, and those that the ERP does not know yet."""


def salespeople(random: Random, names: Names, count: int) -> list[Person]:
    return [
        Person(
            crm_id=str(1001 + place),
            name=names.person(),
            mobile=f"100{random.randint(0, 99_999_999):08}",
            department=DEPARTMENTS[place % len(DEPARTMENTS)],
            erp_number="" if place >= count - UNKNOWN_TO_ERP else f"YW{place + 1:03}",
        )
        for place in range(count)
    ]


class Accounts:
    """`customers`, of whom the last ones are `duplicates` (double's number → original's)."""

    def __init__(self, random: Random, names: Names, people: list[Person], count: int) -> None:
        self._random = random
        self._names = names
        self._people = people
        self.wrong_codes: list[str] = []
        self.duplicates: dict[str, str] = {}
        self.customers: list[Customer] = []
        for _ in range(count - DUPLICATES):
            self._add(self._original())
        self._spoil()
        for place in range(DUPLICATES):
            original = self.customers[place % DUPLICATED]
            self._add(self._double(original, place))
            self.duplicates[self.customers[-1].number] = original.number

    def _add(self, customer: Customer) -> None:
        number = f"C{len(self.customers) + 1:05}"
        self.customers.append(replace(customer, number=number))

    def _original(self) -> Customer:
        city = self._names.city()
        place = len(self.customers) + 1
        return Customer(
            number="",
            name=self._names.company(city),
            credit_code=self._code(CITIES[city]),
            email=f"buyer{place}@example.com",
            phone=f"0000-{self._random.randint(5_000_000, 8_999_999)}",
            address=self._names.address(city),
            salesperson=self._random.choice(self._people).crm_id,
            erp_number=f"KH{place:04}",
        )

    def _code(self, division: str) -> str:
        organisation = "MA" + "".join(self._random.choices(ALPHABET, k=7))
        body = f"91{division}{organisation}"
        return body + check_character(body)

    def _spoil(self) -> None:
        """Wrong codes, no codes and new accounts, each on others; the first 8 stay flawless."""
        flawed = self._random.sample(
            range(DUPLICATED, len(self.customers)), WRONG_CODES + WITHOUT_CODE + NOT_IN_ERP
        )
        for turn, place in enumerate(flawed):
            customer = self.customers[place]
            if turn < WRONG_CODES:
                customer = replace(customer, credit_code=_swapped(customer.credit_code))
                self.wrong_codes.append(customer.number)
            elif turn < WRONG_CODES + WITHOUT_CODE:
                customer = replace(customer, credit_code="")
            else:
                customer = replace(customer, erp_number="")
            self.customers[place] = customer

    def _double(self, original: Customer, place: int) -> Customer:
        """A branch under the same credit code, or the same firm spelt otherwise without one."""
        double = replace(
            original, erp_number="", salesperson=self._random.choice(self._people).crm_id
        )
        if place % 2 == 0:
            return replace(double, name=branch(original.name, self._names.city()))
        return replace(double, name=misspelt(original.name, place // 2), credit_code="")


def _swapped(code: str) -> str:
    """The code with the first two neighbours exchanged that differ, as typists do."""
    place = next(at for at in range(10, len(code)) if code[at] != code[at + 1])
    return code[:place] + code[place + 1] + code[place] + code[place + 2 :]
