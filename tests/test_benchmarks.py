"""The benchmarks: what they measure on is what they say, and they run."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path

import pytest

from benchmarks import keystrokes
from benchmarks.generated import module
from benchmarks.language_client import OURS, first_diagnostics
from benchmarks.server import measure, parses


@pytest.mark.parametrize("lines", [200, 1000, 5000])
def test_generated_modules_are_python_of_about_the_length_asked_for(lines: int) -> None:
    text = module(lines)
    compile(text, "generated.py", "exec", dont_inherit=True)
    assert lines * 0.9 <= text.count("\n") <= lines
    assert text == module(lines)


def test_every_keystroke_makes_another_text_and_a_line_ends_up_whole() -> None:
    typing = keystrokes.texts(module(200))
    texts = list(takewhile(lambda text: keystrokes.TYPED.format(n=2) not in text, typing))
    assert len(set(texts)) == len(texts)
    for n in (0, 1):
        (ended, *_) = (text for text in texts if f"{keystrokes.TYPED.format(n=n)}\n" in text)
        assert parses(ended)
    whole = sum(map(parses, texts))
    assert len(texts) // 2 < whole < len(texts), "some of it is half typed, most is not"


def test_servers_are_measured(tmp_path: Path) -> None:
    measured = measure(tmp_path, 100, 6)
    counts = [len(times.values) for times in (measured.parse, measured.check, measured.push)]
    assert counts == [len(measured.pull.values)] * 3
    assert len(measured.pull.values) + len(measured.broken.values) == 6
    assert min(measured.pull.values + measured.ruff.values + measured.blocked.values) > 0
    assert first_diagnostics(OURS, tmp_path, module(100)) > 0
