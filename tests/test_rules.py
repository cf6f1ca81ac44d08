"""Every example and every case: what a rule must find, must leave alone and must write.

A case is a Python block in ``tests/rules/<name>.md``.  Its heading is the test's name; a comment
``# OAI101`` (or ``# OAI101, OAI103``) at the end of a line is the verdict on that line and is
taken out before the block is read; a block without one must be silent for every rule.  A block
``python fixed`` is what ``--fix --unsafe-fixes`` makes of the block before it.

``<key>`` stands for a random key of the real shape, the same all through a case, and ``<>`` for
nothing at all, so that no text here has the shape of a key.  Words after ``python`` set the scene:
``target=3``, ``path=tests/test_x.py``, ``select=OAI402``, ``httpx``/``httpx2`` (the configured
library), ``today=2026-11-22``, ``httpx=<0.28`` (the range of httpx), ``packages=openai,httpx`` (the
declared dependencies), ``safe`` (only safe fixes are applied), ``shown`` (those that are only shown
are applied, too), ``only`` (verdicts of other rules than the file's own are not compared), ``low``
(report findings of low confidence).

Blocks ``dotenv``, ``requirements``, ``toml`` and ``lock`` are cases for files that are not Python
(``.env``, ``requirements.txt``, ``pyproject.toml``, ``uv.lock`` unless ``path=`` says otherwise);
``tracked`` says that git keeps the file.
"""

from __future__ import annotations

import ast
import datetime
import random
import re
import string
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from oai_lint import engine, gate, rules
from oai_lint.config import Config, Selection
from oai_lint.patch import Safety, apply
from oai_lint.rule import REGISTRY, Confidence, Example
from oai_lint.source import Source
from oai_lint.target import Target, parse_range

rules.load()

BLOCK = re.compile(
    r"^## (?P<title>[^\n]+)$"
    r"|^(?P<fence>```+)(?P<language>python|dotenv|requirements|toml|lock) ?(?P<words>[^\n]*)\n"
    r"(?P<code>.*?)^(?P=fence)$",
    re.M | re.S,
)
VERDICT = re.compile(r"[ \t]*# (?P<codes>OAI\d{3}(?:, OAI\d{3})*)$", re.M)
PATHS = {
    "python": "app.py",
    "dotenv": ".env",
    "requirements": "requirements.txt",
    "toml": "pyproject.toml",
    "lock": "uv.lock",
}
CASES = sorted((Path(__file__).parent / "rules").glob("*.md"))


class Case(NamedTuple):
    file: str
    title: str
    language: str
    words: tuple[str, ...]
    code: str
    fixed: str | None


def _key() -> str:
    letters = random.Random(7)
    return "sk-" + "".join(letters.choices(string.ascii_letters + string.digits, k=48))


def _expanded(text: str) -> str:
    return text.replace("<key>", _key()).replace("<>", "")


def _cases() -> Iterator[Case]:
    for path in CASES:
        prelude, title = "", ""
        pending: Case | None = None
        for block in BLOCK.finditer(path.read_text(encoding="utf-8")):
            if block["title"]:
                title = block["title"]
                continue
            words = tuple(block["words"].split())
            code = _expanded(block["code"])
            if words[:1] == ("prelude",):
                prelude = code
            elif words[:1] == ("fixed",):
                assert pending is not None, f"{path.name}: nothing to fix before {title}"
                yield pending._replace(fixed=prelude + code)
                pending = None
            else:
                if pending is not None:
                    yield pending
                pending = Case(path.stem, title, block["language"], words, prelude + code, None)
        if pending is not None:
            yield pending


def _config(words: tuple[str, ...], code: str, path: str) -> tuple[Config, str]:
    opt_in = code and not REGISTRY[code].on  # a rule that is asked for by code speaks in tests too
    # Before any model was shut down; cases about that say which day it is.
    start = datetime.date(2020, 1, 1)
    config = Config(selections=(Selection(extend=(code,)),) if opt_in else (), today=start)
    for word in words:
        key, _, value = word.partition("=")
        if key == "target":
            target = replace(config.target, openai=parse_range(value), declared=True)
            config = replace(config, target=target)
        elif key == "today":
            config = replace(config, today=datetime.date.fromisoformat(value))
        elif key == "path":
            path = value
        elif key == "httpx" and value:
            target = replace(config.target, httpx=parse_range(value))
            config = replace(config, target=target)
        elif key == "packages":
            target = replace(config.target, packages=frozenset(value.split(",")))
            config = replace(config, target=target)
        elif key == "httpx":
            config = replace(config, http_client="httpx")
        elif key == "httpx2":
            config = replace(config, http_client="httpx2")
        elif key == "select":
            config = replace(config, selections=(*config.selections, Selection(extend=(value,))))
        elif key == "low":
            config = replace(config, confidence=Confidence.LOW)
        else:
            assert key in ("safe", "shown", "only", "tracked"), f"unknown word {word!r}"
    return config, path


def _code_of(name: str) -> str:
    return next((code for code, rule in REGISTRY.items() if rule.name == name), "")


def _verdicts(text: str) -> tuple[str, set[tuple[int, str]]]:
    expected: set[tuple[int, str]] = set()
    for number, line in enumerate(text.split("\n"), 1):
        match = VERDICT.search(line)
        if match:
            expected.update((number, code) for code in match["codes"].split(", "))
    return VERDICT.sub("", text), expected


def _lines(source: Source, found: list[engine.Diagnostic]) -> set[tuple[int, str]]:
    return {(source.position(d.start)[0] + 1, d.code) for d in found}


def _scene(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Source, Config]:
    """Return the file of a case and its settings, and prepare what lies around the file."""
    text, _ = _verdicts(case.code)
    config, path = _config(case.words, _code_of(case.file), PATHS[case.language])
    if case.language != "python":  # what lies around the file is looked at
        monkeypatch.chdir(tmp_path)
        kept = "tracked" in case.words
        monkeypatch.setattr("oai_lint.git.tracked", lambda _, names: set(names) if kept else set())
    return Source(path, text), config


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{c.file}: {c.title}") for c in _cases()])
def test_case(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, config = _scene(case, tmp_path, monkeypatch)
    path, code = source.path, _code_of(case.file)
    _, expected = _verdicts(case.code)
    assert gate.worth_reading(source.text.encode()) or not expected
    found = engine.check(source, config)
    actual = _lines(source, found)
    if "only" in case.words:
        actual = {(line, c) for line, c in actual if c == code}
    assert actual == expected, "\n".join(f"{d.code} {d.message}" for d in found)
    safety = Safety.SAFE if "safe" in case.words else Safety.UNSAFE
    safety = Safety.SHOW if "shown" in case.words else safety
    fixed = engine.fix(source, config, safety=safety)
    assert not fixed.failed
    if case.fixed is not None:
        assert fixed.text == case.fixed
    if case.language == "python" and not any(d.code == "OAI900" for d in found):
        ast.parse(fixed.text)
    again = engine.fix(Source(path, fixed.text), config, safety=safety)
    assert again.text == fixed.text, "a second run changes it again"


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{c.file}: {c.title}") for c in _cases()])
def test_each_fix_alone_leaves_nothing_new(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, config = _scene(case, tmp_path, monkeypatch)
    found = engine.check(source, config)
    before = Counter(d.code for d in found)
    for diagnostic in found:
        if diagnostic.fix is None:
            continue
        text, _ = apply(source.text, [diagnostic.fix.edits])
        after = engine.check(Source(source.path, text), config, gated=False)
        new = Counter(d.code for d in after) - before
        assert not new, f"{diagnostic.code} at {diagnostic.start}:\n{text}"


def _examples() -> Iterator[tuple[str, Example]]:
    for code, rule in sorted(REGISTRY.items()):
        if not rule.facts:  # about the linting itself: no facts, tested elsewhere
            continue
        for example in rule.examples:
            yield code, example


@pytest.mark.parametrize(
    ("code", "example"), [pytest.param(c, e, id=f"{c}-{i}") for i, (c, e) in enumerate(_examples())]
)
def test_example(code: str, example: Example) -> None:
    rule = REGISTRY[code]
    bad = _expanded(example.bad)
    today = datetime.date(2026, 11, 22)
    config = Config(selections=(Selection(extend=(code,)),), today=today)
    if rule.starts:
        version = ".".join(map(str, rule.starts))
        range_ = parse_range(f">={version}")
        packages = frozenset({"openai"})
        config = replace(config, target=Target(openai=range_, declared=True, packages=packages))
    source = Source(example.path, bad)
    assert gate.worth_reading(bad.encode())
    assert code in {d.code for d in engine.check(source, config)}
    if example.good is not None:
        only = replace(config, selections=(Selection(select=(code,)),))
        fixed = engine.fix(source, only, safety=Safety.UNSAFE)
        assert fixed.text == _expanded(example.good)
        assert code not in {d.code for d in fixed.left}
