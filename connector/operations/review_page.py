"""The page behind a link in a message: it shows what a department is asked and what was said of the
record, and takes an answer, or what somebody says.

Looking at it answers nothing, for programs follow links to show a preview; only the form does. It
needs no script, and lets nobody frame or cache it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined

from connector.engine.system import System
from connector.errors import ConnectorError
from connector.messages import say, word
from connector.objects.showing import harmless
from connector.operations import reviewing
from connector.reviews.board import WAITING, Board

PAGE = """<!doctype html>
<html lang="{{ language }}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{{ title }}</title>
<style>
body{font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:1em auto;padding:0 1em;color:#222}
h1{font-size:1.3em} dt{color:#666} dd{margin:0 0 .6em} label{display:block;margin:.8em 0}
input,textarea{font:inherit;width:100%;box-sizing:border-box;padding:.5em}
button{font:inherit;padding:.7em 1.2em;margin:.6em .6em 0 0;border:0;border-radius:.3em;color:#fff}
.yes{background:#15803d}.no{background:#b91c1c}.ask{background:#92400e}.say{background:#334155}
ol{list-style:none;padding:0}ol p{margin:.1em 0 .8em;white-space:pre-wrap;overflow-wrap:anywhere}
small{color:#666}.told{padding:.8em;background:#f1f5f9}
</style></head><body><h1>{{ title }}</h1>
{% if told %}<p class="told" role="status">{{ told }}</p>{% endif %}
{% if page %}{% if page.said %}<dl>{% for name, value in page.said.evidence.items() %}
<dt>{{ name }}</dt><dd>{{ value or "-" }}</dd>{% endfor %}</dl>{% endif %}
{% if page.review.remarks %}<ol>{% for one in page.review.remarks %}<li>{{ one.who }}
<small>{{ one.at|moment(zone) }}{% if one.department %} {{ one.department }}{% endif %}
{{ word("remark", one.kind) }}</small><p>{{ one.text }}</p></li>{% endfor %}</ol>{% endif %}
{% if over %}<p class="told">{{ over }}</p>{% endif %}
{% if answers or page.speaks %}<form method="post">
{% if answers %}{% for name in page.said.asks %}<label>{{ name }}
<input name="given.{{ name }}" value="{{ form.get('given.' ~ name, '') }}"></label>{% endfor %}
{% endif %}
<label>{{ words.comment }}<textarea name="comment" rows="3" maxlength="2000">
{{ form.get('comment', '') }}</textarea></label>
{% if answers %}<button class="yes" name="verdict" value="approved">{{ words.approve }}</button>
<button class="ask" name="verdict" value="returned">{{ words.back }}</button>
<button class="no" name="verdict" value="refused">{{ words.refuse }}</button>{% endif %}
{% if page.speaks %}
<button class="say" name="verdict" value="said">{{ words.say }}</button>{% endif %}
</form>{% endif %}{% endif %}
</body></html>"""


def _moment(at: float, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at, zone):%Y-%m-%d %H:%M}"


_ENVIRONMENT = Environment(autoescape=True, undefined=StrictUndefined, finalize=harmless)
_ENVIRONMENT.filters["moment"] = _moment
_ENVIRONMENT.globals["word"] = word
_TEMPLATE = _ENVIRONMENT.from_string(PAGE)


def review_page(
    system: System, board: Board, method: str, token: str, form: Mapping[str, str]
) -> tuple[int, str]:
    """Status and HTML."""
    status, told = 200, ""
    if method == "POST":
        try:
            _answer(system, board, token, form)
            told, form = str(say("page_thanks")), {}
        except ConnectorError as error:
            status, told = 409, str(error)
    try:
        page = reviewing.opened(system, board, token)
    except ConnectorError as error:
        return 403, _rendered(system, board, told or str(error), None, form)
    return status, _rendered(system, board, told, page, form)


def _answer(system: System, board: Board, token: str, form: Mapping[str, str]) -> None:
    if form.get("verdict") == "said":
        reviewing.spoken(system, board, token, form.get("comment", ""))
    else:
        reviewing.answered(system, board, token, reviewing.Reply.of(form))


def _rendered(
    system: System,
    board: Board,
    told: str,
    page: reviewing.Page | None,
    form: Mapping[str, str],
) -> str:
    number = (page.review.number or page.review.key) if page else ""
    title = say("review_talks", number=number) if page else say("page_bad")
    answers, over = False, ""
    if page and page.said:
        said = page.said
        title = say("review_asks", number=number, department=said.department)
        answers = page.review.state == "open" and said.state in WAITING
        state = word("answer", said.state)
        if not answers:
            told_of = say("page_over", department=said.department, state=state, who=said.who)
            over = str(told_of)
    words = {"comment": say("page_comment"), "approve": say("page_approve"),
             "refuse": say("page_refuse"), "back": say("page_return"),
             "say": say("page_say")}  # fmt: skip
    return _TEMPLATE.render(
        language=board.book.language, zone=system.own_zone, title=title, told=told, page=page,
        answers=answers, over=over, form=form, words=words,
    )  # fmt: skip
