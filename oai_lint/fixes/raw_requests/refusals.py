"""Whether the code asks a parsed answer if it is a refusal.

Without a look at its status, an answer of requests, httpx or aiohttp may be the body of an error.
The SDK raises instead, so that a question such as ``if "error" in data`` would never be true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from oai_lint.facts import File, RawCall
from oai_lint.patch import Node

_KEY: Final = r"[\"']\w+[\"']"
_OF_ALL: Final = r"[\"'](?:error|choices|data|output)[\"']"
"""Keys that tell a refusal from what was asked for."""

_ASKED_ELSEWHERE: Final = re.compile(r"[\"']error[\"'] (?:not )?in |\.get\([\"']error[\"']")


def is_asked_for(raw: RawCall, parsed: Iterable[Node], file: File) -> bool:
    """Say whether what is parsed of an answer may be a refusal where it is read.

    Args:
        raw: the request.
        parsed: the calls of ``json()`` on its answer.
        file: the file.
    """
    around = raw.site.function if raw.site.function is not None else raw.site.outermost
    text = file.code(around) if raw.site.function is not None else file.text
    for node in parsed:
        outer = file.code(file.site(node).parent)
        walrus = re.match(r"\(?(\w+) *:=", outer)
        named = (walrus[1], outer) if walrus else ()
        for name in (*file.site(node).names, file.code(node), *named):
            owner = rf"(?<![\w.]){re.escape(name)}"
            asked = rf"{_KEY} (?:not )?in {owner}(?![\w.\[(])|{owner}\.get\({_OF_ALL}"
            if re.search(rf"{asked}|{owner}\[[\"']error[\"']\]", text):
                return True
            handed_on = re.search(rf"\breturn {owner}[ \t]*(?:#.*)?$", text, re.M)
            if handed_on and _ASKED_ELSEWHERE.search(file.text):
                return True
    return False
