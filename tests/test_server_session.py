"""The session: an analysis that a newer text makes useless ends early."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from oai_lint import engine
from oai_lint.config import Config
from oai_lint.server.session import Session
from oai_lint.source import Source

URI = "file:///bot.py"
TEXT = "from openai import OpenAI\n\nclient = OpenAI(timeout=None)\n"


def test_a_check_ends_at_the_next_rule_once_nobody_wants_it() -> None:
    answers = iter([True, True, False])
    with pytest.raises(engine.Stopped):
        engine.check(Source("bot.py", TEXT), Config(), wanted=lambda: next(answers))
    assert next(answers, None) is None


def test_a_check_that_is_wanted_finds_the_same() -> None:
    source = Source("bot.py", TEXT)
    found = engine.check(source, Config(), wanted=lambda: True)
    assert found
    assert found == engine.check(source, Config())


@pytest.mark.asyncio
async def test_typing_stops_the_analysis_of_the_text_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, typed = threading.Event(), threading.Event()
    stopped: list[str] = []
    check = engine.check

    def waiting(source: Source, config: Config, **others: Any) -> list[engine.Diagnostic]:
        begun.set()
        assert typed.wait(20)
        try:
            return check(source, config, **others)
        except engine.Stopped:
            stopped.append(source.text)
            raise

    monkeypatch.setattr(engine, "check", waiting)
    session = Session()
    try:
        session.put(URI, Path("/bot.py"), Source("/bot.py", TEXT), 1)
        asked = asyncio.create_task(session.analysis(URI))
        await asyncio.to_thread(begun.wait, 20)
        session.put(URI, Path("/bot.py"), Source("/bot.py", f"{TEXT}x = 1\n"), 2)
        typed.set()
        analysis = await asyncio.wait_for(asked, 20)
    finally:
        session.close()
    assert stopped == [TEXT]
    assert analysis is not None
    assert analysis.snapshot.version == 2
    assert analysis.diagnostics
