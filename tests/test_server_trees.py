"""Which syntax trees the server keeps, and for how long."""

from __future__ import annotations

import asyncio
import gc
import threading
from pathlib import Path
from typing import Any

import libcst as cst
import pytest

from oai_lint import engine
from oai_lint.server import trees as module
from oai_lint.server.session import Session
from oai_lint.server.trees import MOST, Trees
from oai_lint.source import Source

TEXT = "from openai import OpenAI\n\nclient = OpenAI(timeout=None)\n"


def filled(trees: Trees, *names: str) -> None:
    """Have trees remembered, in that order."""
    for name in names:
        trees.of(name).keep(TEXT, cst.parse_module(TEXT))


def kept(trees: Trees) -> int:
    """Count the trees that are remembered."""
    return sum(bool(reparser.size) for reparser in trees._kept.values())


def test_a_document_finds_its_tree_again() -> None:
    trees = Trees()
    filled(trees, "a", "b")
    assert trees.of("a").updated(TEXT) is not None
    assert trees.of("c").updated(TEXT) is None


def test_of_many_documents_the_trees_of_the_last_ones_are_kept() -> None:
    trees = Trees()
    names = [str(number) for number in range(200)]
    filled(trees, *names)
    assert kept(trees) == MOST
    assert all(trees.of(name).size for name in names[-MOST:])


def test_a_document_that_is_worked_on_keeps_its_tree() -> None:
    trees = Trees()
    filled(trees, "edited")
    for number in range(20):
        filled(trees, str(number))
        assert trees.of("edited").size


def test_large_trees_leave_no_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    trees = Trees()
    monkeypatch.setattr(module, "ROOM", 2 * len(TEXT))
    filled(trees, "a", "b")
    assert kept(trees) == 2
    filled(trees, "c")
    trees.of("b")
    assert kept(trees) == 2
    monkeypatch.setattr(module, "ROOM", 1)
    assert trees.of("b").size, "the one in use"
    assert kept(trees) == 1


@pytest.mark.asyncio
async def test_the_tree_of_a_document_goes_when_it_is_closed() -> None:
    session = Session()
    try:
        for version in range(3):
            text = f"{TEXT}x = {version}\n"
            session.put("file:///a.py", Path("/a.py"), Source("/a.py", text), version)
            assert await session.analysis("file:///a.py") is not None
        assert modules() == 1
        session.drop("file:///a.py")
        assert modules() == 0
    finally:
        session.close()


@pytest.mark.asyncio
async def test_a_document_that_is_closed_while_it_is_checked_leaves_no_tree(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, closed = threading.Event(), threading.Event()
    check = engine.check

    def waiting(*arguments: Any, **others: Any) -> list[engine.Diagnostic]:
        begun.set()
        assert closed.wait(20)
        return check(*arguments, **others)

    monkeypatch.setattr(engine, "check", waiting)
    session = Session()
    try:
        session.put("file:///a.py", Path("/a.py"), Source("/a.py", TEXT), 1)
        asked = asyncio.create_task(session.analysis("file:///a.py"))
        await asyncio.to_thread(begun.wait, 20)
        session.drop("file:///a.py")
        closed.set()
        assert await asked is None
        await session.run(lambda: None)  # behind the check
        assert kept(session._trees) == 0
    finally:
        session.close()


def modules() -> int:
    """Count the syntax trees that are alive and from here."""
    return sum(
        isinstance(thing, cst.Module) and thing.code.startswith(TEXT) for thing in gc.get_objects()
    )
