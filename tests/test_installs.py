"""The versions that a notebook installs for itself."""

from __future__ import annotations

import pytest

from oai_lint.config import Config
from oai_lint.installs import considered
from oai_lint.target import Range, Target, parse_range
from tests.test_notebook import found, opened

OLD = parse_range("==0.28.1")


@pytest.mark.parametrize(
    "command",
    [
        "%pip install openai==0.28.1",
        "!pip install openai==0.28.1",
        "pip install openai==0.28.1",
        "! python -m pip install -q 'openai == 0.28.1' tiktoken",
        "!uv pip install --system tiktoken openai[datalib]==0.28.1 && echo done",
        "%pip install \\\n  tiktoken \\\n  openai==0.28.1",
        "%%bash\ncd /tmp\npip3 install openai==0.28.1 > log",
        "%%capture\n!pip install openai==0.28.1",
        "!cd /tmp && pip install openai==0.28.1",
        "!pip install -U pip && pip install openai==0.28.1; pip list",
        "if missing:\n    !pip install openai==0.28.1",
    ],
)
def test_a_pinned_sdk_is_the_one_that_runs(command: str) -> None:
    target = considered(opened(command), Config()).target
    assert (target.openai, target.declared, target.origin) == (OLD, True, "app.ipynb")


@pytest.mark.parametrize(
    "command",
    [
        "%pip install openai",
        "%pip install -U openai",
        "!pip install openai<1",
        "!pip install openai>=1.0",
        "%pip install langchain-openai==0.28.1",
        "%pip install openai==new",
        "%pip install 'openai==0.28.1",
        "!echo pip install openai==0.28.1",
        "!conda install openai==0.28.1",
        "!pip uninstall openai==0.28.1",
        "!pip install x; echo openai==0.28.1",
        "text = '''\n%pip install openai==0.28.1\n'''",
    ],
)
def test_what_names_no_version_says_nothing(command: str) -> None:
    config = Config()
    assert considered(opened(command), config) is config


def test_versions_given_twice_are_both_possible() -> None:
    source = opened("%pip install 'openai<1'", "%pip install openai==1.5.0 httpx==0.27.0")
    target = considered(source, Config()).target
    assert target.openai == Range((0,), (1, 5, 1))
    assert target.httpx == parse_range("==0.27.0")


def test_what_was_set_for_the_linter_goes_first() -> None:
    config = Config(target=Target().override(parse_range(">=1"), "--target-openai"))
    assert considered(opened("%pip install openai==0.28.1"), config) is config


def test_code_of_the_pinned_sdk_is_sound() -> None:
    code = "import openai\nopenai.ChatCompletion.create(model=MODEL, messages=[])"
    assert found(opened("%pip install openai==0.28.1", code)) == []
    assert found(opened("%pip install openai", code)) == [("OAI801", "cell 2:2:1")]
