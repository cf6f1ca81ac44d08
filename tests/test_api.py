"""The Python interface, as its page shows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import oai_lint
from oai_lint import api
from tests.command import ROOT
from tests.test_imports import HEAVY, loaded, ours
from tests.test_rules import _key

PAGE = ROOT / "docs" / "api.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
ONLY = {"select": ["OAI111"]}
FAULT = 'import openai\n\nclient = openai.OpenAI("k")\n'


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_examples_run(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(EXAMPLES[number], f"api.md:{number}", "exec"), {"__name__": "__main__"})


def test_examples_are_typed(tmp_path: Path) -> None:
    from mypy import api

    for number, example in enumerate(EXAMPLES):
        wrong = "oai_lint.check_source(1)  # type: ignore[arg-type]\noai_lint.x  # type: ignore\n"
        (tmp_path / f"example_{number}.py").write_text(example + wrong, encoding="utf-8")
    files = [str(path) for path in tmp_path.glob("*.py")]
    assert len(files) == len(EXAMPLES) >= 4
    settings = ["--strict", "--warn-unused-ignores", f"--cache-dir={ROOT / '.mypy_cache'}"]
    output, errors, code = api.run([*settings, *files])
    assert code == 0, output + errors


def test_the_import_is_light() -> None:
    modules = loaded("oai_lint")
    assert ours(modules) == set()
    assert not modules & (HEAVY | {"typing", "dataclasses", "pathlib"})
    assert "libcst" not in loaded("oai_lint.api")


def test_every_name_is_there_and_no_other() -> None:
    assert {*oai_lint.__all__} == {*api.__all__, "__version__"}
    for name in oai_lint.__all__:
        assert getattr(oai_lint, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = oai_lint.nothing  # type: ignore[attr-defined]


def test_kinds_of_files_by_path() -> None:
    key = _key()
    (problem,) = oai_lint.check_source(f'OPENAI_API_KEY="{key} "\n', path="deploy/.env")
    assert (problem.code, problem.path, problem.start.row) == ("OAI108", "deploy/.env", 1)
    fixed = oai_lint.fix_source(f'OPENAI_API_KEY="{key} "\n', path="deploy/.env")
    assert fixed.text == f'OPENAI_API_KEY="{key}"\n'
    assert oai_lint.check_source(FAULT, path="notes.txt", config=ONLY)


def test_notebooks_come_back_as_notebooks() -> None:
    text = (
        '{"cells": [{"cell_type": "code", "metadata": {}, "outputs": [],'
        ' "execution_count": null, "source": ["import openai\\n", "openai.OpenAI(\\"k\\")"]}],'
        ' "metadata": {}, "nbformat": 4, "nbformat_minor": 4}\n'
    )
    (problem,) = oai_lint.check_source(text, path="a.ipynb", config=ONLY)
    assert (problem.start.cell, problem.start.row) == (1, 2)
    fixed = oai_lint.fix_source(text, path="a.ipynb", config=ONLY)
    assert fixed.text == text.replace('OpenAI(\\"k\\")', 'OpenAI(api_key=\\"k\\")')
    for broken in ("no notebook", text.replace("import", "\udc80")):
        with pytest.raises(oai_lint.UndecodableSource):
            oai_lint.check_source(broken, path="a.ipynb")


def test_a_fix_that_is_not_wanted_leaves_the_text_as_it_is() -> None:
    text = "import openai\r\nopenai.OpenAI(timeout=None)\r\n"
    config = {"select": ["OAI403"]}
    done = oai_lint.fix_source(text, config=config)
    assert (done.text, done.fixed, len(done.left)) == (text, (), 1)
    forced = oai_lint.fix_source(text, config=config, safety=oai_lint.Safety.UNSAFE)
    assert forced.text != text
    assert "\r\n" in forced.text
    shown = oai_lint.fix_source(text, config=config, safety=oai_lint.Safety.SHOW)
    assert shown == forced, "what is only shown is never applied"


def test_settings_are_checked() -> None:
    for config in ({"select": "ALL"}, {"openai": 1}, {"select": ["OAI1X"]}):
        with pytest.raises(oai_lint.ConfigError, match=r"^config: `"):
            oai_lint.check_source(FAULT, config=config)
    old = oai_lint.check_source(FAULT, config={**ONLY, "openai": "<1"})
    assert old == []
