"""Accounts: passwords, and secrets that stand for a login for a while."""

from __future__ import annotations

import base64
import hashlib

import pytest
import zxcvbn.frequency_lists
from argon2 import PasswordHasher
from sqlalchemy import select

from connector.operations import accounts as operations
from connector.operations.accounts import MARK, SHORTEST, Accounts, NotLetIn, weakness
from connector.store.tables import accounts, tokens
from tests.console.factory import PASSWORD, Office

LONG = hashlib.sha512(b"long").hexdigest() * 2
"""256 characters, of which no part is like another."""


@pytest.fixture
def known(desk: Office) -> Accounts:
    return desk.serving.app.accounts


def welcomed(known: Accounts, login: str = "ops") -> str:
    """A session of somebody who has just been invited."""
    known.welcome(known.invite(login, "root"), PASSWORD)
    return known.log_in(login, PASSWORD)


def test_an_invitation_sets_a_password_once(known: Accounts) -> None:
    secret = known.invite("ops", "root")
    assert known.invited(secret) == "ops"
    assert known.welcome(secret, PASSWORD) == "ops"
    for use in (lambda: known.invited(secret), lambda: known.welcome(secret, PASSWORD + "!")):
        with pytest.raises(NotLetIn, match="was used"):
            use()
    assert known.session(known.log_in("ops", PASSWORD))


def test_an_invitation_is_over_after_a_day_and_by_the_next_one(
    desk: Office, known: Accounts
) -> None:
    first = known.invite("ops", "root")
    second = known.invite("ops", "root")
    with pytest.raises(NotLetIn):
        known.invited(first)
    desk.site.clock.advance(24 * 3600 + 1)
    with pytest.raises(NotLetIn):
        known.welcome(second, PASSWORD)


def test_nobody_is_invited_whom_the_configuration_does_not_know(known: Accounts) -> None:
    with pytest.raises(NotLetIn, match="boss, fin"):
        known.invite("mallory", "root")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "12 to 256"),
        ("x" * 300, "12 to 256"),
        ("ops ops ops ops 1234", "too plain"),
    ],
)
def test_a_weak_password_is_refused_and_the_invitation_stays_good(
    known: Accounts, password: str, why: str
) -> None:
    secret = known.invite("ops", "root")
    with pytest.raises(NotLetIn, match=why):
        known.welcome(secret, password)
    assert known.welcome(secret, PASSWORD) == "ops"


@pytest.mark.parametrize(
    "password",
    ["Password1234", "1qaz2wsx3edc", "admin@123456", "woaini1314520", "20241231-1231", "x" * 100,
     "qwertyuiop12", "Connector!2026", "wangxiaoming!", "kingdee_galaxy1", "abcabcabcabcabc"],
)  # fmt: skip
def test_what_people_choose_and_others_guess_is_no_password(password: str) -> None:
    assert weakness(password, ("wangxiaoming", "connector", "kingdee_galaxy"))


def test_no_common_password_that_is_long_enough_is_one() -> None:
    listed = zxcvbn.frequency_lists.FREQUENCY_LISTS["passwords"]
    common = [one for one in listed if len(one) >= SHORTEST]
    assert len(common) > 200
    assert [one for one in common if weakness(one, ())] == common


@pytest.mark.parametrize(
    "password", ["correct horse battery", "老王的密码是很长的中文密码", "x7Gq#mV2pL9s",
                 " ä€ 名 \t dreizehn", LONG],
)  # fmt: skip
def test_any_characters_and_up_to_256_of_them_do(password: str) -> None:
    assert weakness(password, ("ops",)) is None


@pytest.mark.parametrize("other", [PASSWORD.upper(), PASSWORD + " ", PASSWORD[:-1]])
def test_a_password_counts_exactly_as_it_was_typed(known: Accounts, other: str) -> None:
    welcomed(known)
    with pytest.raises(NotLetIn):
        known.log_in("ops", other)


def test_a_long_password_counts_to_its_end(known: Accounts) -> None:
    known.welcome(known.invite("ops", "root"), LONG)
    with pytest.raises(NotLetIn):
        known.log_in("ops", LONG[:-1])
    assert known.log_in("ops", LONG)


def test_a_password_is_good_until_somebody_changes_it(desk: Office, known: Accounts) -> None:
    welcomed(known)
    desk.site.clock.advance(3 * 366 * 86_400)
    assert known.log_in("ops", PASSWORD)


def test_nobody_can_log_in_who_was_not_invited(desk: Office, known: Accounts) -> None:
    assert not known.any()
    for login, password in (("root", ""), ("admin", "admin")):
        with pytest.raises(NotLetIn):
            known.log_in(login, password)


def test_hashes_of_former_costs_are_made_anew_when_somebody_logs_in(
    desk: Office, known: Accounts, costly: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    welcomed(known)
    monkeypatch.setattr(operations, "_HASHER", costly)

    def stored() -> str:
        with desk.site.system.store.reading() as tx:
            return str(tx.execute(select(accounts.c.password)).scalar_one())

    assert "m=64,t=1" in stored()
    known.log_in("ops", PASSWORD)
    costs = dict(part.split("=") for part in stored().split("$")[3].split(","))
    assert int(costs["m"]) >= 65_536, "KiB"
    assert int(costs["t"]) >= 3
    assert known.log_in("ops", PASSWORD)


def test_secrets_are_drawn_anew_with_256_bits(known: Accounts) -> None:
    welcomed(known)
    drawn = [known.log_in("ops", PASSWORD), *(known.invite("ops", "root") for _ in range(2)),
             known.make_token("ops", "bi", "viewer", 9, "root").removeprefix(MARK)]  # fmt: skip
    assert len(set(drawn)) == 4
    assert all(len(base64.urlsafe_b64decode(one + "=")) == 32 for one in drawn)


def test_no_secret_and_no_password_is_stored(desk: Office, known: Accounts) -> None:
    session = welcomed(known)
    program = known.make_token("ops", "bi", "viewer", 9, "root")
    with desk.site.system.store.reading() as tx:
        rows = [*tx.execute(select(accounts)), *tx.execute(select(tokens))]
    stored = repr([tuple(row) for row in rows])
    assert not any(secret in stored for secret in (PASSWORD, session, program))
    assert "$argon2id$" in stored


def test_five_wrong_passwords_close_an_account_for_a_while_longer_each_time(
    desk: Office, known: Accounts
) -> None:
    welcomed(known)
    for _ in range(5):
        with pytest.raises(NotLetIn, match="wrong"):
            known.log_in("ops", "not the password")
    with pytest.raises(NotLetIn, match="too many"):
        known.log_in("ops", PASSWORD)
    desk.site.clock.advance(61)
    with pytest.raises(NotLetIn, match="wrong"):
        known.log_in("ops", "not the password")
    desk.site.clock.advance(61)
    with pytest.raises(NotLetIn, match="too many"):
        known.log_in("ops", PASSWORD)
    desk.site.clock.advance(61)
    assert known.log_in("ops", PASSWORD)


def test_who_was_let_in_and_who_was_not_stands_in_the_audit(desk: Office, known: Accounts) -> None:
    known.log_out(welcomed(known))
    with pytest.raises(NotLetIn):
        known.log_in("ops", "not the password")
    done = [(line.who, line.what) for line in reversed(desk.serving.app.audit())]
    assert done == [("root", "user_invited"), ("ops", "password_set"), ("ops", "login"),
                    ("ops", "logout"), ("ops", "login_refused")]  # fmt: skip


def test_whether_a_login_exists_is_not_told(known: Accounts) -> None:
    welcomed(known)
    said = set()
    for login in ("ops", "nobody", "fin"):  # with an account, unknown, known without one
        with pytest.raises(NotLetIn) as wrong:
            known.log_in(login, "not the password")
        said.add(str(wrong.value))
    assert len(said) == 1


def test_a_session_ends_when_it_is_idle_and_after_its_longest(
    desk: Office, known: Accounts
) -> None:
    idle = welcomed(known)
    desk.site.clock.advance(1700)
    assert known.session(idle)
    desk.site.clock.advance(1700)
    assert known.session(idle)
    desk.site.clock.advance(1900)
    assert known.session(idle) is None
    busy = known.log_in("ops", PASSWORD)
    for _ in range(26):
        desk.site.clock.advance(1700)
        known.session(busy)
    assert known.session(busy) is None


def test_another_password_ends_all_other_sessions(known: Accounts) -> None:
    old = welcomed(known)
    new = known.change_password("ops", PASSWORD, "another plain pass phrase")
    assert known.session(old) is None
    assert known.session(new)
    with pytest.raises(NotLetIn):
        known.log_in("ops", PASSWORD)


def test_whoever_leaves_the_configuration_is_out_at_once(desk: Office, known: Accounts) -> None:
    session, program = welcomed(known), known.make_token("ops", "bi", "viewer", 9, "root")
    path = desk.site.directory / "config.yaml"
    path.write_text(path.read_text("utf-8").replace("logins: [ops]", "logins: [other]"), "utf-8")
    desk.site.clock.advance(10)
    fresh = desk.serving.app.accounts
    assert fresh.session(session) is None
    assert fresh.program(program) is None
    with pytest.raises(NotLetIn):
        fresh.log_in("ops", PASSWORD)


def test_a_new_password_that_is_too_weak_changes_nothing(known: Accounts) -> None:
    session = welcomed(known)
    with pytest.raises(NotLetIn, match="12 to 256"):
        known.change_password("ops", PASSWORD, "short")
    assert known.session(session)
    [account] = [one for one in known.listing() if one.login == "ops"]
    assert len(account.sessions) == 1


def test_a_session_s_secret_is_no_program_s_and_the_other_way_round(known: Accounts) -> None:
    session, program = welcomed(known), known.make_token("ops", "bi", "viewer", 9, "root")
    assert known.program(session) is None
    assert known.session(program) is None
    found = known.program(program)
    assert found is not None
    assert (found.login, found.role) == ("ops", "viewer")


def test_who_is_removed_is_out_and_what_was_done_stands_in_the_audit(
    desk: Office, known: Accounts
) -> None:
    session = welcomed(known)
    assert known.remove("ops", "root")
    assert known.session(session) is None
    assert not known.remove("ops", "root")
    done = [line.what for line in reversed(desk.serving.app.audit())]
    assert done[:3] == ["user_invited", "password_set", "login"]
    assert "user_removed" in done
