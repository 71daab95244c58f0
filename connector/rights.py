"""Who somebody is and how much they may do, by what stands under `people`."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Set
from typing import Any, Literal

from connector.settings import Config, PersonSettings

ROLES = ("viewer", "operator", "admin")
"""From the least to the most."""
SEE: Mapping[Literal["costs", "personal", "reports"], tuple[str, ...]] = {
    "costs": (),
    "personal": ("operator",),
    "reports": ("operator",),
}
"""Who sees what not everybody may, where the configuration does not say; admins do."""
Sees = Mapping[Any, tuple[str, ...]]
"""The same as the configuration says it."""


def role(people: Mapping[str, PersonSettings], login: str) -> str:
    """The most that a login may; empty: nothing. Where nobody has a login, whoever may run the
    command may do everything, as on a machine of one's own."""
    if not any(one.logins for one in people.values()):
        return ROLES[-1]
    mine = {r for one in people.values() if login in one.logins for r in (*one.roles, ROLES[0])}
    return next((one for one in reversed(ROLES) if one in mine), "")


def hidden(config: Config, login: str) -> frozenset[str]:
    """Kinds of what a login does not see: those of `SEE`."""
    people = config.people
    if role(people, login) == ROLES[-1]:
        return frozenset()
    mine = {named for name, one in people.items() if login in one.logins
            for named in (name, *one.roles)}  # fmt: skip
    return _hidden(config.sees, mine)


def hidden_from(people: Mapping[str, PersonSettings], sees: Sees, person: str) -> frozenset[str]:
    """The same of somebody under `people`, whether they have a login or not; from whoever is not
    there all is hidden."""
    known = people.get(person)
    return _hidden(sees, {person, *known.roles}) if known else frozenset(SEE)


def _hidden(sees: Sees, mine: Set[str]) -> frozenset[str]:
    if ROLES[-1] in mine:
        return frozenset()
    return frozenset(kind for kind, usual in SEE.items() if not mine & {*sees.get(kind, usual)})


def this_user() -> str:
    """The login of whoever runs this process."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def least(one: str, other: str) -> str:
    """The lesser of two roles; of one that is empty, the other."""
    known = [role for role in (one, other) if role in ROLES]
    return min(known, key=ROLES.index, default="")
