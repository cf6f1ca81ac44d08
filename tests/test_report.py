"""How findings look."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Sequence
from pathlib import Path

import pytest

from oai_lint.engine import Diagnostic, Place
from oai_lint.patch import Edit, Fix, Safety
from oai_lint.report import Look, Result, render
from oai_lint.report.style import Style, visible, width
from oai_lint.report.summary import Tally, diff, summary
from oai_lint.rule import Confidence, Severity
from oai_lint.source import Source

PLAIN = Look(Style())


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(
    text: str,
    at: str,
    *,
    edits: Sequence[Edit] = (),
    safety: Safety = Safety.SAFE,
    severity: Severity = Severity.ERROR,
    related: tuple[Place, ...] = (),
) -> Diagnostic:
    start = text.index(at)
    fix = Fix("Mend it", tuple(edits), safety) if edits else None
    return Diagnostic(
        "OAI111", "positional-api-key", "Wrong", severity, Confidence.HIGH,
        start, start + len(at), fix, related,
    )  # fmt: skip


def replacing(text: str, old: str, new: str) -> Edit:
    start = text.index(old)
    return Edit(start, start + len(old), new)


def full(text: str, *items: Diagnostic, look: Look = PLAIN) -> str:
    return "".join(render("full", [(Source("a.py", text), items)], look))


def test_frame_and_fix() -> None:
    text = "one\ntwo\nthree BAD x\nfour\nfive\nsix\n"
    edit = replacing(text, "BAD", "GOOD")
    assert (
        full(text, found(text, "BAD", edits=[edit]))
        == """\
OAI111 [*] Wrong
 --> a.py:3:7
  |
1 | one
2 | two
3 | three BAD x
  |       ^^^
4 | four
5 | five
  |
help: Mend it
  |
2 | two
  - three BAD x
3 + three GOOD x
4 | four
  |

"""
    )


def test_wide_characters_and_tabs() -> None:
    text = "\t日本 BAD e\u0301 BAD2\n"
    assert "1 |     日本 BAD e\u0301 BAD2\n  |          ^^^\n" in full(text, found(text, "BAD"))
    assert f"  | {' ' * 15}^^^^\n" in full(text, found(text, "BAD2"))
    assert width("\t日e\u0301") == 7


def test_several_lines() -> None:
    text = "a = f(\n  1,\n)\nb\n"
    assert (
        full(text, found(text, "f(\n  1,\n)"))
        == """\
OAI111 Wrong
 --> a.py:1:5
  |
1 |   a = f(
  |  _____^
2 | |   1,
3 | | )
  | |_^
4 |   b
  |

"""
    )
    text = "  f(\n1)\n"
    assert "1 | /   f(\n2 | | 1)\n  | |__^\n" in full(text, found(text, "f(\n1)"))


def test_many_lines_are_folded() -> None:
    text = "f(\n" + "1,\n" * 50 + ")\n"
    shown = full(text, found(text, text[:-1]))
    assert len(shown.splitlines()) < 16
    assert "\n 4 | | 1,\n... |\n49 | | 1,\n" in shown


def test_ends_of_file() -> None:
    assert full("", found("", "")).startswith("OAI111 Wrong\n --> a.py:1:1\n\n")
    assert "2 |\n  | ^\n" in full(
        "a\n", Diagnostic("X", "x", "m", Severity.INFO, Confidence.LOW, 2, 2)
    )
    text = "a\nBAD"
    assert "2 | BAD\n  | ^^^\n  |\n" in full(text, found(text, "BAD"))


def test_long_lines_are_cut_around_the_range() -> None:
    text = "x" * 5000 + "BAD" + "y" * 5000 + "\n"
    lines = full(text, found(text, "BAD")).splitlines()
    assert max(map(len, lines)) < 160
    row = next(index for index, line in enumerate(lines) if "BAD" in line)
    assert lines[row].startswith("1 | …x")
    assert lines[row].endswith("y…")
    assert lines[row].index("BAD") == lines[row + 1].index("^^^")


def test_a_file_cannot_steer_the_terminal() -> None:
    text = "\x1b[31mBAD\u202e\ud800\r\n"
    shown = full(text, found(text, "BAD"))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    shown.encode()
    assert visible("a\x00\x7f") == "a␀�"


@pytest.mark.parametrize("name", ["full", "concise", "grouped"])
def test_the_name_of_a_file_cannot_steer_the_terminal(name: str) -> None:
    source, end = Source("a\x1b[31m.py", "BAD\n"), Source("a\x1b[31m.py", "GOOD\n")
    item = found(source.text, "BAD", related=(Place(0, 3, "as here"),))
    shown = "".join(render(name, [(source, [item])], PLAIN))
    assert "a␛[31m.py" in shown
    assert "\x1b" not in shown
    assert "\x1b" not in "".join(diff(source, end, PLAIN.style))


def test_a_key_is_not_shown_in_full() -> None:
    key = "sk-" + "".join(random.choices(string.ascii_letters + string.digits, k=48))
    text = f'é = "{key}"; BAD()\nx = BAD\n'
    edit = replacing(text, key, "")
    lines = full(text, found(text, "BAD", edits=[edit])).splitlines()
    assert not any(key[7:] in line for line in lines)
    (line,) = (line for line in lines if line.startswith("1 | é") and "BAD" in line)
    assert line == f'1 | é = "{key[:7]}{"*" * 44}"; BAD()'
    assert line.index("BAD") == lines[lines.index(line) + 1].index("^^^")
    assert any("-" in line and "****" in line and "BAD" in line for line in lines)


def test_notes_and_colours() -> None:
    text = "BAD here\n"
    unsafe = found(text, "BAD", edits=[replacing(text, "BAD", "")], safety=Safety.UNSAFE)
    assert "note: This is an unsafe fix" in full(text, unsafe)
    assert "[*]" not in full(text, unsafe)
    assert "[*]" in full(text, unsafe, look=Look(Style(), unsafe=True))
    item = found(text, "BAD", related=(Place(4, 8, "made here"),))
    assert "note: a.py:1:5: made here\n" in full(text, item)
    assert "\x1b[1;91mOAI111\x1b[0m" in full(text, item, look=Look(Style(True)))


@pytest.mark.parametrize(
    ("text", "edits", "expected"),
    [
        ("a\nb\nc\n", [Edit(0, 0, "import x\n")], "  |\n1 + import x\n2 | a\n  |\n"),
        ("a\nb\nc\n", [Edit(2, 4, "")], "  |\n1 | a\n  - b\n2 | c\n  |\n"),
        (
            "a\nb\nc\nd\ne\nf\n",
            [Edit(0, 1, "A\nAA"), Edit(10, 11, "F")],
            "  |\n  - a\n1 + A\n2 + AA\n3 | b\n...\n6 | e\n  - f\n7 + F\n  |\n",
        ),
        ("a", [Edit(0, 1, "b")], "  |\n  - a\n1 + b\n  |\n"),
        ("if a:\r\n\tb\r\n", [Edit(0, 9, "b")], "  |\n  - if a:\n  -     b\n1 + b\n  |\n"),
    ],
)
def test_small_diffs(text: str, edits: list[Edit], expected: str) -> None:
    item = found(text, text[0], edits=edits)
    assert f"help: Mend it\n{expected}\n" in full(text, item)


# The shape is ruff's: a run of ruff on `import os` gave this, but for names and `confidence`.
RUFF = json.loads("""{"cell":null,"code":"F401","end_location":{"column":10,"row":1},"filename":"x",
"fix":{"applicability":"safe","edits":[{"content":"","end_location":{"column":1,"row":2},
"location":{"column":1,"row":1}}],"message":"Remove unused import: `os`"},"location":{"column":8,
"row":1},"message":"`os` imported but unused","name":"unused-import","noqa_row":1,
"severity":"error","url":"https://docs.astral.sh/ruff/rules/unused-import"}""")


def shape(data: object) -> object:
    if isinstance(data, dict):
        return {key: shape(value) for key, value in data.items()}
    return [shape(item) for item in data] if isinstance(data, list) else type(data)


def test_json_has_the_shape_of_ruff(here: Path) -> None:
    text = "日BAD\n"
    item = found(text, "BAD", edits=[Edit(0, 5, "")])
    results: list[Result] = [(Source("a.py", text), [item])]
    (data,) = json.loads("".join(render("json", results, PLAIN)))
    assert data["filename"] == str(here / "a.py")
    assert (data["location"], data["end_location"]) == (
        {"row": 1, "column": 2},
        {"row": 1, "column": 5},
    )
    assert data["fix"]["edits"][0]["end_location"] == {"row": 2, "column": 1}
    assert data.pop("confidence") == "high"
    assert shape(data) == shape(RUFF)
    (line,) = "".join(render("json-lines", results, PLAIN)).splitlines()
    assert {**json.loads(line), "confidence": 0} == {**data, "confidence": 0}
    assert "".join(render("json", [], PLAIN)) == "[]"


def test_github_escapes() -> None:
    text = "BAD\nx\n"
    item = Diagnostic("OAI1", "n", "100%\nsure, no: yes", Severity.WARNING, Confidence.HIGH, 0, 3)
    (line,) = render("github", [(Source("/a,b:c%.py", text), [item])], PLAIN)
    assert line == (
        "::warning title=oai-lint (OAI1),file=/a%2Cb%3Ac%25.py,line=1,col=1,endLine=1,endColumn=4"
        "::/a,b:c%25.py:1:1: OAI1 100%25%0Asure, no: yes\n"
    )
    item = found(text, "BAD\nx", severity=Severity.INFO)
    (line,) = render("github", [(Source("/a.py", text), [item])], PLAIN)
    assert line.startswith("::notice title=oai-lint (OAI111),file=/a.py,line=1,endLine=2::")


def test_concise_and_grouped() -> None:
    text = "\n" * 9 + "BAD x\n"
    items = [found(text, "BAD"), found(text, "x")]
    results: list[Result] = [(Source("a.py", text), items), (Source("b.py", ""), [])]
    assert list(render("concise", results, PLAIN)) == [
        "a.py:10:1: OAI111 Wrong\n",
        "a.py:10:5: OAI111 Wrong\n",
    ]
    assert "".join(render("grouped", results, PLAIN)) == (
        "a.py:\n  10:1 OAI111 Wrong\n  10:5 OAI111 Wrong\n\n"
    )


def test_summaries() -> None:
    text = "BAD\n"
    edits = [Edit(0, 1, "")]
    safe, unsafe = (
        found(text, "BAD", edits=edits),
        found(text, "B", edits=edits, safety=Safety.UNSAFE),
    )

    def lines(*left: Diagnostic, fixed: int = 0, unsafe: bool = False) -> list[str]:
        tally = Tally(list(left), {"a.py": [safe] * fixed})
        return list(summary(tally, Look(Style(), unsafe)))

    assert lines() == ["All checks passed!\n"]
    assert lines(found(text, "BAD")) == ["Found 1 error.\n"]
    assert lines(safe, unsafe)[1] == (
        "[*] 1 fixable with `--fix` (1 unsafe fix available with `--fix --unsafe-fixes`).\n"
    )
    assert lines(unsafe)[1] == "1 unsafe fix available with `--fix --unsafe-fixes`.\n"
    assert lines(safe, unsafe, unsafe=True)[1] == "[*] 2 fixable with `--fix`.\n"
    assert lines(safe, fixed=2)[0] == "Found 3 errors (2 fixed, 1 remaining).\n"
    assert lines(fixed=1) == ["Found 1 error (1 fixed, 0 remaining).\n"]


def test_diff_of_a_last_line_without_newline() -> None:
    shown = "".join(diff(Source("a.py", "a\x0cb\nc"), Source("a.py", "a\x0cb\nd\n"), Style()))
    assert shown == (
        "--- a.py\n+++ a.py\n@@ -1,2 +1,2 @@\n a\x0cb\n-c\n\\ No newline at end of file\n+d\n\n"
    )
