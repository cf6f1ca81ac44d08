"""The programs of the proxy article run once their fixes are applied, and through the proxy."""

from __future__ import annotations

import pytest

from oai_lint import engine, rules
from oai_lint.config import Config
from oai_lint.patch import Safety
from oai_lint.source import Source
from tests.proof.lab import KEY, Lab
from tests.test_article import PROGRAMS, TODAY

pytestmark = pytest.mark.proof
rules.load()


def fixed(name: str) -> str:
    source = Source("app.py", PROGRAMS[name])
    return engine.fix(source, Config(today=TODAY), safety=Safety.UNSAFE).text


@pytest.mark.parametrize("name", PROGRAMS)
def test_fixed_program_runs_through_the_proxy(lab: Lab, name: str) -> None:
    run = lab.run(fixed(name), era="2.54.0", proxy=True, env={"OPENAI_API_KEY": KEY})
    assert run.ok, run.stderr
    assert run.proxied, "the request took the proxy"
    assert all(request.authorization == f"Bearer {KEY}" for request in run.requests)


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_as_published_fails_or_goes_round_the_proxy(lab: Lab, name: str) -> None:
    run = lab.run(PROGRAMS[name], era="2.54.0", proxy=True, limit=30, check_key=True)
    assert not run.ok
    assert not run.proxied
