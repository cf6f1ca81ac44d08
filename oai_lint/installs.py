"""What a notebook installs for itself: ``%pip install openai==0.28`` decides what runs below it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from oai_lint.metadata import normalise
from oai_lint.target import Range, hull, parse_range

if TYPE_CHECKING:
    from oai_lint.config import Config
    from oai_lint.source import Source

_COMMAND = re.compile(
    r"(?:^[ \t]*[%!]*|[;&])[ \t]*(?:\S*python[\d.]*[ \t]+-m[ \t]+|uv[ \t]+)?"
    r"pip3?[ \t]+install[ \t]+(?=(?P<what>(?:\\\r?\n|[^\r\n])+))",
    re.M,
)
"""A command, with the rest of its line, on which another may follow."""
_REQUIREMENT = re.compile(r"([A-Za-z][\w.-]*)(?:\[[^\]]*\])?\s*((?:[<>=!~].*)?)")
_SHELL = frozenset("<>|&;()")


def considered(source: Source, config: Config) -> Config:
    """Return the settings with the versions that the notebook installs, unless they are set."""
    if config.target.chosen:
        return config
    ranges = dict[str, list[Range]]()
    for name, found in _installed(source):
        ranges.setdefault(name, []).append(found)
    target = config.target
    if "httpx" in ranges:
        target = replace(target, httpx=hull(ranges["httpx"]))
    if "openai" in ranges:
        target = replace(target, openai=hull(ranges["openai"]), declared=True, origin=source.path)
    return config if target is config.target else replace(config, target=target)


def _installed(source: Source) -> Iterator[tuple[str, Range]]:
    """Yield the packages that are installed in versions of a range."""
    for start, end in source.foreign:
        for match in _COMMAND.finditer(source.text[start:end]):
            for word in _words(match["what"].replace("\\\r\n", " ").replace("\\\n", " ")):
                requirement = _REQUIREMENT.fullmatch(word)
                if requirement is None or not requirement[2]:
                    continue
                try:
                    yield normalise(requirement[1]), parse_range(requirement[2])
                except ValueError:
                    continue


def _words(command: str) -> Iterator[str]:
    """Yield the words of a command; without quotes, ``<1`` in ``openai<1`` is a redirection."""
    reader = shlex.shlex(command, posix=True, punctuation_chars="".join(_SHELL))
    reader.whitespace_split = True
    redirected = False
    try:
        for word in reader:
            if not _SHELL.isdisjoint(word) and set(word) <= _SHELL:
                if not set(word) <= {"<", ">"}:
                    return
                redirected = True
            elif redirected:
                redirected = False
            else:
                yield word
    except ValueError:  # a quote that is never closed
        return
