"""What a database says is told in plain words."""

from __future__ import annotations

import pytest

from connector.assemble import shipped
from connector.hints import Hints


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ('FATAL:  password authentication failed for user "connector"', "IT"),
        ("Access denied for user 'connector'@'10.0.0.9' (using password: YES)", "IT"),
        ("permission denied for table bill", "IT"),
        ('null value in column "no" of relation "bill" violates not-null', "master data"),
        ("Data too long for column 'note' at row 1", "operations"),
        ("Lock wait timeout exceeded; try restarting transaction", "whoever has the document open"),
    ],
)
def test_refusals_are_told_in_plain_words(words: str, who: str) -> None:
    told = Hints([shipped() / "hints/sql.yaml"]).explain(words)
    assert told.who == who
    assert told.words != words
    assert told.do
