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


def test_every_keystroke_makes_another_text_and_all_kinds_of_places_are_typed_at() -> None:
    text = module(200)
    places = keystrokes.PLACES.values()
    last = list(places)[-1].typed.format(n=1)
    texts = [*takewhile(lambda text: last not in text, keystrokes.texts(text))]
    assert len(set(texts)) == len(texts)
    for place in places:
        assert place.typed.format(n=0) in texts[-1], "each kind of place in a round"
    whole = sum(map(parses, texts))
    assert len(texts) // 2 < whole < len(texts), "some of it is half typed, most is not"


def test_servers_are_measured(tmp_path: Path) -> None:
    measured = measure(tmp_path, 100, 6)
    counts = [len(times.values) for times in (measured.parse, measured.check, measured.push)]
    assert counts == [len(measured.pull.values)] * 3
    assert len(measured.pull.values) + len(measured.broken.values) == 6
    assert min(measured.pull.values + measured.ruff.values + measured.blocked.values) > 0
    assert first_diagnostics(OURS, tmp_path, module(100)) > 0
