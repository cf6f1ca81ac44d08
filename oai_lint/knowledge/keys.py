"""What a text in place of an API key is: a real key, a request to put one there, a stand-in.

Shapes are those of the public detectors (gitleaks, trufflehog); the infix is the base64 of
"OpenAI".  What looks made up (a run, a sequence, a word) is no real key.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum
from typing import Final, NamedTuple

INFIX: Final = "T3BlbkFJ"
ENOUGH: Final = 40
"""So many characters after the prefix make a real key wherever it stands."""
ENOUGH_IN_PLACE: Final = 20
"""So many do where a key for OpenAI's own host is due."""


class Kind(StrEnum):
    """What a text is that stands in place of a key."""

    REAL = "real"
    PLACEHOLDER = "placeholder"
    DUMMY = "dummy"
    EMPTY = "empty"


class Found(NamedTuple):
    """A real key in a longer text."""

    start: int
    end: int
    key: str


_EDGE = r"(?<![A-Za-z0-9_-])"
_SHAPE = re.compile(
    rf"{_EDGE}sk-(?:(?:proj|svcacct|service|admin|None)-(?P<long>[A-Za-z0-9_-]{{20,}})"
    r"|(?P<plain>[A-Za-z0-9]{20,})(?![A-Za-z0-9_-]))"
)
# Nor a piece of a longer text in base64, which says OpenAI in the same letters.
_INFIXED = re.compile(
    rf"(?<![A-Za-z0-9_+/-])[A-Za-z0-9_-]{{8,120}}{INFIX}[A-Za-z0-9_-]{{8,120}}(?![A-Za-z0-9_+/=-])"
)
_AZURE = re.compile(r"[A-Za-z0-9]{32,}")
_RUN = re.compile(r"(.)\1{4,}")
_WORDS = re.compile(
    r"test|fake|dummy|exampl|sample|mock|your|placeholder|redacted|secret|qwert|asdf|xxxx|dead",
    re.I,
)
_FEWEST = 12
"""A real key has at least so many different characters."""

_GAP = r"[-_ ]?"
_PLACEHOLDER = re.compile(
    "|".join((
        # Marks: <key>, ..., xxxx, ****, [key], {key}, $KEY, %KEY%
        r"<[^<>]+>", r"\.\.\.", "…", "x{4,}", r"^(?:sk-(?:proj-)?)?x{2,}$", r"\*{3,}", "#{3,}",
        r"^\[[^\]]+\]$", r"^\$?\{[^{}]+\}$", r"^\$[A-Z_]+$", r"^%[A-Z_]+%$",
        # Your key, my key, key here
        "your", rf"(?<![a-z])my{_GAP}(?:(?:super|own|real|secret|open{_GAP}ai){_GAP})*"
        "(?:api|key|token|secret)", r"(?:^|[-_ ])here(?![a-z])", rf"key{_GAP}here",
        rf"(?<![a-z])(?:insert|replace|enter|paste|put|fill|provide|change{_GAP}(?:me|this)"
        rf"|to{_GAP}do)(?![a-z])",
        # The bare name: API_KEY, openai-api-key
        rf"^(?:sk-)?(?:(?:the|an?|azure|open{_GAP}ai|chat{_GAP}gpt|gpt){_GAP})*"
        rf"(?:api{_GAP}(?:key|token)|openai{_GAP}key)$",
        # In other languages
        "你的", "您的", "填", "输入", "替换", "密钥", "自己的", "あなた", "여기",
        r"(?<!\w)(?:sua|seu|votre|ваш)(?!\w)",
    )),
    re.I,
)  # fmt: skip
_VENDOR = re.compile(
    r"anthropic|claude|deepseek|dashscope|qwen|tongyi|moonshot|kimi|stability|openrouter|silicon"
    r"|langfuse|litellm|zhipu|glm|mistral|groq|together|cohere|gemini|yi_|baichuan|minimax|aimlapi",
    re.I,
)
_PREFIX = re.compile(r"\s*bearer\s+", re.I)
_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"))
_QUOTES = "\"'`“”„‟‘’‚‛«»"
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"), "-")


def real_keys(text: str, least: int = ENOUGH) -> list[Found]:
    """Return the real keys in a text, those with at least ``least`` characters after the prefix."""
    if "sk-" not in text and INFIX not in text:
        return []
    found = [
        Found(match.start(), match.end(), match[0])
        for match in _INFIXED.finditer(text)
        if _credible(match[0].replace(INFIX, "").removeprefix("sk-"))
    ]
    for match in _SHAPE.finditer(text):
        body = match["long"] or match["plain"]
        inside = any(one.start < match.end() and match.start() < one.end for one in found)
        if not inside and len(body) >= least and _credible(body):
            found.append(Found(match.start(), match.end(), match[0]))
    return sorted(found)


def is_azure_key(text: str) -> bool:
    """Say whether a text has the look of a key of an Azure resource."""
    return _AZURE.fullmatch(text) is not None and _credible(text)


def kind_of(text: str, least: int = ENOUGH) -> Kind:
    """Say what a text in place of a key (``Bearer`` before it left out) is."""
    bare = without_scheme(text).strip()
    if real_keys(bare, least):
        return Kind.REAL
    if not bare:
        return Kind.EMPTY
    return Kind.PLACEHOLDER if _PLACEHOLDER.search(bare) else Kind.DUMMY


def real_key(text: str, hosts: Collection[str] = (), label: str = "") -> Found | None:
    """Return the key of OpenAI or Azure in a text.

    Args:
        text: the text.
        hosts: whose servers it goes to (values of ``Host``), as far as that is seen.
        label: the name that it is given.
    """
    found = real_keys(text, ENOUGH_IN_PLACE if "openai" in hosts else ENOUGH)
    for one in found:
        foreign = bool(hosts) and all(host in ("local", "foreign") for host in hosts)
        if is_marked(one.key) or not (foreign or _VENDOR.search(label)):
            return one
    bare = without_scheme(text)
    if "azure" in hosts and is_azure_key(bare):
        return Found(len(text) - len(bare), len(text), bare)
    return None


def is_marked(key: str) -> bool:
    """Say whether a key can only be OpenAI's: others use the plain prefix too."""
    return INFIX in key or not re.fullmatch(r"sk-[A-Za-z0-9]+", key)


def without_scheme(text: str) -> str:
    """Return a header's text without ``Bearer``."""
    match = _PREFIX.match(text)
    return text[match.end() :] if match else text


def cleaned(text: str) -> str:
    """Return a key as it must have been meant; the text itself where nothing is wrong with it.

    Not always ASCII: a letter that belongs to no key stays.
    """
    text = text.translate(_ZERO_WIDTH).translate(_DASHES)
    text = unicodedata.normalize("NFKC", text)
    return "".join(c for c in without_scheme(text.strip().strip(_QUOTES)) if _belongs(c))


def fault_of(text: str) -> str:
    """Say what is wrong with the text of a key, in a few words; nothing for a sound one."""
    for fault, bad in (
        ("a line break", any(c in "\r\n" for c in text)),
        ("a tab", "\t" in text),
        ("a space", " " in without_scheme(text).strip(" ") or text != text.strip(" ")),
        ("the prefix `Bearer`, which the SDK adds itself,", _PREFIX.match(text)),
        ("quotes", any(c in _QUOTES[:3] for c in text)),
        ("characters outside ASCII", not text.isascii()),
        ("a control character", not text.isprintable()),
    ):
        if bad:
            return fault
    return ""


def _belongs(character: str) -> bool:
    return not character.isspace() and character not in _QUOTES and character.isprintable()


def _credible(body: str) -> bool:
    return (
        any(c.isdigit() for c in body)
        and any(c.isalpha() for c in body)
        and len(set(body)) >= _FEWEST
        and not _RUN.search(body)
        and not _WORDS.search(body)
        and _steps(body) < 3
    )


def _steps(body: str) -> int:
    """Count the places where three characters follow one another, as in ``abc`` and ``321``."""
    codes = [ord(c) for c in body.lower()]
    return sum(
        one - two == two - three and abs(one - two) == 1
        for one, two, three in zip(codes, codes[1:], codes[2:], strict=False)
    )
