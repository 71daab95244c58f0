"""Who may do what: every operation of the façade, for every role."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.app import App
from connector.entrance import INSIDE, TABLE, Entrance, NotEntitled, allows
from connector.rights import ROLES, hidden, role
from connector.settings import Config, PersonSettings
from tests.reviews.factory import Reviewed, reviewed

MADE = {"system", "config", "files", "unfilled", "folders", "hides"}
OPERATIONS = sorted({name for name in vars(App) if not name.startswith("_")} | MADE)
"""All that can be asked of the façade; what is made when it is opened included."""
PEOPLE = {
    "v": PersonSettings(logins=("ann",)),
    "o": PersonSettings(logins=("bob",), roles=("operator", "finance")),
    "a": PersonSettings(logins=("cyd",), roles=("admin",)),
    "n": PersonSettings(roles=("admin",)),
}


def test_every_operation_has_its_place_in_the_table_and_nothing_else_does() -> None:
    named = [name for some in TABLE.values() for name in some]
    assert len(named) == len(set(named))
    assert {*named, *INSIDE} == set(OPERATIONS) - {"open"}
    assert tuple(TABLE) == ROLES


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("who", [*ROLES, ""])
def test_a_role_may_do_what_stands_under_it_and_those_before_it(operation: str, who: str) -> None:
    least = next((n for n, one in enumerate(ROLES) if operation in TABLE[one]), None)
    entitled = least is not None and who in ROLES and ROLES.index(who) >= least
    assert allows(who, operation) is entitled


@pytest.mark.parametrize(
    ("login", "wanted"), [("ann", "viewer"), ("bob", "operator"), ("cyd", "admin"), ("eve", "")]
)
def test_a_login_is_who_the_configuration_says(login: str, wanted: str) -> None:
    assert role(PEOPLE, login) == wanted


@pytest.mark.parametrize(
    ("sees", "ann", "bob"),
    [
        ({}, {"costs", "personal", "reports"}, {"costs"}),
        ({"costs": ["finance"]}, {"costs", "personal", "reports"}, set()),
        ({"costs": ["v"], "personal": ["v"]}, {"reports"}, {"costs", "personal"}),
        ({"reports": ["v"]}, {"costs", "personal"}, {"costs", "reports"}),
    ],
)
def test_what_is_hidden_from_whom_is_said_by_role_or_by_name(
    sees: dict[str, list[str]], ann: set[str], bob: set[str]
) -> None:
    config = Config.model_validate({"connections": {}, "flows": {}, "sees": sees, "people": PEOPLE})
    assert hidden(config, "ann") == ann
    assert hidden(config, "bob") == bob
    assert hidden(config, "cyd") == set()
    assert hidden(config, "eve") == {"costs", "personal", "reports"}


def test_where_nobody_has_a_login_whoever_may_run_it_may_do_everything() -> None:
    assert role({}, "anybody") == "admin"
    assert role({"n": PEOPLE["n"]}, "anybody") == "admin"


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Reviewed]:
    with reviewed(tmp_path, f"sqlite:///{(tmp_path / 'store.db').as_posix()}") as made:
        yield made.start()


def test_who_may_not_is_refused_told_what_it_takes_and_noted(firm: Reviewed) -> None:
    app = firm.app("fin")
    assert Entrance(app, "fin").status()["flows"]
    with pytest.raises(NotEntitled, match="operator"):
        Entrance(app, "fin").retry("orders")
    with pytest.raises(NotEntitled, match="nobody"):
        Entrance(app, "nobody").status()
    assert [line.what for line in app.audit(2)] == ["attempt_refused"] * 2


def test_what_the_daemon_does_nobody_comes_in_by() -> None:
    assert all(not allows(one, name) for one in ROLES for name in INSIDE)
    assert all(inspect.getattr_static(App, name) for name in INSIDE)
