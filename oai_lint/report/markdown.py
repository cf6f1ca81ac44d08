"""A summary for people on a CI system's page, made for ``$GITHUB_STEP_SUMMARY``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from oai_lint.files import shown
from oai_lint.patch import Safety
from oai_lint.report import Look, Result
from oai_lint.report.places import beneath, encodable, home, one_line, url
from oai_lint.report.style import visible

if TYPE_CHECKING:
    from oai_lint.engine import Diagnostic
    from oai_lint.source import Source

MOST: Final = 200
"""How many findings are listed; GitHub refuses a summary of more than 1 MiB."""

_MARKUP = re.compile(r"[\\`*_\[\]<>|~&]")


def markdown(results: Sequence[Result], look: Look) -> Iterator[str]:
    """Write what was found, counted by rule, and where; the most frequent rule first."""
    groups: dict[str, list[Diagnostic]] = {}
    for _, diagnostics in results:
        for item in diagnostics:
            groups.setdefault(item.code, []).append(item)
    total = sum(map(len, groups.values()))
    if not total:
        yield "### oai-lint: no findings\n"
        return
    files = sum(bool(diagnostics) for _, diagnostics in results)
    yield f"### oai-lint: {_count(total, 'finding')} in {_count(files, 'file')}\n\n"
    yield "| Rule | Severity | Findings | Fixable |\n|---|---|---:|---:|\n"
    for code, items in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        name = items[0].name
        severities = " and ".join(dict.fromkeys(item.severity.value for item in items))
        fixable = sum(map(look.fixable, items))
        yield f"| [{code}]({url(code, name)}) {name} | {severities} | {len(items)} | {fixable} |\n"
    yield from _fixes([item for items in groups.values() for item in items], look)
    yield "\n<details><summary>Where</summary>\n\n"
    yield from _listed(results)
    yield "\n</details>\n"


def _fixes(items: Sequence[Diagnostic], look: Look) -> Iterator[str]:
    ready = sum(map(look.fixable, items))
    unsafe = [item for item in items if item.fix and item.fix.safety is Safety.UNSAFE]
    if ready:
        flags = "--fix --unsafe-fixes" if look.unsafe else "--fix"
        yield f"\n`oai-lint check {flags}` fixes {ready} of them.\n"
    if unsafe and not look.unsafe:
        yield f"\n`--unsafe-fixes` would fix {len(unsafe)} more.\n"


def _listed(results: Sequence[Result]) -> Iterator[str]:
    address = _repository(os.environ)
    directory = home()
    count = 0
    for source, diagnostics in results:
        for item in diagnostics:
            count += 1
            if count <= MOST:
                place = _place(source, item, address, directory)
                yield f"- {place} {item.code} {_prose(item.message)}\n"
    if count > MOST:
        yield f"- … and {count - MOST} more\n"


def _repository(variables: Mapping[str, str]) -> str:
    """Return the address of the files of the commit that GitHub Actions runs for, or nothing."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA")
    server, repository, commit = (variables.get(name, "") for name in names)
    return f"{server}/{repository}/blob/{commit}" if server and repository and commit else ""


def _place(source: Source, item: Diagnostic, address: str, directory: str) -> str:
    text = f"{shown(source.path)}:{source.location(item.start)}"
    code = _code(text)
    name = beneath(source.path, directory)
    if not address or name is None or name == "-":
        return code
    line = "" if source.cells else f"#L{source.position(item.start)[0] + 1}"
    return f"[{code}]({address}/{quote(os.fsencode(name))}{line})"


def _prose(text: str) -> str:
    """Return a message as Markdown: what it quotes in backticks stays code."""
    parts = visible(one_line(encodable(text))).split("`")
    if len(parts) % 2 == 0:  # a backtick without a partner
        return _escaped("`".join(parts))
    return "".join(
        _code(part) if number % 2 and part else _escaped(part) for number, part in enumerate(parts)
    )


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", text)


def _code(text: str) -> str:
    """Return a code span, delimited by more backticks than stand in it."""
    text = visible(one_line(encodable(text)))
    longest = max(map(len, re.findall("`+", text)), default=0)
    marks = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{marks}{pad}{text}{pad}{marks}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
