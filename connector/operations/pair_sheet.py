"""The sheet of `connector match`: a row per proposal, a column for the decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from connector.errors import ConfigError, Problem
from connector.matching import Pair
from connector.messages import LANGUAGES, say, word
from connector.operations.matching import Decision, Matched

COLUMNS = (
    "decision",
    "source_number",
    "source_name",
    "target_number",
    "target_name",
    "owner",
    "evidence",
    "remark",
    "source_key",
)
YES = frozenset({"yes", "y", "是", "对", "1", "x", "√", "✓", "true"})
NO = frozenset({"no", "n", "否", "不", "0", "×", "false", ""})

Row = dict[str, str]
"""A row of the sheet by column."""


def headings() -> list[str]:
    """The columns' names for people."""
    return [word("column", column) for column in COLUMNS]


def rows(matched: Matched) -> list[Row]:
    """The sheet's rows: what is sure is decided already, the rest is left to people and comes
    first; at the end stands what nobody is like."""
    owners = _owners(matched)
    pairs = sorted(matched.pairs, key=lambda pair: (pair.target is None, pair.sure))
    return [_row(pair, owners, matched.owners) for pair in pairs]


def _owners(matched: Matched) -> Mapping[str, str]:
    """Of several records that would be one there, the one that is to be delivered."""
    claims: dict[str, list[Pair]] = defaultdict(list)
    for pair in matched.pairs:
        if pair.sure and pair.target:
            claims[pair.target.key].append(pair)
    return {key: _first(pairs).source.key for key, pairs in claims.items()}


def _first(pairs: Sequence[Pair]) -> Pair:
    return min(pairs, key=lambda p: (-len(p.evidence), not p.source.active, p.source.number))


def _row(pair: Pair, owners: Mapping[str, str], taken: Mapping[str, str]) -> Row:
    source, target = pair.source, pair.target
    remarks = [word("against", one) for one in pair.against]
    owner = ""
    if target is None:
        remarks.insert(0, word("against", "nobody"))
    elif target.key in taken:
        remarks.append(str(say("owned_by", number=taken[target.key])))
    elif pair.sure:
        owner = said(owners[target.key] == source.key)
    return {
        "decision": said(True) if pair.sure else "",
        "source_number": source.number,
        "source_name": source.name,
        "target_number": target.number if target else "",
        "target_name": target.name if target else "",
        "owner": owner,
        "evidence": " · ".join(word("evidence", one) for one in pair.evidence),
        "remark": " · ".join(remarks),
        "source_key": source.key,
    }


def said(yes: bool) -> str:
    """Yes or no, as a sheet says it."""
    return word("answer", "yes" if yes else "no")


# -- reading it back --------------------------------------------------------------------------


def decisions(name: str, sheet: Sequence[Mapping[str, str]]) -> list[Decision]:
    """What the rows say yes to. Raises ConfigError with every row that says something else."""
    problems: list[Problem] = []
    found = list(_decisions(name, sheet, problems))
    if problems:
        raise ConfigError(problems)
    return found


def _decisions(
    name: str, sheet: Sequence[Mapping[str, str]], problems: list[Problem]
) -> Iterator[Decision]:
    for number, row in enumerate(sheet, 2):  # the first line holds the headings
        place = f"{name}:{number}"
        known = {column: cell(row, column) for column in COLUMNS}
        yes, owner = answer(known["decision"]), answer(known["owner"])
        if None in (yes, owner):
            wrong = known["decision"] if yes is None else known["owner"]
            problems.append(Problem(place, say("not_yes_or_no", value=wrong)))
        elif yes and not (known["source_key"] and known["target_number"]):
            problems.append(Problem(place, say("row_lacks_number")))
        elif yes:
            named = known["owner"] != ""
            mine = owner if named else None
            yield Decision(place, known["source_key"], known["target_number"], mine)


def cell(row: Mapping[str, str], column: str) -> str:
    """A cell under the column's name in either language."""
    for language in LANGUAGES:
        if (heading := word("column", column, language)) in row:
            return row[heading].strip()
    raise ConfigError([Problem("", say("no_column", name=word("column", column)))])


def answer(text: str) -> bool | None:
    """What a decision says; None: neither yes nor no."""
    told = text.lower()
    return True if told in YES else False if told in NO else None
