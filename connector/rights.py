"""Who somebody is and how much they may do, by what stands under `people`."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from typing import Literal

from connector.settings import Config, PersonSettings

ROLES = ("viewer", "operator", "admin")
"""From the least to the most."""
SEE: Mapping[Literal["costs", "personal", "reports"], tuple[str, ...]] = {
    "costs": (),
    "personal": ("operator",),
    "reports": ("operator",),
}
"""Who sees what not everybody may, where the configuration does not say; admins do."""


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
    return frozenset(kind for kind, usual in SEE.items()
                     if not mine & {*config.sees.get(kind, usual)})  # fmt: skip


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
