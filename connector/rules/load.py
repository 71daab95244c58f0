"""Where rules come from: the configuration, the site's own files, and those that are shipped.

What stands under `rules` in the configuration is in force; `rules/NAME.yaml` among the site's
mappings, or the shipped ones, is what it is laid over.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from connector.errors import ConfigError, Problem
from connector.messages import say
from connector.overlay import Layer, Layers
from connector.rules.cases import failing
from connector.rules.rule import Rule, compiled
from connector.settings import ConfigFile

RULES = "rules"
"""Their folder among mappings."""


def rules_of(file: ConfigFile, folders: Sequence[Path]) -> tuple[list[Rule], list[Problem]]:
    """The rules in force, and all that is wrong with others. Of `folders`, those of mappings, the
    first that has a rule counts."""
    rules: list[Rule] = []
    problems: list[Problem] = []
    for name in file.config.rules:
        try:
            rules.append(_rule(file, name, folders))
        except ConfigError as error:
            problems += error.problems
    return rules, problems


def read(path: Path) -> Rule:
    """One file by itself. Raises ConfigError."""
    return _proven(path.stem, Layers([Layer.read(path)]))


def _rule(file: ConfigFile, name: str, folders: Sequence[Path]) -> Rule:
    """One rule in force. The cases of a file prove the file as it stands: they know nothing of what
    a configuration sets otherwise."""
    layers, path = file.inside("rules", name), _file(folders, name)
    if path is None:
        if not layers.plain():
            words = say("no_such_rule", name=name, known=", ".join(available(folders)))
            raise ConfigError([Problem(file.place("rules", name), words)])
        return _proven(name, layers)
    read(path)
    laid_over = layers.over(Layer.read(path))
    return _proven(name, laid_over) if "cases" in layers.plain() else compiled(name, laid_over)


def available(folders: Sequence[Path]) -> list[str]:
    """The names of rules that can be switched on."""
    return sorted({path.stem for folder in folders for path in (folder / RULES).glob("*.yaml")})


def _file(folders: Sequence[Path], name: str) -> Path | None:
    found = (folder / RULES / f"{name}.yaml" for folder in folders)
    return next((path for path in found if path.is_file()), None)


def _proven(name: str, layers: Layers) -> Rule:
    """The rule, if its cases come out as they say."""
    rule = compiled(name, layers)
    problems = [Problem(layers.find(("cases", n)).place, words) for n, words in failing(rule)]
    if problems:
        raise ConfigError(problems)
    return rule
