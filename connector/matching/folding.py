"""What is left of a name, a number or a telephone once habits of typing are taken off."""

from __future__ import annotations

import re
import unicodedata

from stdnum.cn import uscc

_FORMS = re.compile(
    "股份有限公司|有限责任公司|有限公司|公司"
    r"|\b(company|co|corporation|corp|incorporated|inc|limited|ltd|llc|gmbh|ag)\b\.?"
)
"""Words for a company's legal form."""
_PUNCTUATION = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d")
_COUNTRY = re.compile(r"^(?:00)?86(?=1\d{10}$)")


def code(text: str) -> str:
    """A number as people mean it: width and case are habits, zeros and dashes are not."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def name(text: str) -> str:
    """A name without width, case, blanks, punctuation, brackets and the company's legal form."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    bare = _PUNCTUATION.sub("", _FORMS.sub("", plain))
    return bare or _PUNCTUATION.sub("", plain)


def phone(text: str) -> str:
    """The digits of a telephone number; empty where there are too few to tell anything."""
    digits = "".join(_DIGITS.findall(unicodedata.normalize("NFKC", text)))
    return _COUNTRY.sub("", digits) if len(digits) >= 7 else ""


def credit_code(text: str) -> str:
    """A unified social credit code (GB 32100); empty where its check character is wrong."""
    found = code(text).replace(" ", "").replace("-", "")
    return found if uscc.is_valid(found) else ""
