"""The catalogue of sentences takes up those of every package."""

from pathlib import Path

import pytest

from connector import messages


def test_a_package_that_says_otherwise_what_another_says_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "acme_words"
    package.mkdir()
    (package / "__init__.py").touch()
    id, text = next(iter(messages.CATALOGUE.items()))
    own = "acme_only: {zh: 好, en: good}\n"
    (package / "messages.yaml").write_text(own + f"{id}: {{zh: 别的, en: other}}\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(KeyError, match=f"acme_words.*{id}"):
        messages.add("acme_words")
    assert messages.CATALOGUE[id] == text and "acme_only" not in messages.CATALOGUE
