"""Which versions of packages the files of a project ask for, with the place of each.

:mod:`oai_lint.metadata` reads the same files for their meaning; there is no reader of TOML or
JSON in the standard library that says where something stands, so places are found by expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oai_lint.facts.plain import Pin, Surroundings
from oai_lint.kinds import Kind, kind_of
from oai_lint.metadata import normalise
from oai_lint.patch import Span
from oai_lint.target import Range, parse_range

_REQUIREMENT = re.compile(
    r"[ \t]*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)[ \t]*(?:\[[^\]\r\n]*\][ \t]*)?"
    r"(?:\((?P<inner>[^()\r\n]*)\)|(?P<bare>[<>=!~](?:(?![ \t]--)[^;#@\\\r\n])*))?"
    r"(?P<rest>[^\r\n]*)"
)
_CLEAN_REST = re.compile(r"[ \t]*(?:[;@]|$)")
_LINE = re.compile(r"(?:\\\r?\n|[^\r\n])+")
_TOML = re.compile(
    r'#[^\n]*|"""(?:\\.|(?!""").)*"""|\'\'\'(?:(?!\'\'\').)*\'\'\''
    r'|"(?P<basic>(?:\\.|[^"\\\r\n])*)"|\'(?P<literal>[^\'\r\n]*)\'',
    re.S,
)
_TABLE = re.compile(r"^[ \t]*\[(?P<name>[^\[\]\r\n]+)\][^\r\n]*$", re.M)
_POETRY = re.compile(r"tool\.poetry\.(?:group\.[^.]+\.)?(?:dev-)?dependencies|(?:dev-)?packages")
_ENTRY = re.compile(
    r"^[ \t]*[\"']?(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*?)[\"']?[ \t]*=[ \t]*"
    r"(?:|(?P<table>\{[^}\r\n]*?\bversion[ \t]*=[ \t]*))"
    r"(?P<quote>[\"'])(?P<version>[^\"'\r\n]*)(?P=quote)(?P<rest>[^\r\n]*)$",
    re.M,
)
_CONDITION = re.compile(r"\b(?:python|markers|platform|sys_platform)\b")
_LOCKED = re.compile(
    r'^\[\[packages?\]\]\s*\nname = "(?P<name>[^"\n]+)"\s*\nversion = "(?P<version>[^"\n]+)"',
    re.M,
)
_PIPENV = re.compile(
    r'^ {8}"(?P<name>[^"\n]+)": \{[^{}]*?"version": "==(?P<version>[^"\n]+)"', re.M
)
_HASHES: Final = "--hash"


def pins(path: str, text: str, around: Surroundings) -> Iterator[Pin]:
    """Yield what a file asks for."""
    match kind_of(path):
        case Kind.REQUIREMENTS:
            for line in _LINE.finditer(text):
                if not line[0].lstrip().startswith(("#", "-")):
                    yield from _requirement(line[0], line.start(), around)
        case Kind.PROJECT:
            yield from _strings(text, around)
            yield from _tables(text, around)
        case Kind.LOCK:
            pattern = _PIPENV if path.endswith("Pipfile.lock") else _LOCKED
            for match in pattern.finditer(text):
                span = Span(*match.span("version"))
                version = match["version"]
                yield Pin(
                    span, normalise(match["name"]), _range(f"=={version}"), True, None, version,
                    False, around,
                )  # fmt: skip


def _requirement(text: str, offset: int, around: Surroundings) -> Iterator[Pin]:
    match = _REQUIREMENT.match(text)
    if match is None:
        return
    group = "inner" if match["inner"] is not None else "bare"
    written = (match[group] or "").strip()
    start = match.start(group) if written else match.end("name")
    end = start + len(match[group].rstrip()) if written else start
    whole = Span(offset + match.start("name"), offset + end)
    # A condition says that there is another line for the other case.
    open_ended = match["rest"].lstrip().startswith((";", "@"))
    yield Pin(
        node=whole,
        package=normalise(match["name"]),
        range=None if open_ended or not written else _range(written),
        locked=False,
        specifier=Span(offset + start, offset + end) if written and _HASHES not in text else None,
        written=written,
        poetry=False,
        around=around,
    )


def _strings(text: str, around: Surroundings) -> Iterator[Pin]:
    for match in _TOML.finditer(text):
        for group in ("basic", "literal"):
            content = match[group]
            found = _REQUIREMENT.match(content or "")
            # A version in quotes would do for a name.
            if found and not found["name"][0].isdigit() and _CLEAN_REST.match(found["rest"]):
                yield from _requirement(content, match.start(group), around)


def _tables(text: str, around: Surroundings) -> Iterator[Pin]:
    tables = list(_TABLE.finditer(text))
    for number, table in enumerate(tables):
        if not _POETRY.fullmatch(table["name"].strip()):
            continue
        end = tables[number + 1].start() if number + 1 < len(tables) else len(text)
        for entry in _ENTRY.finditer(text, table.end(), end):
            version = entry["version"]
            conditional = bool(entry["table"]) and bool(
                _CONDITION.search(entry["table"]) or _CONDITION.search(entry["rest"])
            )
            span = Span(*entry.span("version"))
            yield Pin(
                node=span,
                package=normalise(entry["name"]),
                range=None if conditional or version.strip() == "*" else _range(version),
                locked=False,
                specifier=span,
                written=version,
                poetry=True,
                around=around,
            )


def _range(specifier: str) -> Range | None:
    try:
        return parse_range(specifier)
    except ValueError:
        return None
