"""The page behind a link in a message: it shows what a department is asked, and takes its answer.

Looking at it answers nothing, for programs follow links to show a preview; only the form does. It
needs no script, and lets nobody frame or cache it.
"""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import Environment, StrictUndefined

from connector.engine.system import System
from connector.errors import ConnectorError
from connector.messages import Message, say, word
from connector.objects.showing import harmless
from connector.operations import reviewing
from connector.reviews.answering import Verdict
from connector.reviews.board import Board

PAGE = """<!doctype html>
<html lang="{{ language }}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{{ title }}</title>
<style>
body{font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:1em auto;padding:0 1em;color:#222}
h1{font-size:1.3em} dt{color:#666} dd{margin:0 0 .6em} label{display:block;margin:.8em 0}
input,textarea{font:inherit;width:100%;box-sizing:border-box;padding:.5em}
button{font:inherit;padding:.7em 1.2em;margin:.6em .6em 0 0;border:0;border-radius:.3em;color:#fff}
.yes{background:#15803d}.no{background:#b91c1c}.told{padding:.8em;background:#f1f5f9}
</style></head><body><h1>{{ title }}</h1>
{% if told %}<p class="told" role="status">{{ told }}</p>{% endif %}
{% if page %}<dl>{% for name, value in page.said.evidence.items() %}
<dt>{{ name }}</dt><dd>{{ value or "-" }}</dd>{% endfor %}</dl>
{% if open %}<form method="post">
{% for name in page.said.asks %}<label>{{ name }}
<input name="given.{{ name }}" value="{{ form.get('given.' ~ name, '') }}"></label>{% endfor %}
<label>{{ words.comment }}<textarea name="comment" rows="3">{{ form.get('comment', '') }}</textarea>
</label><button class="yes" name="verdict" value="approved">{{ words.approve }}</button>
<button class="no" name="verdict" value="refused">{{ words.refuse }}</button></form>
{% else %}<p class="told">{{ words.over }}</p>{% endif %}{% endif %}
</body></html>"""
_TEMPLATE = Environment(autoescape=True, undefined=StrictUndefined, finalize=harmless).from_string(
    PAGE
)


def review_page(
    system: System, board: Board, method: str, token: str, form: Mapping[str, str]
) -> tuple[int, str]:
    """Status and HTML."""
    status, told = 200, ""
    if method == "POST":
        try:
            _answer(system, board, token, form)
            told = str(say("page_thanks"))
        except ConnectorError as error:
            status, told = 409, str(error)
    try:
        page = reviewing.opened(system, board, token)
    except ConnectorError as error:
        return 403, _rendered(board, told or str(error), None, form)
    return status, _rendered(board, told, page, form)


def _answer(system: System, board: Board, token: str, form: Mapping[str, str]) -> None:
    given = {name.removeprefix("given."): value.strip() for name, value in form.items()
             if name.startswith("given.")}  # fmt: skip
    approves = form.get("verdict") == "approved"
    comment = form.get("comment", "").strip()
    if not approves and (form.get("verdict") != "refused" or not comment):
        raise ConnectorError(say("page_why"))
    verdict: Verdict = "approved" if approves else "refused"
    reviewing.answered(system, board, token, verdict, comment, given if approves else {})


def _rendered(board: Board, told: str, page: reviewing.Page | None, form: Mapping[str, str]) -> str:
    number = (page.review.number or page.review.key) if page else ""
    department = page.said.department if page else ""
    title = say("review_asks", number=number, department=department) if page else say("page_bad")
    over: Message | str = ""
    if page:
        state = word("answer", page.said.state)
        over = say("page_over", department=department, state=state, who=page.said.who)
    words = {"comment": say("page_comment"), "approve": say("page_approve"),
             "refuse": say("page_refuse"), "over": over}  # fmt: skip
    is_open = page is not None and page.review.state == "open" and page.said.state == "open"
    return _TEMPLATE.render(
        language=board.book.language, title=title, told=told, page=page, open=is_open,
        form=form, words=words,
    )  # fmt: skip
