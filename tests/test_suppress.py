"""Comments that silence, and comments that silence nothing."""

from __future__ import annotations

import pytest

from oai_lint import patch, suppress
from oai_lint.config import Config, PerFile, Selection, known
from oai_lint.engine import Diagnostic
from oai_lint.rule import Confidence, Severity
from oai_lint.source import Source

NAME = "positional-api-key"
RAN = frozenset({"OAI111", "OAI900", "OAI902"})


def report(
    text: str, *, at: str = "BAD", config: Config | None = None, ran: frozenset[str] = RAN
) -> list[Diagnostic]:
    """Report OAI111 at every ``at`` and say what is left."""
    known()
    found = []
    start = text.find(at)
    while start >= 0:
        found.append(
            Diagnostic("OAI111", NAME, "m", Severity.ERROR, Confidence.HIGH, start, start + len(at))
        )
        start = text.find(at, start + 1)
    return suppress.apply(Source("a.py", text), found, config or Config(), set(ran))


def left(text: str, **arguments: object) -> list[str]:
    return [item.code for item in report(text, **arguments)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        f"BAD  # oai-lint: ignore[{NAME}]\n",
        "BAD  # oai-lint: ignore[OAI111] the reason\n",
        "BAD  # oai-lint:ignore [ OAI901 , OAI111 ]\n",
        "BAD  # oai-lint: ignore[OAI1]\n",
        "BAD  # oai-lint: ignore\n",
        "BAD  # type: ignore  # oai-lint: ignore[OAI111]\n",
        "# oai-lint: ignore[OAI111]\nBAD\n",
        "# oai-lint: ignore[OAI111]\n# more\n\nBAD\n",
        "BAD + \\\n    1  # oai-lint: ignore[OAI111]\n",
        "f(BAD, '''\n''')  # oai-lint: ignore[OAI111]\n",
        "BAD  # noqa: OAI111\n",
        "BAD  # NOQA:E501,OAI111\n",
        "BAD  # noqa\n",
        "BAD  # noqa: F401 OAI111 why\n",
        f"x = 1\nBAD\n# oai-lint: ignore-file[{NAME}]\n",
        "# oai-lint: ignore-file\nBAD\n",
        "BAD\r# oai-lint: ignore-file[OAI111]\r",
        "BAD  # é😀 oai  # oai-lint: ignore[OAI111]\n",
        "\x0cBAD  # oai-lint: ignore[OAI111]\n",
    ],
)
def test_silenced(text: str) -> None:
    assert left(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "BAD\n1  # noqa: OAI111x\n",
        "BAD  # noqa: F401\n",
        "BAD  # noqa:\n",
        "BAD  # not noqa\n",
        "BAD  # ruff: noqa\n",
        "BAD; x = '# oai-lint: ignore[OAI111]'\n",
        "'''\n# oai-lint: ignore-file\n'''\nBAD\n",
        "BAD\n\n1  # noqa\n",
    ],
)
def test_not_silenced(text: str) -> None:
    assert left(text) == ["OAI111"]


def test_range_of_several_lines() -> None:
    at = "BAD(\n  1,\n)"
    assert left(f"x = {at}  # noqa\n", at=at) == []
    assert left("x = BAD(  # noqa\n  1,\n)\n", at="BAD(  # noqa\n  1,\n)") == []
    assert left("x = BAD(\n  1,  # noqa\n)\n", at="BAD(\n  1,  # noqa\n)") == ["OAI111"]


def test_broken_code_keeps_its_suppressions() -> None:
    assert left("x = (\nBAD  # oai-lint: ignore[OAI111]\n") == []
    assert left("x = '''\nBAD  # noqa: OAI111\n") == []


@pytest.mark.parametrize(
    ("before", "reason", "after"),
    [
        (
            "x = 1  # oai-lint: ignore[OAI111] why\n",
            "`OAI111` has nothing to say on this line",
            "x = 1\n",
        ),
        ("# oai-lint: ignore[OAI111]\nx = 1\n", "on this line", "x = 1\n"),
        ("# oai-lint: ignore-file[OAI111]", "in this file", ""),
        ("x  # a  # oai-lint: ignore[OAI111]  # b\n", "on this line", "x  # a  # b\n"),
        ("x  # oai-lint: ignore[OAI111] # b\n", "on this line", "x  # b\n"),
        ("x  # oai-lint: ignore[OAI111] old, see #12 # b\n", "on this line", "x  # b\n"),
        ("x  # noqa: E501, OAI111\n", "`OAI111` has nothing", "x  # noqa: E501\n"),
        ("x  # noqa: OAI111,E501,F401\n", "`OAI111` has nothing", "x  # noqa: E501,F401\n"),
        ("x  # noqa: OAI111\n", "`OAI111` has nothing", "x\n"),
        (
            "BAD  # oai-lint: ignore[OAI111, OAI902]\n",
            "`OAI902` has",
            "BAD  # oai-lint: ignore[OAI111]\n",
        ),
        (
            "BAD  # oai-lint: ignore[OAI111, OAI111] x\n",
            "named twice",
            "BAD  # oai-lint: ignore[OAI111] x\n",
        ),
        (
            "x  # oai-lint: ignore[positional-key]\n",
            "is no rule; did you mean `positional-api-key`?",
            "x\n",
        ),
        ("x  # noqa: OAI999\n", "`OAI999` is no rule", "x\n"),
        ("x  # oai-lint: ignore[]\n", "it names no rule", "x\n"),
        ("x  # oai-lint: ignore\n", "no rule objects to this line", "x\n"),
        ("x\r\n# oai-lint: ignore[OAI111]\r\ny\r\n", "on this line", "x\r\ny\r\n"),
    ],
)
def test_unused(before: str, reason: str, after: str) -> None:
    known()
    config = Config()
    ran = config.codes | RAN
    (item,) = report(before, ran=ran)
    assert (item.code, item.severity) == ("OAI901", Severity.WARNING)
    assert reason in item.message
    assert item.fix is not None
    assert item.fix.safety is patch.Safety.SAFE
    text, _ = patch.apply(before, [item.fix.edits])
    assert text == after
    assert report(after, ran=ran) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x  # oai-lint: ingore[OAI111]\n", "`ingore` is no directive; did you mean `ignore`?"),
        ("x  # oai-lint: ignore-file\n", "works alone on an unindented line"),
        ("if x:\n  # oai-lint: ignore-file\n  y\n", "works alone on an unindented line"),
    ],
)
def test_useless_without_fix(text: str, reason: str) -> None:
    (item,) = report(text)
    assert reason in item.message
    assert item.fix is None


def test_not_unused_when_the_rule_did_not_run() -> None:
    text = "x  # oai-lint: ignore[OAI111]\n"
    assert left(text, ran=frozenset()) == []
    assert left("x  # oai-lint: ignore\n", ran=frozenset()) == []
    assert left("x  # noqa\n") == []
    assert left("x  # noqa: E501, F401\n") == []


def test_comments_that_are_ignored_let_nothing_through_that_is_too_unsure() -> None:
    config = Config(ignore_noqa=True, confidence=Confidence.HIGH)
    found = [
        Diagnostic("OAI111", NAME, "m", Severity.ERROR, confidence, 0, 3)
        for confidence in (Confidence.HIGH, Confidence.MEDIUM)
    ]
    source = Source("a.py", "BAD  # noqa\nx  # oai-lint: ignore\n")
    assert suppress.apply(source, found, config, set(RAN)) == found[:1]


def test_settings_about_unused_suppressions() -> None:
    text = "x  # oai-lint: ignore[OAI111]\n"
    assert left(text, config=Config(per_file_ignores=(PerFile("a.py", ("OAI901",)),))) == []
    (item,) = report(text, config=Config(fixing=(Selection(ignore=("OAI901",)),)))
    assert item.fix is None
    assert left("x  # oai-lint: ignore[OAI111]  # oai-lint: ignore[unused-suppression]\n") == []
    assert left("x  # oai-lint: ignore[OAI111]  # noqa\n") == ["OAI901"]
