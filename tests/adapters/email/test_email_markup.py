"""Markdown as HTML: what is meant is marked, and nothing that was typed becomes a tag."""

from __future__ import annotations

import time
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.email.markup import page

CASES: list[tuple[str, str]] = [
    ("订单 **SO-1** 已延期", "<p>订单 <strong>SO-1</strong> 已延期</p>"),
    ("**说明：**请处理", "<p><strong>说明：</strong>请处理</p>"),
    ("*急*，**a *b* c**", "<p><em>急</em>，<strong>a <em>b</em> c</strong></p>"),
    ("2 * 3 * 4 ** 5", "<p>2 * 3 * 4 ** 5</p>"),
    ("SO_1_2 `x` #3", "<p>SO_1_2 `x` #3</p>"),
    ("一\n二\n\n三", "<p>一<br>\n二</p>\n<p>三</p>"),
    ("- 甲\n* **乙**\n+ 丙", "<ul><li>甲</li><li><strong>乙</strong></li><li>丙</li></ul>"),
    ("1. 一\n2) 二", '<ol><li value="1">一</li><li value="2">二</li></ol>'),
    ("说：\n7. 七", '<p>说：</p>\n<ol><li value="7">七</li></ol>'),
    ("-5 度\n1.5 倍", "<p>-5 度<br>\n1.5 倍</p>"),
    ("[看](https://a.b/?x=1&y=2)", '<p><a href="https://a.b/?x=1&amp;y=2">看</a></p>'),
    ("[**看**](mailto:a@b.c)", '<p><a href="mailto:a@b.c"><strong>看</strong></a></p>'),
    ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
    ('[x](https://a/"b)', '<p><a href="https://a/&quot;b">x</a></p>'),
    ("<b>1 & 2</b>", "<p>&lt;b&gt;1 &amp; 2&lt;/b&gt;</p>"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "html"), CASES)
def test_emphasis_lists_and_links_are_marked(text: str, html: str) -> None:
    assert page(text).partition("<body>\n")[2].partition("\n</body>")[0] == html


class Tags(HTMLParser):
    """What a mail program sees."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[tuple[str, tuple[str, ...]]] = set()
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add((tag, tuple(name for name, _ in attrs)))
        self.links += [str(value) for name, value in attrs if name == "href"]
        if tag not in ("br", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


KNOWN = {
    ("html", ()), ("head", ()), ("meta", ("charset",)), ("body", ()), ("p", ()), ("br", ()),
    ("ul", ()), ("ol", ()), ("li", ()), ("li", ("value",)), ("strong", ()), ("em", ()),
    ("a", ("href",)),
}  # fmt: skip
PIECES = st.lists(
    st.sampled_from([
        "<", ">", "&", '"', "'", "<b>", "<script>", "<!--", "</p>", "**", "*", "[", "](", ")",
        "https://", "javascript:", "mailto:", "x", " ", "中", "👨‍👩‍👧", "\n", "- ", "1. ", "&lt;",
    ])
).map("".join)  # fmt: skip


@given(PIECES | st.text())
def test_no_text_becomes_a_tag_of_its_own_or_a_link_to_a_program(text: str) -> None:
    tags = Tags()
    tags.feed(page(text))
    tags.close()
    assert tags.seen <= KNOWN
    assert tags.open == []
    assert all(link.startswith(("http://", "https://", "mailto:")) for link in tags.links)


@given(st.text(st.sampled_from("中aé<>&\"'👨\u200d👩 .,")))
def test_text_without_marks_reads_as_it_was_typed(text: str) -> None:
    shown = page(text).partition("<body>\n")[2].partition("\n</body>")[0]
    assert unescape(shown.removeprefix("<p>").removesuffix("</p>")) == (
        text if text.strip() else ""
    )


@pytest.mark.parametrize(
    "piece", ["*", "**a ", "*a ", "[", "[a](", "[a](https://", "**a*b ", "1. "]
)
def test_long_texts_take_no_long_time(piece: str) -> None:
    start = time.monotonic()
    page(piece * 20_000)
    assert time.monotonic() - start < 2
