"""Which findings are the same one after a file has changed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from oai_lint.engine import Diagnostic
from oai_lint.fingerprint import fingerprints
from oai_lint.rule import Confidence, Severity
from oai_lint.source import Source

CODE = """\
class Bot:
    def ask(
        self,
        text,
    ):
        return BAD(text)

    async def tell(self):
        if self.ready:
            # a comment to the left changes nothing
            return BAD(text)
        return BAD(text)

BAD()
"""


def of(text: str, code: str = "OAI111", mark: str = "BAD") -> list[str]:
    """Return the fingerprints of a finding at every ``mark``."""
    return fingerprints(Source("a.py", text), found(text, code, mark))


def found(text: str, code: str, mark: str) -> Sequence[Diagnostic]:
    starts = [i for i in range(len(text)) if text.startswith(mark, i)]
    return [
        Diagnostic(code, "n", "m", Severity.ERROR, Confidence.HIGH, start, start + len(mark))
        for start in starts
    ]


def test_each_finding_has_its_own() -> None:
    assert len(set(of(CODE))) == 4
    first, _, third, last = of(CODE)
    assert first.endswith(":1")
    assert third.endswith(":2")  # same line, same function, further down
    assert first.split(":")[0] != third.split(":")[0] != last.split(":")[0]
    assert not set(of(CODE)) & set(of(CODE, code="OAI112"))


@pytest.mark.parametrize(
    "changed",
    [
        "# new\n" * 50 + CODE,
        CODE.replace("\n", "\r\n"),
        CODE.replace("    ", "\t"),
        CODE.replace("# a comment", "        # a comment"),
        CODE.replace("        self,\n", ""),
        CODE + "\n\ndef more():\n    pass\n",
    ],
    ids=["lines above", "newlines", "tabs", "comment", "signature", "lines below"],
)
def test_what_leaves_fingerprints_alone(changed: str) -> None:
    assert of(changed) == of(CODE)


def test_an_edit_of_the_line_changes_only_its_own() -> None:
    before, after = of(CODE), of(CODE.replace("\nBAD()", "\nBAD(1)"))
    assert before[:3] == after[:3]
    assert before[3] != after[3]


def test_a_twin_that_goes_leaves_one_less() -> None:
    twins = "def f():\n    BAD()\n    BAD()\n    BAD()\n"
    assert set(of(twins.replace("    BAD()\n", "", 1))) == set(of(twins)[:2])


def test_the_order_asked_in_does_not_matter() -> None:
    items = found(CODE, "OAI111", "BAD")
    source = Source("a.py", CODE)
    assert fingerprints(source, items[::-1]) == fingerprints(source, items)[::-1]


def test_text_that_is_not_unicode_and_empty_files_have_some() -> None:
    assert len(of("BAD \ud800\n")) == 1
    item = Diagnostic("OAI900", "n", "m", Severity.ERROR, Confidence.HIGH, 0, 0)
    assert len(fingerprints(Source("a.py", ""), [item])) == 1
