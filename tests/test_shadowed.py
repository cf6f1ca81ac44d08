"""Files beside a script that stand in for the SDK: the rule looks into the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from oai_lint import engine
from oai_lint.config import Config, Selection
from oai_lint.source import Source

SCRIPT = "import openai\n\nif __name__ == '__main__':\n    openai.models.list()\n"
MODULE = "from openai import OpenAI\n\nclient = OpenAI()\n"


def found(path: Path, text: str) -> list[tuple[str, int]]:
    config = Config(selections=(Selection(select=("OAI806",)),))
    diagnostics = engine.check(Source(str(path), text), config)
    return [(d.message.split("`")[1], d.start) for d in diagnostics]


def made(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def test_a_script_beside_a_file_of_that_name(tmp_path: Path) -> None:
    made(tmp_path, "openai.py", "app.py")
    assert found(tmp_path / "app.py", SCRIPT) == [("openai.py", 0)]


def test_a_script_that_has_the_name_itself(tmp_path: Path) -> None:
    made(tmp_path, "openai.py")
    assert found(tmp_path / "openai.py", SCRIPT) == [("openai.py", 0)]


def test_a_package_at_the_root_of_the_project(tmp_path: Path) -> None:
    made(tmp_path, "openai/__init__.py", "pyproject.toml")
    assert found(tmp_path / "app.py", MODULE) == [("openai/", 0)]


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(("__init__.py", "openai.py"), id="inside a package"),
        pytest.param(("openai.py",), id="a folder of modules"),
        pytest.param(("openai/data.json", "setup.py"), id="a folder without code"),
        pytest.param(("openai/__init__.py", "openai/_client.py", "setup.py"), id="the SDK itself"),
        pytest.param(("setup.py",), id="nothing"),
    ],
)
def test_silence(tmp_path: Path, names: tuple[str, ...]) -> None:
    made(tmp_path, *names)
    assert found(tmp_path / "app.py", MODULE) == []


def test_a_script_beside_nothing(tmp_path: Path) -> None:
    assert found(tmp_path / "app.py", SCRIPT) == []


def test_the_sources_of_the_sdk_are_not_judged_by_what_became_of_them(tmp_path: Path) -> None:
    made(tmp_path, "openai/api_resources/__init__.py", "openai/__init__.py")
    text = "import openai\nfrom openai.error import Timeout\n\nopenai.api_base = 'a'\n"
    config = Config()
    inside = Source(str(tmp_path / "openai" / "util.py"), text)
    outside = Source(str(tmp_path / "use.py"), text)
    assert not engine.check(inside, config)
    assert {d.code for d in engine.check(outside, config)} == {"OAI802", "OAI803"}
