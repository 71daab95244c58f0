"""Whatever is typed wrongly gives one sentence in the reader's language, and ends with 2."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from connector.cli import main, running
from connector.messages import set_language


@dataclass
class Said:
    """What a command said on its two streams, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> list[str]:
        return [line[2:] for line in self.err.splitlines() if line.startswith("✗ ")]


@pytest.fixture
def say(capsys: Any, monkeypatch: Any, tmp_path: Path) -> Any:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("LC_ALL", "")
    monkeypatch.setenv("LC_MESSAGES", "")

    def ran(*arguments: str, lang: str = "en") -> Said:
        monkeypatch.setenv("CONNECTOR_LANG", lang)
        code = main.run(arguments)
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return ran


WRONG = {
    ("nope",): ("nope", "没有命令"),
    ("trac",): ("trace", "是不是想用"),
    ("plan",): ("FLOW", "缺少"),
    ("plan", "orders", "extra"): ("extra", "多写了"),
    ("plan", "orders", "--limi", "3"): ("--limit", "没有选项"),
    ("plan", "orders", "--limit", "abc"): ("--limit", "应是整数"),
    ("resync", "orders", "--since", "2026"): ("--since", "应是日期"),
    ("resync", "orders"): ("--key", "要重读哪些"),
    ("failures", "discard", "orders"): ("--key", "缺少"),
    ("failures", "lst"): ("list", "没有命令"),
    ("init", "--crm", "fxiaok", "--dir", "new"): ("fxiaoke", "没有名为"),
    ("init", "--first-load", "both", "--dir", "new"): ("--first-load", "crm 或 erp"),
    ("demo", "--sabotage", "lose-all"): ("lose-order", "没有这种破坏"),
    ("plan", "orders", "--config", "there/is/none.yaml"): ("none.yaml", "找不到配置文件"),
}


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_sentence_in_the_reader_s_language_and_2(say: Any, arguments: Any, lang: str) -> None:
    said = say(*arguments, lang=lang)
    named, chinese = WRONG[arguments]
    assert said.code == 2, said
    assert len(said.words) == 1, said.err
    assert named in said.words[0]
    assert (chinese in said.words[0]) == (lang == "zh")
    assert "Traceback" not in said.err


@pytest.mark.parametrize("arguments", [("plan",), ("plan", "orders", "--limi", "3")], ids=" ".join)
def test_wrong_use_points_to_the_help_of_its_command(say: Any, arguments: Any) -> None:
    assert say(*arguments).err.splitlines()[-1].strip() == "connector plan --help"


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_programs_get_the_same_as_json(say: Any, arguments: Any) -> None:
    if "demo" in arguments or "--limi" in arguments:
        arguments = (*arguments[:1], "--json", *arguments[1:])
    said = say(*arguments, "--json")
    assert said.code == 2
    assert WRONG[tuple(a for a in arguments if a != "--json")][0] in json.loads(said.out)["error"]


def test_mistakes_of_a_file_are_listed_for_programs_with_their_places(say: Any) -> None:
    Path("config.yaml").write_text("languag: zh\nconnections: {}\nflows: {}\n", encoding="utf-8")
    problems = json.loads(say("status", "--json").out)["problems"]
    assert [problem["place"] for problem in problems] == ["config.yaml:1:1"]


def test_a_broken_configuration_is_told_in_its_own_language(say: Any, monkeypatch: Any) -> None:
    text = "language: zh\nconections: {}\nconnections: {}\nflows: {}\n"
    Path("config.yaml").write_text(text, encoding="utf-8")
    assert "检查拼写" in say("status", lang="").words[0]
    assert "Check the spelling" in say("status", lang="en").words[0]


@pytest.mark.parametrize(
    "arguments, environment, lang",
    [
        (["plan"], {}, "zh"),
        (["plan"], {"LANG": "C.UTF-8"}, "zh"),
        (["plan"], {"LANG": "en_GB.UTF-8"}, "en"),
        (["plan"], {"LANG": "en_GB.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        (["plan"], {"LANG": "zh_CN.UTF-8", "CONNECTOR_LANG": "en"}, "en"),
        (["--lang", "en", "plan"], {"CONNECTOR_LANG": "zh"}, "en"),
        (["plan", "--lang=zh"], {"LANG": "en_US.UTF-8"}, "zh"),
    ],
)
def test_the_language_asked_for_comes_first_then_that_of_the_user(
    arguments: list[str], environment: dict[str, str], lang: str
) -> None:
    assert main.spoken(arguments, environment) == lang


def test_an_unknown_language_is_refused_with_those_there_are(say: Any) -> None:
    said = say("status", "--lang", "fr", lang="")
    assert (said.code, "zh, en" in said.words[0]) == (2, True)


@pytest.mark.parametrize("path", ["", "plan", "failures", "failures retry"])
def test_help_is_in_both_languages_with_an_example(say: Any, path: str) -> None:
    english = say(*path.split(), "--help").out
    chinese = say(*path.split(), "--help", lang="zh").out
    assert english != chinese
    assert "connector" in english.splitlines()[0]
    if path in ("plan", "failures retry"):
        assert f"  connector {path} orders" in english
        assert "--json" in chinese


def test_a_bug_is_one_line_that_says_where(say: Any, monkeypatch: Any) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("unexpected")

    monkeypatch.setattr(running, "wrong", broken)
    said = say("resync", "orders")
    assert (said.code, len(said.words)) == (1, 1)
    assert "RuntimeError: unexpected" in said.words[0]
    assert "running.py:" in said.words[0]
    assert "Traceback" not in said.err


def test_a_log_that_cannot_be_written_is_told_before_the_daemon_starts(say: Any) -> None:
    said = say("run", "--log", "there/is/none.log")
    (words,) = said.words
    assert (said.code, words.startswith("there/is/none.log: ")) == (2, True)


@pytest.fixture(autouse=True)
def as_it_was() -> Any:
    yield
    set_language("en")
