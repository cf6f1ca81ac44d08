"""The ``migrate`` command in a temporary directory."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from oai_lint import rules
from oai_lint.config import expand
from oai_lint.migrate import RULES, SINCE_3, TARGETS
from oai_lint.target import parse_range
from tests.command import oai_lint
from tests.test_notebook import notebook

OLD = """\
import openai

openai.api_base = "https://llm.example.com/v1"


def ask(messages):
    try:
        reply = openai.ChatCompletion.create(engine="m", messages=messages, request_timeout=30)
    except openai.error.APIError:
        return ""
    except openai.error.RateLimitError as error:
        return str(error.http_status)
    return reply["choices"][0]["message"].get("content", "")
"""
NEW = """\
import openai

openai.base_url = "https://llm.example.com/v1/"


def ask(messages):
    try:
        reply = openai.chat.completions.create(model="m", messages=messages, timeout=30)
    except openai.RateLimitError as error:
        return str(error.status_code)
    except openai.APIError:
        return ""
    return reply.choices[0].message.content or ""
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(OLD)
    (tmp_path / "other.py").write_text("import os\n")
    return tmp_path


def left_of(folder: Path, text: str, *arguments: str) -> list[str]:
    """Migrate a file of its own and return what is said about it."""
    (folder / "left.py").write_text(text)
    done = oai_lint(folder, "migrate", "left.py", *arguments)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_a_file_is_rewritten_whole(here: Path) -> None:
    done = oai_lint(here, "migrate", ".")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Migrated 5 sites in 1 file to openai 1.\n"
    assert (here / "app.py").read_text() == NEW


def test_again_there_is_nothing_to_do(here: Path) -> None:
    oai_lint(here, "migrate", ".")
    done = oai_lint(here, "migrate", ".", "--to", "3")
    assert (done.returncode, done.stdout) == (0, "Nothing to migrate.\n")
    assert (here / "app.py").read_text() == NEW


def test_a_diff_writes_nothing_and_can_be_applied(here: Path) -> None:
    done = oai_lint(here, "migrate", "app.py", "--diff")
    assert done.returncode == 1
    assert done.stderr == "Would migrate 5 sites in 1 file to openai 1.\n"
    assert (here / "app.py").read_text() == OLD
    subprocess.run(["patch", "-p0"], cwd=here, input=done.stdout.encode(), check=True)
    assert (here / "app.py").read_text() == NEW


def test_standard_input(here: Path) -> None:
    done = oai_lint(here, "migrate", "-", stdin=OLD.encode())
    assert (done.returncode, done.stdout) == (0, NEW)
    assert done.stderr == "Migrated 5 sites in 1 file to openai 1.\n"


def test_quiet_says_what_is_left_only(here: Path) -> None:
    assert oai_lint(here, "migrate", ".", "-q").stdout == ""
    lines = left_of(here, "import openai\n\nopenai.Edit.create(input='a')\n", "-q")
    assert lines[0] == "left.py:"
    assert lines[1].startswith("  3:1 OAI801 `openai.Edit.create` raises in SDK 1.0")
    assert lines[2] == "      why: nothing takes its place"
    assert lines[3:] == [""]


def test_what_is_left_ends_with_1(here: Path) -> None:
    (here / "left.py").write_text("import openai\n\nopenai.Edit.create(input='a')\n")
    done = oai_lint(here, "migrate", ".")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == (
        "Migrated 5 sites in 1 file to openai 1; 1 site left to you."
    )


def test_a_rewrite_to_pick_is_shown(here: Path) -> None:
    lines = left_of(here, "import openai\n\nask = openai.ChatCompletion.acreate\n")
    assert lines[2] == "      why: to be decided: a rewrite would be"
    assert any("+ ask = openai.AsyncOpenAI(api_key=openai.api_key).chat" in line for line in lines)
    assert lines[-1] == "Migrated nothing; 1 site left to you."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def f(x: openai.File):\n    pass\n", "3:10 left   `openai.File` is a class of SDK 0.x"),
        (
            "openai.ChatCompletion.create = print\n",
            "3:1 left   a method of `openai.ChatCompletion`",
        ),
        ('raise openai.RateLimitError("slow")\n', "3:7 left   `openai.RateLimitError` takes more"),
        ("raise openai.APITimeoutError(str(1))\n", "3:7 left   `openai.APITimeoutError` takes"),
        (
            "if isinstance(e, openai.APIError):\n    a()\n"
            "elif isinstance(e, openai.APIConnectionError):\n    b()\n",
            "5:6 left   `openai.APIConnectionError` is caught by a test before",
        ),
        ('raise openai.APIConnectionError("no")\n', "3:7 left   `openai.APIConnectionError` takes"),
    ],
)
def test_what_no_rule_reports_is_left(here: Path, text: str, said: str) -> None:
    lines = left_of(here, f"import openai\n\n{text}")
    assert lines[1].strip().startswith(said)
    assert "1 site left to you" in lines[-1]


@pytest.mark.parametrize(
    "text",
    [
        "raise openai.RateLimitError('slow', response=r, body=None)\n",
        "raise openai.APITimeoutError(request)\n",
        "raise openai.APIConnectionError(request=r)\n",
        "raise openai.OpenAIError('own')\n",
    ],
)
def test_errors_that_can_be_built(here: Path, text: str) -> None:
    assert left_of(here, f"import openai\n\n{text}") == ["Nothing to migrate."]


READER = """\
def text_of(reply):
    return reply.get("choices")[0]["message"]["content"]


def first(reply):
    return reply["data"][0]["embedding"]


def cost(usage):
    return usage["prompt_tokens"] + usage.get("completion_tokens", 0)
"""


def test_readers_elsewhere_are_to_be_looked_at(here: Path) -> None:
    (here / "reader.py").write_text(READER)
    done = oai_lint(here, "migrate", ".")
    assert done.returncode == 0
    lines = [line.split("is read")[0].strip() for line in done.stdout.splitlines()]
    assert lines[:-2] == [
        "reader.py:",
        '2:12  look   "choices"',
        '6:12  look   "embedding"',
        '10:12 look   "prompt_tokens"',
        '10:37 look   "completion_tokens"',
    ]
    assert done.stdout.endswith("to openai 1; 4 places to look at.\n")
    # Without anything of 0.x they are nobody's business.
    assert oai_lint(here, "migrate", "reader.py").stdout == "Nothing to migrate.\n"


NOT_RESPONSES = """\
import json

import requests


def text_of(answer: requests.Response, raw):
    body = answer.json()
    usage = {"total_tokens": 0}
    usage["total_tokens"] += json.loads(raw)["usage"]["total_tokens"]
    print(usage["total_tokens"])
    reply = requests.post("https://llm.example.com", timeout=5).json()
    return body["choices"][0]["message"]["content"], reply["choices"]
"""


def test_dicts_are_no_responses(here: Path) -> None:
    (here / "reader.py").write_text(NOT_RESPONSES)
    assert "look at" not in oai_lint(here, "migrate", ".").stdout


ELSEWHERE = """\
import openai
from llama import ask


def both(local, texts):
    if local:
        reply = ask(texts)
    else:
        reply = openai.Completion.create(prompt=texts{})
    {}
"""


@pytest.mark.parametrize(
    ("argument", "read"),
    [
        ("", 'return reply["choices"][0]'),
        (", stream=True", 'return [chunk["choices"][0] for chunk in reply]'),
    ],
)
def test_what_is_a_dict_in_any_case_is_nothing_to_look_at(
    here: Path, argument: str, read: str
) -> None:
    lines = left_of(here, ELSEWHERE.format(argument, read))
    assert lines == ["Migrated 1 site in 1 file to openai 1."]
    assert ".model_dump(exclude_unset=True)" in (here / "left.py").read_text()


def test_guards_and_texts_are_to_be_looked_at(here: Path) -> None:
    guarded = """\
try:
    from openai.error import RateLimitError
except ImportError:
    RateLimitError = Exception
"""
    (here / "guarded.py").write_text(guarded)
    (here / "test_app.py").write_text(
        'from unittest import mock\n\nfake = mock.patch("app.openai.ChatCompletion.create")\n'
    )
    done = oai_lint(here, "migrate", ".")
    assert done.returncode == 0
    assert '3:19 look   "app.openai.ChatCompletion.create" names what' in done.stdout
    assert "2:5 look   `openai.error` is used for SDK 0.x only here" in done.stdout


def test_settings_by_name_are_to_be_looked_at(here: Path) -> None:
    text = (
        'import openai\n\nfor name in ("base", "key"):\n    setattr(openai, f"api_{name}", "x")\n'
    )
    (here / "settings.py").write_text(text)
    assert "4:5 look   settings of the module are made" in oai_lint(here, "migrate", ".").stdout


def test_a_timeout_that_was_none_is_to_be_looked_at(here: Path) -> None:
    call = "openai.ChatCompletion.create(messages=[], {})\n"
    text = "import openai\n\n" + call.format("timeout=3") + call.format("request_timeout=4")
    (here / "ask.py").write_text(text)
    said = oai_lint(here, "migrate", "ask.py").stdout
    assert "3:45 look   `timeout` limits the request now" in said
    assert said.count("limits the request") == 1


def test_settings_of_one_file_and_clients_of_another(here: Path) -> None:
    text = (
        "import openai\n\n\nasync def ask(m):\n    return await openai.ChatCompletion.acreate(m)\n"
    )
    (here / "ask.py").write_text(text.replace("(m)\n", "(model=m)\n"))
    said = oai_lint(here, "migrate", ".").stdout
    assert "does not read `openai.base_url`, which app.py sets\n" in said
    assert said.endswith("1 place to look at.\n")


@pytest.mark.parametrize(("to", "wanted"), TARGETS.items())
def test_the_requirement_is_told_not_edited(here: Path, to: str, wanted: str) -> None:
    (here / "requirements.txt").write_text("openai==0.27.8\n")
    done = oai_lint(here, "migrate", ".", "--to", to)
    assert done.stdout.endswith(f"requirements.txt: require `openai{wanted}`.\n")
    assert (here / "requirements.txt").read_text() == "openai==0.27.8\n"


def test_a_requirement_that_will_do_is_not_mentioned(here: Path) -> None:
    (here / "requirements.txt").write_text("openai>=3.1\n")
    assert "require" not in oai_lint(here, "migrate", ".", "--to", "3").stdout


def test_a_declared_0_x_does_not_hold_it_up(here: Path) -> None:
    (here / "requirements.txt").write_text("openai<1\n")
    oai_lint(here, "migrate", ".")
    assert (here / "app.py").read_text() == NEW


def test_httpx_of_3(here: Path) -> None:
    (here / "requirements.txt").write_text("openai\n")
    text = "import httpx\nfrom openai import OpenAI\n\nclient = OpenAI(timeout=httpx.Timeout(9))\n"
    (here / "app.py").write_text(text)
    assert oai_lint(here, "migrate", ".").stdout == "Nothing to migrate.\n"
    assert oai_lint(here, "migrate", ".", "--to", "3").returncode == 0
    assert "Timeout(9)" in (here / "app.py").read_text()
    assert "httpx.Timeout" not in (here / "app.py").read_text()


def test_a_file_that_does_not_parse_is_left_to_people(here: Path) -> None:
    (here / "app.py").write_text(OLD + "\nprint openai\n")
    done = oai_lint(here, "migrate", ".")
    assert done.returncode == 1
    assert "OAI900" in done.stdout
    assert (here / "app.py").read_text() == OLD + "\nprint openai\n"


CELLS = (
    "%pip install openai==0.28.1",
    "import openai",
    'reply = openai.ChatCompletion.create(engine="m", messages=[])',
    'print(reply["choices"][0]["message"]["content"])',
)


def cells_of(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(path.read_bytes())["cells"]]


def test_notebooks_are_migrated_cell_by_cell(tmp_path: Path) -> None:
    (tmp_path / "app.ipynb").write_bytes(notebook(*CELLS))
    done = oai_lint(tmp_path, "migrate", ".")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "Migrated 1 site in 1 file to openai 1.\napp.ipynb: require `openai>=1.55.3`.\n"
    )
    assert cells_of(tmp_path / "app.ipynb") == [
        *CELLS[:2],
        'reply = openai.chat.completions.create(model="m", messages=[])',
        "print(reply.choices[0].message.content)",
    ]
    done = oai_lint(tmp_path, "migrate", ".")
    assert (done.returncode, done.stdout) == (0, "Nothing to migrate.\n")


def test_what_is_left_in_a_notebook_is_told_by_its_cell(tmp_path: Path) -> None:
    reader = 'def text_of(reply):\n    return reply["choices"][0]["message"]["content"]'
    (tmp_path / "app.ipynb").write_bytes(
        notebook(*CELLS, "openai.Edit.create(input='a')", reader, "x: openai.File")
    )
    done = oai_lint(tmp_path, "migrate", "app.ipynb")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0] == "app.ipynb:"
    assert lines[1].startswith("  cell 5:1:1  OAI801 `openai.Edit.create` raises")
    assert lines[3].startswith('  cell 6:2:12 look   "choices" is read as from a dict')
    assert lines[4].startswith("  cell 7:1:4  left   `openai.File` is a class of SDK 0.x")
    assert lines[-2].endswith("; 2 sites left to you, 1 place to look at.")


def test_a_notebook_in_a_diff_is_left_as_it_is(tmp_path: Path) -> None:
    before = notebook(*CELLS)
    (tmp_path / "app.ipynb").write_bytes(before)
    done = oai_lint(tmp_path, "migrate", "app.ipynb", "--diff")
    assert done.returncode == 1
    assert "+reply = openai.chat.completions.create(" in done.stdout
    assert (tmp_path / "app.ipynb").read_bytes() == before


@pytest.mark.parametrize(
    "arguments", [[], ["no-such-file.py"], [".", "--to", "4"], [".", "--nonsense"]]
)
def test_misuse_ends_with_2(here: Path, arguments: list[str]) -> None:
    done = oai_lint(here, "migrate", *arguments)
    assert done.returncode == 2
    assert (here / "app.py").read_text() == OLD


def test_configuration_and_exclusions_hold(here: Path) -> None:
    assert oai_lint(here, "migrate", ".", "--exclude", "app.py").stdout == "Nothing to migrate.\n"
    (here / "oai-lint.toml").write_text('unfixable = ["OAI801"]\n')
    done = oai_lint(here, "migrate", ".")
    assert done.returncode == 1
    assert "openai.ChatCompletion.create(" in (here / "app.py").read_text()
    assert "openai.RateLimitError" in (here / "app.py").read_text()


def test_rules_and_targets_exist() -> None:
    rules.load()
    assert all(expand(code) == {code} for code in (*RULES, *SINCE_3))
    assert all(parse_range(wanted).starts((int(to),)) for to, wanted in TARGETS.items())
