"""What strangers may send, made up: answers, files, expressions, records."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import strategies as st

from connector.contract import Shape
from tests.prove.strangers import Said

MAPPINGS = Path(__file__).parents[2] / "mappings"

NUMBERS = st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent),
    st.integers(-(10**18), 10**18),
    st.integers(-30, 30),
)
NASTY = st.sampled_from([
    "", " ", "0", "00", "-1", "１", "²", "1e3", "NaN", "Infinity", "true", "null", "是", "→", "'",
    "\x00", "\u202e", "\ud7ff", "🙂", "2026-11-20", "2026-13-45", "0000-00-00", "9999-12-31",
    "0001-01-01", "2026-11-20T00:00:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00",
    "20261120", "1732060800000", "-62135596800001", "9" * 30, "x" * 300, "第" * 5000, "{number}",
])  # fmt: skip
TEXTS = NASTY | st.text(max_size=12)
SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**18), 10**18), NUMBERS, TEXTS,
    st.sampled_from([253402300800000, -62135596800001, 10**30]),
)  # fmt: skip
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def maybe(plausible: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly what is expected, now and then anything."""
    return st.one_of(plausible, plausible, plausible, JSON)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A table of which each field may be missing."""
    return st.fixed_dictionaries({}, optional=fields)


# -- answers --------------------------------------------------------------------------------------

KEYS = st.sampled_from([0, 1, 2, 100001, "1", "2", "", "x", True])
WORDS = st.sampled_from([
    "价格不对", "数据库操作失败，请稍后重试", "您没有销售订单的审核权限", "会话信息已丢失",
    "违反字段唯一性要求：编码唯一。[A] 在 X 中已经被使用。", "",
])  # fmt: skip
PLACES = st.sampled_from([0, 1, 7, -1, None, "0"])
GALAXY_STATUS = some(
    IsSuccess=maybe(st.sampled_from([True, True, False, "true", "false"])),
    MsgCode=maybe(st.sampled_from([0, 1, 2, 6, 7, 9, 10, 11, 13, 14, 15, "11"])),
    ErrorCode=JSON,
    SuccessEntitys=maybe(st.lists(maybe(some(Id=KEYS, Number=TEXTS, DIndex=PLACES)), max_size=3)),
    Errors=maybe(st.lists(maybe(some(Message=WORDS, FieldName=TEXTS, DIndex=PLACES)), max_size=3)),
)
GALAXY_RESULT = some(
    ResponseStatus=maybe(GALAXY_STATUS), NeedReturnData=maybe(st.lists(some(FID=KEYS))),
    Message=WORDS, Id=KEYS, Number=TEXTS,
)  # fmt: skip
ROWS = st.lists(st.lists(SCALARS, max_size=4), max_size=4)
GALAXY_BODY = maybe(
    st.one_of(
        st.fixed_dictionaries({"Result": maybe(GALAXY_RESULT)}),
        ROWS,
        GALAXY_RESULT.map(lambda result: [[{"Result": result}]]),
    )
)
LISTED = some(
    dataList=maybe(st.lists(maybe(some(_id=KEYS, note=JSON, is_deleted=JSON)), max_size=3))
)
FXIAOKE_BODY = maybe(
    some(
        errorCode=maybe(st.sampled_from([0, 0, 0, "0", -1, 20016, 30002, 50009, 14001, 999999])),
        errorMessage=WORDS,
        dataId=maybe(KEYS),
        data=maybe(LISTED),
        dataList=maybe(st.lists(JSON, max_size=2)),
    )
)
STATUSES = st.sampled_from([
    200, 200, 200, 200, 200, 201, 204, 206, 302, 304, 400, 401, 403, 404, 407, 408, 429, 500, 502,
    503, 519, 599,
])  # fmt: skip
HEADERS = some(**{
    "Date": st.sampled_from([
        "Sat, 21 Nov 2026 08:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -2359", "x", "", "1 1 1 1:1",
        "Mon, 01 Jan 0001 00:00:00 +2359", "Sat, 21 Nov 2026 25:61:61 GMT",
    ]),
    "Retry-After": st.sampled_from(["0", "7", "-1", "٣", "²", "9" * 400, "x", "1e9"]),
    "Content-Type": st.sampled_from(["text/html", "application/json", "x"]),
    "Set-Cookie": st.sampled_from(["kdservice-sessionid=1; path=/", "=;=", "x"]),
})  # fmt: skip


def _bytes(body: Any) -> bytes:
    return msgspec.json.Encoder(decimal_format="number").encode(body)


def _cut(body: bytes, at: int) -> bytes:
    return body[: at % (len(body) + 1)]


def answers(bodies: st.SearchStrategy[Any]) -> st.SearchStrategy[Said]:
    """Answers of a system whose bodies look like these, or like nothing at all."""
    whole = bodies.map(_bytes)
    other = st.one_of(
        st.builds(_cut, whole, st.integers(0, 999)),
        whole.map(lambda body: body.decode().encode("gb18030")),
        whole.map(lambda body: b"\xef\xbb\xbf" + body),
        st.sampled_from(
            [b"", b"null", b"true", b"<html>502</html>", b"response_error: x", b"\xff"]
        ),
        st.binary(max_size=20),
    )
    return st.builds(Said, STATUSES, st.one_of(whole, whole, whole, other), HEADERS)


SAID = {"kingdee_galaxy": answers(GALAXY_BODY), "fxiaoke": answers(FXIAOKE_BODY)}


# -- expressions ----------------------------------------------------------------------------------

WORDS_OF_EXPRESSIONS = st.sampled_from([
    "a", "b", "name", "flag", "none", "record.a", "客户", "1", "0", "1.5", "1e999999", "0x1f", "''",
    '"x"', '"', "'", "null", "true", "+", "-", "*", "/", "//", "%", "**", "==", "!=", "<", ">=",
    "and", "or", "not", "in", "?", ":", "??", "(", ")", "[", "]", "{", "}", ",", ".", "&.",
    "$abs", "$sum",
    "$min([1])", "$now", "$re", "=~", "<<", "|", "&", "^", "for", "#", "\n", "\\", 'd"2026-01-01"',
    't"P1D"', "__class__", "[x for x in a]", "9 ** 9 ** 9", "inf", "nan",
])  # fmt: skip
EXPRESSIONS = st.one_of(
    st.text(max_size=60),
    st.lists(WORDS_OF_EXPRESSIONS, max_size=25).map(" ".join),
    st.lists(WORDS_OF_EXPRESSIONS, max_size=25).map("".join),
    st.builds(lambda word, n: word * n, WORDS_OF_EXPRESSIONS, st.integers(1, 260)),
    st.builds(lambda word, n: f"{word} " * n + "a", WORDS_OF_EXPRESSIONS, st.integers(1, 130)),
)

# -- files ----------------------------------------------------------------------------------------

PIECES = st.sampled_from([
    "a: ", "b: ", "- ", "? ", ": ", "{", "}", "[", "]", ",", "&x ", "*x", "<<: ", "!!binary ",
    "!!set ", "!!timestamp ", "!!float ", "!!int ", "!!python/object:os.system ", "!x ", "!!omap ",
    "!!pairs ", "!!bool ", "!!null ", "|", ">", "'", '"', "#", "---\n", "...\n", "%YAML 1.1\n",
    "%TAG ! x\n", "\n", "\n  ", "\n    ", "\t", "0x", "0o9", "1_0", ".inf", "-.nan", "1e999",
    "2026-13-45", "12:30:45", "~", "yes", "客户", "\x07", "\x85", "\u2028", "\ufeff", "9" * 5000,
    "x" * 2000, "[" * 40,
])  # fmt: skip
FILES = st.one_of(
    st.text(max_size=60),
    st.lists(PIECES, max_size=20).map("".join),
    st.lists(PIECES | TEXTS, max_size=20).map("".join),
)
SHIPPED = sorted(MAPPINGS.glob("*/*.yaml"))


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """A shipped mapping that somebody edited in a hurry."""
    files = [path for path in SHIPPED if path.parent.name in SAID]
    lines = draw(st.sampled_from(files)).read_text("utf-8").splitlines()
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        name, _, value = lines[at].partition(": ")
        lines[at] = draw(
            st.sampled_from([
                "", f"  {lines[at]}", lines[at].strip(), name, f"{name}:", f"{name}: ",
                f"{name}: 5", f"{name}: true", f"{name}: []", f"{name}: {{}}", f"{name}: [{{}}]",
                f"{name}: x.y",
                f"{lines[at]}\n{lines[at]}", f"{name}: {{from: {value}}}", f"{value}: {name}",
                f"{name}: {{from: number, scale: 1e9}}", f"{name}: {{expr: 'a +'}}",
                f"{name}: {{from: number, cut: x, max_bytes: -1, scale: 40}}",
                f"{name}: {{call: digits, from: []}}", f"{name}: {{value: .inf}}",
                f"{name}: {{template: '{{'}}", f"{name}: {{from: number, tolerance: .nan}}",
            ])
        )  # fmt: skip
    return "\n".join(lines) + "\n"


# -- records --------------------------------------------------------------------------------------


def records(shape: Shape) -> st.SearchStrategy[dict[str, Any]]:
    """Records of a form: its fields hold anything, its tables mostly rows."""
    fields = dict.fromkeys(shape.fields, JSON)
    tables = {
        name: maybe(
            st.lists(
                st.fixed_dictionaries({}, optional=dict.fromkeys((*table.fields, table.key), JSON)),
                max_size=3,
            )
        )
        for name, table in shape.tables.items()
    }
    return st.fixed_dictionaries({}, optional={**fields, **tables})
