"""Types that ``migrate`` gives to what calls take, in code without annotations."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import oai_lint
from tests.test_migrate import cells_of
from tests.test_notebook import notebook

IMPORTED = "import openai\nfrom openai.types.{} import {}\n"
FUNCTIONS = IMPORTED.format("shared_params", "FunctionDefinition")
MESSAGES = IMPORTED.format("chat", "ChatCompletionMessageParam")
ANY = "from typing import Any\n\nimport openai\n"

TASK = """
TASK{} = {{"name": "run", "parameters": {{"type": "object"}}}}


def ask(messages):
    return openai.{}.create(model="m", messages=messages, functions=[TASK])
"""
TURNS = """

def ask(prompt):
    turns{} = [{{"role": "system", "content": "Be brief."}}]
    turns.append({{"role": "user", "content": prompt}})
    return openai.{}.create(model="m", messages=turns)
"""
ROLE = """

def ask(role, text):
    turns{} = [{{"role": role, "content": text}}]
    return openai.{}.create(model="m", messages=turns)
"""
OPTIONS = """

def ask(messages):
    options{} = {{"temperature": 0, "model": "m"}}
    return openai.{}.create(messages=messages, **options)
"""
SCRIPT = """
turns{} = [{{"role": "user", "content": input()}}]
openai.{}.create(model="m", messages=turns)
"""
KINDS = [
    pytest.param(FUNCTIONS, TASK, "FunctionDefinition", id="functions of the module"),
    pytest.param(MESSAGES, TURNS, "list[ChatCompletionMessageParam]", id="messages"),
    pytest.param(ANY, ROLE, "list[Any]", id="messages of a role that is not known"),
    pytest.param(ANY, OPTIONS, "dict[str, Any]", id="options"),
    pytest.param(MESSAGES, SCRIPT, "list[ChatCompletionMessageParam]", id="a script"),
]


def migrated(folder: Path, text: str, *arguments: str) -> str:
    """Migrate a file of its own and return it; once more, nothing changes."""
    path = folder / "app.py"
    path.write_text(text)
    assert oai_lint(folder, "migrate", "app.py", "--to", "3", *arguments).returncode == 0
    found = path.read_text()
    again = oai_lint(folder, "migrate", "app.py", "--to", "3", *arguments)
    assert (again.stdout, path.read_text()) == ("Nothing to migrate.\n", found)
    return found


@pytest.mark.parametrize(("imports", "code", "kind"), KINDS)
def test_types_are_given_where_they_are_asked_for(
    tmp_path: Path, imports: str, code: str, kind: str
) -> None:
    old = "import openai\n" + code.format("", "ChatCompletion")
    unchecked = "import openai\n" + code.format("", "chat.completions")
    assert migrated(tmp_path, old) == unchecked
    assert migrated(tmp_path, old, "--annotate") == imports + code.format(
        f": {kind}", "chat.completions"
    )


OTHERS = """\
import openai


def twice(prompt):
    turns = [{"role": "user", "content": prompt}]
    if prompt:
        turns = []
    return openai.ChatCompletion.create(model="m", messages=turns)


def shared(prompt):
    global SHARED
    SHARED = [{"role": "user", "content": prompt}]
    return openai.ChatCompletion.create(model="m", messages=SHARED)


def outer(prompt):
    turns = None

    def inner():
        nonlocal turns
        turns = [{"role": "user", "content": prompt}]
        return openai.ChatCompletion.create(model="m", messages=turns)

    return inner()
"""


def test_variables_that_can_have_no_type_of_their_own_get_none(tmp_path: Path) -> None:
    wanted = OTHERS.replace("ChatCompletion", "chat.completions")
    assert migrated(tmp_path, OTHERS, "--annotate") == wanted


def test_what_no_call_takes_is_left(tmp_path: Path) -> None:
    old = 'import openai\n\nOTHER = {"name": "run"}\nprint(openai.Model.list(), OTHER)\n'
    new = old.replace("openai.Model.list", "openai.models.list")
    assert migrated(tmp_path, old, "--annotate") == new


def test_a_project_may_ask_for_it_and_the_command_line_not(tmp_path: Path) -> None:
    (tmp_path / "oai-lint.toml").write_text("annotate = true\n")
    old = "import openai\n" + SCRIPT.format("", "ChatCompletion")
    assert "turns: list[ChatCompletionMessageParam] =" in migrated(tmp_path, old)
    assert "\nturns = [" in migrated(tmp_path, old, "--no-annotate")


def test_check_asks_the_setting_too(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import openai\n" + SCRIPT.format("", "ChatCompletion"))
    (tmp_path / "oai-lint.toml").write_text('annotate = true\nopenai = ">=3"\n')
    oai_lint(tmp_path, "check", "--select", "OAI801", "--fix", "app.py")
    assert "turns: list[ChatCompletionMessageParam] =" in (tmp_path / "app.py").read_text()


def test_notebooks_get_types_too(tmp_path: Path) -> None:
    code = SCRIPT.strip()
    before = notebook("import openai", code.format("", "ChatCompletion"))
    (tmp_path / "app.ipynb").write_bytes(before)
    assert oai_lint(tmp_path, "migrate", "--annotate", ".").returncode == 0
    assert cells_of(tmp_path / "app.ipynb") == [
        MESSAGES.strip(),
        code.format(": list[ChatCompletionMessageParam]", "chat.completions"),
    ]
