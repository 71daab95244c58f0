"""The sheet of `connector values fill`: a row for each code in use, a column for the decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from connector.errors import ConfigError, Problem
from connector.messages import LANGUAGES, say, word
from connector.operations.filling import Asked, Decided, Filling, Way
from connector.operations.pair_sheet import answer, cell, said

COLUMNS = (
    "way", "code", "code_name", "count", "example", "target_code", "target_name", "decision",
)  # fmt: skip
WAYS: tuple[Way, ...] = ("write", "read")


def headings() -> list[str]:
    """The columns' names for people."""
    return [word("column", column) for column in COLUMNS]


def rows(filling: Filling) -> list[list[str]]:
    """What is proposed is decided already; what is mapped needs no decision."""
    return [_row(one) for one in filling.asked]


def _row(one: Asked) -> list[str]:
    decision = said(True) if one.partner and not one.mapped else ""
    told = (one.code, one.name, str(one.count), one.example, one.partner, one.partner_name)
    return [word("way", one.way), *told, decision]


def decisions(name: str, sheet: Sequence[Mapping[str, str]]) -> list[Decided]:
    """What the rows say yes to. Raises ConfigError with every row that cannot be understood."""
    problems: list[Problem] = []
    found = list(_decisions(name, sheet, problems))
    if problems:
        raise ConfigError(problems)
    return found


def _decisions(
    name: str, sheet: Sequence[Mapping[str, str]], problems: list[Problem]
) -> Iterator[Decided]:
    for number, row in enumerate(sheet, 2):  # the first line holds the headings
        place = f"{name}:{number}"
        told = {column: cell(row, column) for column in ("way", "code", "target_code", "decision")}
        yes, way = answer(told["decision"]), _way(told["way"])
        if yes is None:
            problems.append(Problem(place, say("not_yes_or_no", value=told["decision"])))
        elif yes and not (way and told["code"] and told["target_code"]):
            problems.append(Problem(place, say("row_lacks_code")))
        elif yes and way:
            yield Decided(way=way, code=told["code"], partner=told["target_code"], place=place)


def _way(text: str) -> Way | None:
    """Which way a row means, in either language."""
    known = {word("way", way, language): way for way in WAYS for language in LANGUAGES}
    return known.get(text)
