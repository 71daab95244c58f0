"""A rule as it is written down."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from connector.messages import say
from connector.settings import Duration, Names

Threshold = bool | int | Decimal | str


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _decimal(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, float) else value


class Said(_Model):
    """A text in both languages; one text serves for both."""

    zh: str
    en: str


def _both(value: Any) -> Any:
    return {"zh": value, "en": value} if isinstance(value, str) else value


Words = Annotated[Said, BeforeValidator(_both)]


def _some(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise ValueError(say("need_some"))
    return value


Some = Annotated[Names, AfterValidator(_some)]
"""One name at least."""


class SaySettings(_Model):
    """What is told to whom."""

    to: Names = ()
    """Roles or people; `salesperson`: the record's own."""
    address: str = ""
    """Outside the company: the field that holds the address, such as `order.contact_phone`."""
    by: Names = ()
    """Connections that carry it; empty: as each recipient can be reached first."""
    title: Words
    """In a few words, a template."""
    text: Words
    """What it says, a template in Markdown of emphasis, lists and links."""
    over: Words | None = None
    """What is said when it is over, a template; none: nothing."""
    template: str = ""
    """The code of the text, of channels whose texts are fixed."""
    parameters: dict[str, str] = {}
    """What is filled into that text: templates."""
    urgent: bool = False
    """Told at any hour."""

    @model_validator(mode="after")
    def _reaches_somebody(self) -> SaySettings:
        if bool(self.to) == bool(self.address):
            raise ValueError(say("rule_to_whom"))
        return self


class PauseSettings(_Model):
    """Flows that are paused."""

    flows: Some
    """Their names: nothing more is delivered by them until somebody says so."""
    records: int = Field(default=1, ge=1)
    """It must hold for so many records."""
    resume: bool = False
    """They go on by themselves when it is over; else a person says so."""
    why: Words
    """Why, a template: what people are told and shown."""
    to: Names = ()
    """Roles or people who hear of it; empty: whoever gets the daily report."""
    by: Names = ()
    """Connections that carry it; empty: as each recipient can be reached first."""
    urgent: bool = False
    """Told at any hour."""


class TodoSettings(_Model):
    """A to-do for somebody, in the system in which they work."""

    to: Some
    """Whose it is: the first of these whom that system knows, `salesperson`, a role or a name."""
    by: str = ""
    """Connection in which it is made; empty: the one that orders come from."""
    title: Words
    """In a few words, a template."""
    text: Words
    """What is to be done, and why: a template."""
    days: int | None = Field(default=None, ge=0)
    """Working days that they have; none: no day is set."""
    most: int = Field(default=50, ge=1)
    """To-dos that the rule makes a day at most; people hear of what more there is."""


class AskSettings(_Model):
    """Who looks at a record before it is delivered, as a department of its flow's review."""

    who: Some
    """Roles or people, any of whom may answer."""
    why: Words
    """Why they are asked, a template."""
    asks: Names = ()
    """Fields that must be given with an approval: they are laid over the record."""
    shows: Names = ()
    """What they are shown besides, and what is kept as it was then."""


class RuleSettings(_Model):
    """One rule."""

    on: str
    """Kind of record that it watches."""
    source: str = Field(default="", alias="from")
    """Connection they come from; empty: where they begin, or the hub."""
    set: dict[str, Annotated[Threshold, BeforeValidator(_decimal)]] = {}
    """Values by name, for conditions and texts: what sites set otherwise."""
    when: str
    """The condition, in the expression language of mappings."""
    wait: Duration = Field(default=0.0, alias="for")
    """How long it must hold before anything follows."""
    repeat: Duration | None = None
    """After how long it is told again, as long as it holds; none: never."""
    digest: bool = False
    """Told in the daily report, all in one."""
    say: SaySettings | None = None
    """What is told to whom."""
    release: bool = False
    """Of `material_requirement`: what is suggested is released."""
    pause: PauseSettings | None = None
    """Flows that are paused while it holds."""
    todo: TodoSettings | None = None
    """A to-do for each record; it is done when it is over."""
    review: AskSettings | None = None
    """Who looks at the record before it is delivered, while it holds."""
    cases: tuple[dict[str, Any], ...] = ()
    """Examples, that prove it: a record, perhaps `was`, `today` and joined records; whether it
    `holds`, what it `says`."""
