"""The interface for programs asked all that it says it can be asked, by one caller or another.

What is sent is bred by Schemathesis from `/api/openapi.json`; now and then names stand in it that
mean something here, or nothing but refusals would be seen. Every answer must be one that is
described there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Send = Callable[[dict[str, Any]], Any]
"""Sends a request, given as keywords of an HTTP client; its answer."""


@dataclass
class Interface:
    """An interface by its description."""

    described: Mapping[str, Any]
    send: Send
    home: str
    known: Mapping[str, Sequence[Any]]
    """By the names of parameters and fields, values that mean something here."""
    answers: list[str] = field(default_factory=list)
    """What was answered."""
    statuses: set[tuple[str, int]] = field(default_factory=set)
    """With which statuses, by what was asked."""

    def ask_everything(self, header: Mapping[str, str], most: int, *, random: bool) -> None:
        """Each operation up to `most` times with what fits its description, and with what does
        not; `random`: other requests each time."""
        import schemathesis

        self.answers.clear()
        self.statuses.clear()
        schema = schemathesis.openapi.from_dict(dict(self.described))
        modes = schemathesis.GenerationMode
        for found in schema.get_all_operations():
            operation = found.ok()
            self._ask(operation, modes.POSITIVE, header, most, random=random)
            if operation.method.upper() == "POST" or list(operation.query):
                self._ask(operation, modes.NEGATIVE, header, max(most // 2, 1), random=random)

    def _ask(
        self, operation: Any, mode: Any, header: Mapping[str, str], most: int, *, random: bool
    ) -> None:
        from schemathesis.checks import not_a_server_error
        from schemathesis.specs.openapi import checks

        wanted = [not_a_server_error, checks.status_code_conformance,
                  checks.content_type_conformance, checks.response_schema_conformance]  # fmt: skip
        sensible = st.fixed_dictionaries(
            {name: st.sampled_from([*values, None]) for name, values in self.known.items()}
        )

        @settings(
            max_examples=most, derandomize=not random, database=None, deadline=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode), chosen=sensible)
        def ask(case: Any, chosen: Mapping[str, Any]) -> None:
            if mode.is_positive:
                _say_what_is_known(case, chosen)
            request = case.as_transport_kwargs(base_url=self.home)
            made_up = {n: v for n, v in request["headers"].items() if n.lower() not in header}
            request["headers"] = made_up | dict(header)
            request.pop("cookies", None)
            answer = self.send(request)
            self.answers.append(answer.text)
            self.statuses.add((f"{operation.method.upper()} {operation.path}", answer.status_code))
            case.validate_response(answer, checks=wanted)

        ask()


def _say_what_is_known(case: Any, chosen: Mapping[str, Any]) -> None:
    """Put names that are known into the places of those that were made up."""
    for part in (case.path_parameters, case.query, case.body):
        if isinstance(part, dict):
            part |= {n: chosen[n] for n in part if chosen.get(n) is not None}
