"""Files that are not Python: what they are taken for, how they are read, what lies around them."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path

import pytest
from dotenv.parser import parse_stream
from hypothesis import given, settings
from hypothesis import strategies as st

from oai_lint import engine, suppressing
from oai_lint.config import Config
from oai_lint.dotenv import bindings
from oai_lint.files import discover, shown
from oai_lint.kinds import Kind, is_template, is_walked, kind_of
from oai_lint.patch import Safety, apply
from oai_lint.pins import pins
from oai_lint.plain import PlainFile
from oai_lint.source import Source
from tests.command import oai_lint
from tests.test_rules import _key

KEY = _key()


@pytest.mark.parametrize(
    ("name", "kind", "walked"),
    [
        ("app.py", Kind.PYTHON, True),
        ("app.pyi", Kind.PYTHON, True),
        ("script", Kind.PYTHON, False),
        ("env", Kind.PYTHON, False),
        (".envrc", Kind.PYTHON, False),
        (".env", Kind.ENV, True),
        ("a/b/.env.production", Kind.ENV, True),
        ("a\\prod.env", Kind.ENV, True),
        (".env.example", Kind.ENV, False),
        ("example.env", Kind.ENV, False),
        (".env-sample.env", Kind.ENV, False),
        (".env.py", Kind.PYTHON, True),
        (".env.json", Kind.CONFIGURATION, True),
        ("config/settings.yaml", Kind.CONFIGURATION, True),
        ("tox.ini", Kind.CONFIGURATION, True),
        ("README.md", Kind.PYTHON, False),
        (".env.gpg", Kind.PYTHON, False),
        ("requirements.txt", Kind.REQUIREMENTS, True),
        ("requirements-dev.in", Kind.REQUIREMENTS, True),
        ("requirements.py", Kind.PYTHON, True),
        ("pyproject.toml", Kind.PROJECT, True),
        ("uv.lock", Kind.LOCK, True),
        ("Cargo.lock", Kind.PYTHON, False),
        ("Pipfile.lock", Kind.LOCK, True),
    ],
)
def test_kinds(name: str, kind: Kind, walked: bool) -> None:
    assert (kind_of(name), is_walked(name)) == (kind, walked)


def test_a_template_is_known_by_its_name_alone() -> None:
    assert not is_template("examples/.env")


# Lines that .env files hold, and lines that none should.
DOTENV = [
    "A=b",
    "\ufeffA=b",
    "export A = b # c",
    "A=b#c",
    "A= # c",
    "A=#c",
    "A='b # c' # d\nB=1",
    'A="b\\nc\\d\\""\r\nB=',
    "A='b\\n\\''",
    'A="b\nc"\nB=1',
    "A=b\u00a0\u200b",
    "A=b\u00a0",
    "'A B'=c",
    "A\nB",
    'A="b\nB=1',
    'A="b"c\nB=1',
    "A: b\n=c\nexport ",
    "",
    "\n\n  \n\tA=1\n",
    "export\tA=1\nexportB=2\nexport =3",
    "A==b\nA=b=c",
    "A='b''c'\nB=1",
    "A=\"b\\\\\"\nB='c\\\\'",
    'A="\\x41\\u00e9\\t\\q"',
    "A=b\\nc 'd'\nB=\"c\" # d",
    "A=b\rB=c\r\nC=d",
    "A='b\r\nc'",
    "A=${B} $C $(d)\nB='${A}'",
    "# A=1\n  # B=2 # C\nD=4",
    "A = 'b' ; c",
    "A.b-c=1\n1A=2\nÄ=3",
    "'A'=1\n'B\n\"C\"=2",
    "A=\x0cb\x0b\n\x0cB=1",
    "A=b\u2028B=c",
    "A=\x00b",
    "A= \"b\"\n B\t=\t'c'\t",
    'A="b" "c"\nB=1',
    "A=`b`\nB=“c”",
    "export 'A'=b",
    "A='unclosed\n# B='x'\nC=1",
    'A="b\\',
    "A=b # c # d\nB=b\t#c",
]


def read_by_us(text: str) -> list[tuple[str, str] | None]:
    return [
        None if item.broken else (item.name, item.value or "")
        for item in bindings(text)
        if item.broken or item.value is not None
    ]


def read_by_dotenv(text: str) -> list[tuple[str, str] | None]:
    return [
        None if item.error else (item.key or "", item.value or "")
        for item in parse_stream(io.StringIO(text, newline=""))
        if item.error or item.value is not None
    ]


@pytest.mark.parametrize("text", DOTENV)
def test_env_files_are_read_as_python_dotenv_reads_them(text: str) -> None:
    found = read_by_us(text)
    # A loader that opens files has taken the byte order mark off.
    assert found == read_by_dotenv(text.removeprefix("\ufeff"))
    for item in bindings(text):
        if item.value is not None and "\\" not in item.value + text:
            assert text[slice(*item.inner)] == item.value


ODD = st.sampled_from([*"AB=#'\"\\ \t\n\r$", "export ", "\r\n", "\u00a0", "é", "=b", "A="])


@given(st.lists(ODD, max_size=14).map("".join))
@settings(max_examples=600, deadline=None, database=None)
def test_any_env_file_is_read_as_python_dotenv_reads_it(text: str) -> None:
    assert read_by_us(text) == read_by_dotenv(text)


@pytest.mark.parametrize(
    ("path", "text", "places"),
    [
        ("a.json", '{\n  "llm": {"é": "😀", "api_key": "KEY"}\n}\n', [(2, 33)]),
        ("a.ini", "[openai]\nkey = KEY\n", [(2, 7)]),
        ("a.ini", "[moonshot]\nurl = x\n; note\nkey = KEY\n[openai]\n", []),
        ("a.yml", "moonshot:\n  url: x\n\n  api_key: KEY\nother:\n  api_key: KEY\n", [(6, 12)]),
        ("a.yml", "x: |\n  curl -H 'Authorization: Bearer KEY'\n", [(2, 34)]),
        ("a.cfg", "key = sk-abc\nopenai = yes\n", []),
        ("pyproject.toml", '[tool.x]\nkey = "KEY"\n', [(2, 8)]),
        ("a.md", "KEY\n", []),
        ("a.json", '"KEY"' + " " * 1_000_000, []),
    ],
)
def test_keys_in_configuration_files(
    tmp_path: Path, path: str, text: str, places: list[tuple[int, int]]
) -> None:
    (tmp_path / path).write_text(text.replace("KEY", KEY))
    arguments = ("check", path, "--output-format", "json", "--unsafe-fixes")
    found = json.loads(oai_lint(tmp_path, *arguments, "--fix").stdout)
    assert {item["code"] for item in found} == {"OAI101"} if places else not found
    assert [(i["location"]["row"], i["location"]["column"]) for i in found] == places
    assert (tmp_path / path).read_text() == text.replace("KEY", KEY)
    # A comment between the lines of a text in YAML would be one of its lines.
    silenced = path == "pyproject.toml" or not places
    assert oai_lint(tmp_path, "check", "--add-ignore").returncode == (not silenced)


@pytest.mark.parametrize(
    ("path", "top", "reported"),
    [
        ("a.py", "", True),
        ("script", "#!/usr/bin/env python3\n", True),
        ("script", "#!/bin/sh\n", False),
        ("Dockerfile", "", False),
        ("README.md", "", False),
    ],
)
def test_what_does_not_parse_is_python_by_its_name_or_first_line(
    tmp_path: Path, path: str, top: str, reported: bool
) -> None:
    (tmp_path / path).write_text(f"{top}ENV OPENAI_API_KEY=x\n")
    assert ("OAI900" in oai_lint(tmp_path, "check", path).stdout) is reported


def pinned(path: str, text: str) -> list[tuple[str, str, str]]:
    around = PlainFile(Source(path, text), Config())
    return [
        (pin.package, pin.written, text[pin.node.start : pin.node.end])
        for pin in pins(path, text, around)
    ]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "requirements.txt",
            "# a==1\r\n-r b.txt\r\n Open_AI[x, y]  >= 1.2 , < 2  # c\r\nh (==1.0)\r\nk\r\n",
            [
                ("open-ai", ">= 1.2 , < 2", "Open_AI[x, y]  >= 1.2 , < 2"),
                ("h", "==1.0", "h (==1.0"),
                ("k", "", "k"),
            ],
        ),
        (
            "requirements.txt",
            "a==1.0 \\\n    --hash=sha256:ab\nb==2 --hash=sha256:cd\n",
            [("a", "==1.0", "a==1.0"), ("b", "==2", "b==2")],
        ),
        (
            "pyproject.toml",
            'x = [\n  # "c==1",\n  \'a>=1\', "b[x]==2", "plain", "A :: B",\n]\n',
            [("a", ">=1", "a>=1"), ("b", "==2", "b[x]==2"), ("plain", "", "plain")],
        ),
        (
            "pyproject.toml",
            "[tool.poetry.dependencies]\na = '^1.2'\n"
            "b = { version = \"~1\", extras = [] }\n[x]\nc = '1'\n",
            [("a", "^1.2", "^1.2"), ("b", "~1", "~1")],
        ),
        (
            "poetry.lock",
            '[[package]]\nname = "a"\nversion = "1.2"\ndescription = ""\n',
            [("a", "1.2", "1.2")],
        ),
        (
            "Pipfile.lock",
            json.dumps(
                {"default": {"a": {"hashes": ["sha256:1"], "index": "p", "version": "==1.2"}}},
                indent=4,
            ),
            [("a", "1.2", "1.2")],
        ),
    ],
)
def test_pins(path: str, text: str, expected: list[tuple[str, str, str]]) -> None:
    assert pinned(path, text) == expected


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "--quiet"], check=True)
    (tmp_path / "deploy").mkdir()
    for name in (".env", ".env.local", "deploy/.env", "deploy/.env.example"):
        Path(name).write_text(f"OPENAI_API_KEY={KEY}\n")
    Path(".gitignore").write_text(".env*\n")
    subprocess.run(["git", "add", "--force", "deploy/.env", "deploy/.env.example"], check=True)
    return tmp_path


def test_what_git_ignores_is_walked_if_git_keeps_it(repository: Path) -> None:
    found = discover([], lambda _: Config(), force_exclude=False, respect_gitignore=True)
    assert found.paths == []
    found = discover(["."], lambda _: Config(), force_exclude=False, respect_gitignore=True)
    assert [shown(path) for path in found.paths] == ["deploy/.env"]
    found = discover([".env"], lambda _: Config(), force_exclude=False, respect_gitignore=True)
    assert [shown(path) for path in found.paths] == [".env"]


def test_a_tracked_key_is_reported_also_from_a_hook(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    done = oai_lint(repository, "check", ".", ".env", "--output-format", "concise", "--quiet")
    assert done.stdout.startswith("deploy/.env:1:16: OAI108 ")
    assert done.stdout.count("\n") == 1
    assert "No Python files" not in done.stderr


def test_a_directory_with_nothing_but_a_manifest_has_no_python_files(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert "No Python files" in oai_lint(tmp_path, "check").stderr


def test_positions_and_fix_behind_an_emoji_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(f'\ufeffX=🙂\r\nÉ=1\r\nOPENAI_API_KEY="{KEY} " # 🙂\r\n'.encode())
    done = oai_lint(tmp_path, "check", ".env", "--output-format", "json")
    (found,) = json.loads(done.stdout)
    assert (found["code"], found["location"]) == ("OAI108", {"row": 3, "column": 16})
    assert found["fix"]["edits"][0]["location"] == {"row": 3, "column": 17}
    assert oai_lint(tmp_path, "check", "--fix", ".env").returncode == 0
    fixed = f'\ufeffX=🙂\r\nÉ=1\r\nOPENAI_API_KEY="{KEY}" # 🙂\r\n'
    assert path.read_bytes() == fixed.encode()


def test_a_coding_cookie_is_for_python_alone() -> None:
    data = "# coding: latin-1\nX=é\n".encode()
    assert Source.from_bytes(".env", data).text == data.decode()
    assert Source.from_bytes("x.py", data).text == data.decode("latin-1")


def test_a_list_in_another_encoding_is_left_to_pip(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes(b"# caf\xe9\nopenai==1.40.0\n")
    assert oai_lint(tmp_path, "check", "requirements.txt").returncode == 0


LOCK = (
    '[[package]]\nname = "httpx"\nversion = "0.28.1"\n\n'
    '[[package]]\nname = "openai"\nversion = "1.40.0"\n'
)


def said(path: Path) -> list[str]:
    source = Source(str(path), path.read_text())
    return [item.code for item in engine.check(source, Config())]


def test_a_lock_file_is_silent_where_people_wrote_the_pin(tmp_path: Path) -> None:
    lock, project = tmp_path / "uv.lock", tmp_path / "pyproject.toml"
    lock.write_text(LOCK)
    project.write_text('[project]\ndependencies = ["openai>=1,<2"]\n')
    assert (said(lock), said(project)) == (["OAI214"], [])
    project.write_text('[project]\ndependencies = ["openai==1.40.0"]\n')
    assert (said(lock), said(project)) == ([], ["OAI214"])


@pytest.mark.parametrize(
    ("programs", "codes"),
    [
        (["import openai\nopenai.OpenAI(http_client=c)\n"], []),
        (["from openai import AsyncOpenAI\nAsyncOpenAI(**settings)\n", "x = 1\n"], []),
        (["import openai\nopenai.OpenAI(http_client=c)\n", "import openai\nopenai.OpenAI()\n"], 1),
        (["import openai\nopenai.OpenAI(\n"], 1),
        (["class OpenAI: ...\nOpenAI()\n", "import openai\nopenai.OpenAI(http_client=c)\n"], []),
    ],
)
def test_clients_that_bring_their_own(
    tmp_path: Path, programs: list[str], codes: list[str] | int
) -> None:
    for number, program in enumerate(programs):
        (tmp_path / f"m{number}.py").write_text(program)
    (tmp_path / "requirements.txt").write_text("openai==1.40.0\n")
    assert said(tmp_path / "requirements.txt") == (["OAI214"] if codes else [])


def test_the_fix_of_a_pin_is_shown_only() -> None:
    text = "openai == 1.40.0  # old\n"
    source = Source("/nowhere/requirements.txt", text)
    (found,) = engine.check(source, Config())
    assert found.fix is not None and found.fix.safety is Safety.SHOW
    assert apply(text, [found.fix.edits])[0] == "openai ==1.55.3  # old\n"
    assert engine.fix(source, Config(), safety=Safety.UNSAFE).text == text


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (".env", "A=1\nX=2\n", "A=1\n# oai-lint: ignore[r]\nX=2\n"),
        (".env", "# oai-lint: ignore[s] why\nX=2", "# oai-lint: ignore[s, r] why\nX=2"),
        (
            "pyproject.toml",
            "[\n  # oai-lint: ignore[s]\n  X\n]",
            "[\n  # oai-lint: ignore[s, r]\n  X\n]",
        ),
        ("pyproject.toml", "[\n  X\n]", "[\n  # oai-lint: ignore[r]\n  X\n]"),
        ("Pipfile.lock", "{\nX\n}", None),
    ],
)
def test_suppressions_stand_on_a_line_of_their_own(
    path: str, text: str, expected: str | None
) -> None:
    edit = suppressing.on_line(Source(path, text), text.index("X"), "r")
    assert (edit and apply(text, [[edit]])[0]) == expected
    assert (suppressing.in_file(Source(path, text), "r") is None) == (expected is None)
