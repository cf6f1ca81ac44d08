"""Whether a file can matter at all, told from its bytes before anything dear is imported."""

from __future__ import annotations

import re

_WORDS = rb"openai|OPENAI|OpenAI|Openai|T3BlbkFJ|sk-[A-Za-z0-9]|oai-lint|OAI[0-9]"
_WORTH = re.compile(_WORDS)
_WORTH_TEXT = re.compile(_WORDS.decode())
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.M)
_PLAIN = frozenset({b"utf-8", b"utf8", b"ascii", b"us-ascii", b"latin-1", b"iso-8859-1"})


def worth_reading(data: bytes) -> bool:
    """Say whether a rule could object to a file with these bytes.

    Never wrong in the quiet direction: a test holds every example and every case against it.
    """
    if _WORTH.search(data):
        return True
    # Words in an encoding that is not a superset of ASCII (UTF-7, EBCDIC) look different.
    cookie = _COOKIE.search(b"\n".join(data[:400].split(b"\n", 2)[:2]))
    return cookie is not None and cookie[1].lower() not in _PLAIN


def text_worth_reading(text: str) -> bool:
    """Say the same of decoded text."""
    return _WORTH_TEXT.search(text) is not None
