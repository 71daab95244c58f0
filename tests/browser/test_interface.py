"""The interface for programs over real HTTP, asked for long and differently each time, as whoever
there is: `make api-check`."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.browser.firm import ADMIN, DIRECTOR, FINANCE, FIRST, OPERATOR, VIEWER, Firm
from tests.console.asking import Interface
from tests.system.site import wait_for

pytestmark = pytest.mark.api

MOST = 200
"""How often each operation is asked as each of them."""
NOBODY = ""
MOBILE, ADDRESS = "13911112222", "弄潮路七十七号"
"""Where an order goes."""
SEE_PEOPLE = (OPERATOR, ADMIN)


@pytest.fixture(scope="module")
def known(firm: Firm) -> dict[str, list[Any]]:
    """Names that mean something: of an order that failed, and of one that is reviewed."""
    to = {"ship_to_tel": MOBILE, "ship_to_add": ADDRESS}
    failed, large = firm.refused(**to), firm.large(**to)
    with firm.app() as app:
        [failure] = wait_for(lambda: [one for one in app.failures() if one["number"] == failed], 60)
        [review] = wait_for(lambda: [one for one in app.reviews() if one.number == large], 60)
    return {"number": [failed, large], "key": [failure["key"], review.key], "flow": ["orders"],
            "since": [failure["since"]], "department": ["director"], "stage": ["waiting"],
            "fields": [{"special_terms": "加急"}], "review": [review.id]}  # fmt: skip


@pytest.mark.parametrize("login", [NOBODY, VIEWER, DIRECTOR, FINANCE, OPERATOR, ADMIN])
def test_every_answer_is_described_and_tells_nobody_what_they_may_not_see(
    firm: Firm, known: dict[str, list[Any]], login: str
) -> None:
    with requests.Session() as session:
        described = session.get(f"{firm.home}/api/openapi.json", timeout=30).json()
        send = lambda request: session.request(**request, timeout=60)  # noqa: E731
        asked = Interface(described, send, firm.home, known)
        asked.ask_everything(header(firm, login), MOST, random=True)
    said = "".join(asked.answers)
    assert len(asked.answers) > MOST
    for hidden in (MOBILE, ADDRESS):
        assert (hidden in said) is (login in SEE_PEOPLE), hidden


def header(firm: Firm, login: str) -> dict[str, str]:
    """With which a program of theirs comes."""
    if not login:
        return {}
    with firm.app() as app:
        token = app.accounts.make_token(login, "api-check", "admin", 1, FIRST)
    return {"authorization": f"Bearer {token}"}
