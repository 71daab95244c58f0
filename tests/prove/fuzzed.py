"""One target of the fuzzer: bytes in, AssertionError where a promise is broken.

python -m tests.prove.fuzzed TARGET FILE...           replays files, without atheris
python -m tests.prove.fuzzed TARGET --seconds N SEEN FOUND  looks for more, with it
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

STATUSES = (200, 206, 201, 204, 302, 400, 401, 403, 404, 408, 429, 500, 502, 503, 519)
CORPUS = Path(__file__).parent / "corpus"


def _answers(name: str, data: bytes) -> None:
    """The first byte is the first answer's status, the rest its body; later answers are garbage."""
    from tests.prove import strangers

    said = strangers.Said(STATUSES[data[0] % len(STATUSES)] if data else 200, data[1:])
    strangers.write_is_honest(name, [said, strangers.Said(200, data[1:] if len(data) % 2 else b"")])
    strangers.read_is_honest(name, [said])


def galaxy(data: bytes) -> None:
    _answers("kingdee_galaxy", data)


def fxiaoke(data: bytes) -> None:
    _answers("fxiaoke", data)


def gate(data: bytes) -> None:
    from tests.prove import strangers

    strangers.expression_is_pure(data.decode("utf-8", "ignore"))


TARGETS: dict[str, Callable[[bytes], None]] = {"galaxy": galaxy, "fxiaoke": fxiaoke, "gate": gate}


def stored(target: str) -> list[Path]:
    """What was worth keeping: every kind of answer, and whatever once showed a bug."""
    return sorted((CORPUS / target).iterdir())


def _fuzz(target: str, seconds: str, seen: str, found: str) -> None:
    """Keeps in `seen` what reached something new, in `found` what broke a promise."""
    import atheris

    with atheris.instrument_imports(include=["adapters", "connector", "rule_engine"]):
        from tests.prove import strangers  # noqa: F401 - whatever it imports is instrumented
    words = [f"-max_total_time={seconds}", f"-artifact_prefix={found}/", "-print_final_stats=1"]
    words += ["-max_len=400", "-timeout=20", "-verbosity=0", seen, str(CORPUS / target)]
    atheris.Setup([sys.argv[0], *words], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    chosen, *rest = sys.argv[1:]
    if rest[:1] == ["--seconds"]:
        _fuzz(chosen, *rest[1:])
    else:
        for name in rest:
            TARGETS[chosen](Path(name).read_bytes())
